"""Which open work is due? The due index may name rows that have changed since; those of its rows are cleared away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.pending import DueClass, DueEntry, Pending
from shared.cycles.state import ConfigurationState
from shared.cycles.work import Work
from shared.orchestration.engine import Engine
from shared.orchestration.ports import EntryPart, EntryRows

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
) -> list[EntryRows]:
    """Return pending row and work of those that nobody works on; it looks further where the first are under way.

    Each row is a read of its own: only those are read that are returned, unless all of them are outdated.
    """
    look = 2 * limit
    while True:
        named = await engine.entries.due(state.configuration_id, shard, due_class, until, look)
        if not named:
            return []
        works = await _works(engine, state, shard)
        busy = _busy(engine, works)
        free = [entry for entry in named if entry.source_id not in busy][:limit]
        if free or len(named) < look or look >= MOST_NAMED:
            break
        look *= 4
    rows = await _pending_rows(engine, state, free)
    live = [rows[entry.source_id] for entry in free if _is_meant(entry, rows[entry.source_id].pending)]
    if not live and free:
        cleared = await _live(engine, state, shard, due_class, until, look)
        live = [row for row in cleared if row.source_id not in busy][:limit]
    return [replace(row, work=works.get(row.source_id)) for row in live]


async def _works(engine: Engine, state: ConfigurationState, shard: int) -> dict[str, Work]:
    return {work.source_id: work for work in await engine.entries.open_works(state.configuration_id, shard)}


def _busy(engine: Engine, works: Mapping[str, Work]) -> set[str]:
    """Return who is worked on, and who was while the record is not in the index: they cannot be leased."""
    return {id_ for id_, work in works.items() if work.expires > engine.clock.now() or work.log_key}


async def _pending_rows(
    engine: Engine, state: ConfigurationState, named: Iterable[DueEntry]
) -> Mapping[str, EntryRows]:
    ids = list(dict.fromkeys(entry.source_id for entry in named))
    return await engine.entries.read(state, ids, parts=frozenset({EntryPart.PENDING}))


async def _live(
    engine: Engine, state: ConfigurationState, shard: int, due_class: DueClass, until: datetime, limit: int
) -> list[EntryRows]:
    while True:
        named = await engine.entries.due(state.configuration_id, shard, due_class, until, limit)
        if not named:
            return []
        rows = await _pending_rows(engine, state, named)
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
