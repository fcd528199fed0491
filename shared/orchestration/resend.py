"""Which open work does nobody work on? Messages are hints and may be lost; the tick finds what they pointed to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.cycles.attention import Look, needs_look
from shared.cycles.pending import DueClass, Pending
from shared.cycles.state import ConfigurationState, holds_removals
from shared.cycles.work import Work
from shared.orchestration.dispatch import dispatch_viewed
from shared.orchestration.engine import Engine
from shared.orchestration.hints import hint_entries
from shared.orchestration.index_logs import index_logs
from shared.orchestration.live_due import VIEWED, DueView, live_due
from shared.orchestration.recover_objects import is_untold_removal
from shared.orchestration.stir import note_look

QUIET = timedelta(minutes=5)
"""A released removal that is due for so long, while the queue is empty, was forgotten."""

FORGOTTEN = timedelta(hours=1)
"""One that is due for so long is sent again even if the queue is not empty."""

MOST = 50
"""Removals of one shard sent again in one tick; more would only flood the queue."""


async def resend_stalled(engine: Engine, state: ConfigurationState) -> None:
    """Look at all shards, unless it is known that nothing is to be found there by now."""
    if not needs_look(state.attention, engine.clock.now()):
        return
    views = [await _view(engine, state, shard) for shard in range(state.shards)]
    for view in views:
        await _resend_untold(engine, state, list(view.works.values()))
    await dispatch_viewed(engine, state, views)
    if not holds_removals(state):
        await _resend_released(engine, state, views)
    await note_look(engine, state, _look(views))


async def _view(engine: Engine, state: ConfigurationState, shard: int) -> DueView:
    """Return what is open in a shard; where a worker died before it could, the log index is finished first.

    What is due is read before who is worked on: of a pass that ends in between one of the two is seen.
    """
    named = await engine.entries.open_due(state.configuration_id, shard, VIEWED)
    works = await index_logs(engine, state, shard)
    by_id = {work.source_id: work for work in works if not work.log_key}
    return DueView(engine=engine, state=state, shard=shard, named=named, works=by_id)


def _look(views: Sequence[DueView]) -> Look:
    works = [work for view in views for work in view.works.values()]
    under_way = any(view.busy for view in views) or any(is_untold_removal(work) for work in works)
    whole = all(view.is_whole for view in views)
    return Look(busy=under_way or not whole, open=tuple(entry for view in views for entry in view.named))


async def _resend_untold(engine: Engine, state: ConfigurationState, works: Sequence[Work]) -> None:
    """Have it found out what became of removals whose workers died: who is held since, or was rejected, is not due."""
    now = engine.clock.now()
    untold = [work.source_id for work in works if is_untold_removal(work) and work.expires <= now]
    await hint_entries(engine, state, untold[:MOST])


async def _resend_released(engine: Engine, state: ConfigurationState, views: Sequence[DueView]) -> None:
    staged = [view for view in views if view.may_have(DueClass.STAGED, until=engine.clock.now() - QUIET)]
    if not staged or await engine.budgets.is_read_only():
        return
    idle = await engine.provisioning_queue.length() == 0
    until = engine.clock.now() - (QUIET if idle else FORGOTTEN)
    for view in staged:
        rows = await _released(engine, state, view.shard, until)
        await hint_entries(engine, state, [row.source_id for row in rows])


async def _released(engine: Engine, state: ConfigurationState, shard: int, until: datetime) -> list[Pending]:
    rows = await live_due(engine, state, shard, DueClass.STAGED, until, MOST)
    return [row for row in rows if row.staged_cycle <= state.released_cycle]
