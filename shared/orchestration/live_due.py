"""Which open work is due? The due index may name rows that have changed since; those of its rows are cleared away."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.pending import DueClass, DueEntry, Pending
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.ports import EntryRows

SAFE: Final = timedelta(minutes=10)
"""A due row of so long ago is written by nobody any more: rows are due when they are written, or later."""

MOST_NAMED: Final = 1000
"""Rows of the index that one look goes through; behind so many that are outdated or under way, nobody looks."""


async def live_due(
    engine: Engine, state: ConfigurationState, shard: int, due_class: DueClass, until: datetime, limit: int
) -> list[Pending]:
    """Return the pending rows of one class that are due until then, earliest first, and at most so many."""
    rows = await _live(engine, state, shard, due_class, until, limit)
    return [row.pending for row in rows if row.pending is not None]


async def idle_due(
    engine: Engine, state: ConfigurationState, shard: int, due_class: DueClass, until: datetime, limit: int
) -> list[Pending]:
    """Return those of them that nobody works on; it looks further where the first ones are all under way."""
    while True:
        rows = await _live(engine, state, shard, due_class, until, limit)
        idle = [row.pending for row in rows if row.pending is not None and _is_idle(row, engine.clock.now())]
        if idle or len(rows) < limit or limit >= MOST_NAMED:
            return idle
        limit *= 4


def _is_idle(row: EntryRows, now: datetime) -> bool:
    """One whose record is not in the index yet cannot be leased before the tick has copied it."""
    return row.work is None or (row.work.expires <= now and not row.work.log_key)


async def _live(
    engine: Engine, state: ConfigurationState, shard: int, due_class: DueClass, until: datetime, limit: int
) -> list[EntryRows]:
    while True:
        named = await engine.entries.due(state.configuration_id, shard, due_class, until, limit)
        if not named:
            return []
        rows = await engine.entries.read(state, list(dict.fromkeys(entry.source_id for entry in named)))
        live = [rows[entry.source_id] for entry in named if _is_meant(entry, rows[entry.source_id].pending)]
        stale = [entry for entry in named if not _is_meant(entry, rows[entry.source_id].pending)]
        forgotten = await _forget(engine, state, shard, stale)
        if len(named) < limit or (not forgotten and (live or limit >= MOST_NAMED)):
            return live
        limit = limit if forgotten else limit * 4


async def _forget(engine: Engine, state: ConfigurationState, shard: int, stale: Sequence[DueEntry]) -> int:
    safe = [entry for entry in stale if entry.due <= engine.clock.now() - SAFE]
    if safe:
        await engine.entries.forget_due(state.configuration_id, shard, safe)
    return len(safe)


def _is_meant(entry: DueEntry, pending: Pending | None) -> bool:
    """Is it this entry of the index that belongs to the row?"""
    return pending is not None and (pending.due_class, pending.due) == (entry.due_class, entry.due)
