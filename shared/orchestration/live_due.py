"""Which open work is due? The due index may name rows that have changed since; those of its rows are cleared away."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.pending import DueClass, DueEntry, Pending
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine

SAFE: Final = timedelta(minutes=10)
"""A due row of so long ago is written by nobody any more: rows are due when they are written, or later."""


async def live_due(
    engine: Engine, state: ConfigurationState, shard: int, due_class: DueClass, until: datetime, limit: int
) -> list[Pending]:
    """Return the pending rows of one class that are due until then, earliest first, and at most so many."""
    while True:
        named = await engine.entries.due(state.configuration_id, shard, due_class, until, limit)
        rows = await engine.entries.read(state, list(dict.fromkeys(entry.source_id for entry in named)))
        open_ = {source_id: row.pending for source_id, row in rows.items() if row.pending is not None}
        live = [pending for entry in named if (pending := _meant(entry, open_.get(entry.source_id))) is not None]
        stale = [entry for entry in named if _meant(entry, open_.get(entry.source_id)) is None]
        forgotten = await _forget(engine, state, shard, stale)
        if not forgotten or len(named) < limit:
            return live


async def _forget(engine: Engine, state: ConfigurationState, shard: int, stale: Sequence[DueEntry]) -> int:
    safe = [entry for entry in stale if entry.due <= engine.clock.now() - SAFE]
    if safe:
        await engine.entries.forget_due(state.configuration_id, shard, safe)
    return len(safe)


def _meant(entry: DueEntry, pending: Pending | None) -> Pending | None:
    """Return the row if it is this entry of the index that belongs to it."""
    if pending is None or (pending.due_class, pending.due) != (entry.due_class, entry.due):
        return None
    return pending
