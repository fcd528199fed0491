"""Which open work does nobody work on? Messages are hints and may be lost; the tick finds what they pointed to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.cycles.pending import DueClass, Pending
from shared.cycles.state import ConfigurationState, holds_removals
from shared.cycles.work import Work
from shared.orchestration.dispatch import dispatch_due
from shared.orchestration.engine import Engine
from shared.orchestration.hints import hint_entries
from shared.orchestration.index_logs import index_logs
from shared.orchestration.live_due import live_due
from shared.orchestration.recover_objects import is_untold_removal

QUIET = timedelta(minutes=5)
"""A released removal that is due for so long, while the queue is empty, was forgotten."""

FORGOTTEN = timedelta(hours=1)
"""One that is due for so long is sent again even if the queue is not empty."""

MOST = 50
"""Removals of one shard sent again in one tick; more would only flood the queue."""


async def resend_stalled(engine: Engine, state: ConfigurationState) -> None:
    """Finish the log index where a worker died before it could, and send hints for work that nobody was told of."""
    for shard in range(state.shards):
        await _resend_untold(engine, state, await index_logs(engine, state, shard))
    await dispatch_due(engine, state)
    if not holds_removals(state) and not await engine.budgets.is_read_only():
        await _resend_released(engine, state)


async def _resend_untold(engine: Engine, state: ConfigurationState, works: Sequence[Work]) -> None:
    """Have it found out what became of removals whose workers died: who is held since, or was rejected, is not due."""
    now = engine.clock.now()
    untold = [work.source_id for work in works if is_untold_removal(work) and work.expires <= now]
    await hint_entries(engine, state, untold[:MOST])


async def _resend_released(engine: Engine, state: ConfigurationState) -> None:
    idle = await engine.provisioning_queue.length() == 0
    until = engine.clock.now() - (QUIET if idle else FORGOTTEN)
    for shard in range(state.shards):
        rows = await _released(engine, state, shard, until)
        await hint_entries(engine, state, [row.source_id for row in rows])


async def _released(engine: Engine, state: ConfigurationState, shard: int, until: datetime) -> list[Pending]:
    rows = await live_due(engine, state, shard, DueClass.STAGED, until, MOST)
    return [row for row in rows if row.staged_cycle <= state.released_cycle]
