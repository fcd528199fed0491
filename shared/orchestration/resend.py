"""Which open work does nobody work on? Messages are hints and may be lost; the tick finds what they pointed to."""

from datetime import datetime, timedelta

from shared.cycles.pending import DueClass, Pending
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.hints import hint_entries
from shared.orchestration.index_logs import index_logs
from shared.orchestration.live_due import live_due

QUIET = timedelta(minutes=5)
"""Work that is due for so long, while the queue is empty, was forgotten."""

FORGOTTEN = timedelta(hours=1)
"""Work that is due for so long is sent again even if the queue is not empty."""

MOST = 400
"""Entries sent again for one configuration in one tick; more would only flood the queue."""


async def resend_stalled(engine: Engine, state: ConfigurationState) -> None:
    """Finish the log index where a worker died before it could, and send hints for forgotten work.

    Each shard has its share of what is sent again, so that none has to wait for another's backlog.
    """
    for shard in range(state.shards):
        await index_logs(engine, state, shard)
    idle = await engine.provisioning_queue.length() == 0
    until = engine.clock.now() - (QUIET if idle else FORGOTTEN)
    for shard in range(state.shards):
        rows = await _forgotten(engine, state, shard, until)
        await hint_entries(engine, state, [row.source_id for row in rows])


async def _forgotten(engine: Engine, state: ConfigurationState, shard: int, until: datetime) -> list[Pending]:
    share = -(-MOST // state.shards)
    found = list[Pending]()
    for due_class in (DueClass.REMOVAL, DueClass.UPDATE, DueClass.DISABLE, DueClass.CREATE):
        if len(found) < share:
            found += await live_due(engine, state, shard, due_class, until, share - len(found))
    if state.quarantine is None and len(found) < share:
        staged = await live_due(engine, state, shard, DueClass.STAGED, until, share)
        found += [row for row in staged if row.staged_cycle <= state.released_cycle]
    return found[:share]
