"""Which open work is due? The due index may name rows that have changed since; those of its rows are cleared away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.cycles.pending import DueClass, DueEntry, Pending
from shared.cycles.state import ConfigurationState
from shared.cycles.work import Work
from shared.orchestration.engine import Engine
from shared.orchestration.ports import EntryPart, EntryRows

SAFE: Final = timedelta(minutes=10)
"""A due row of so long ago is written by nobody any more: rows are due when they are written, or later."""

VIEWED: Final = 200
"""Rows of the index that one look at a shard shows, whatever their class."""

MOST_NAMED: Final = 1000
"""Rows of the index that one look goes through; behind so many that are outdated or under way, nobody looks."""


async def live_due(
    engine: Engine, state: ConfigurationState, shard: int, due_class: DueClass, until: datetime, limit: int
) -> list[Pending]:
    """Return the pending rows of one class that are due until then, earliest first, and at most so many."""
    rows = await _live(engine, state, shard, due_class, until, limit)
    return [row.pending for row in rows if row.pending is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueView:
    """What one look at a shard shows: the due index from its beginning, and who is worked on."""

    engine: Engine
    state: ConfigurationState
    shard: int
    named: Sequence[DueEntry]
    works: Mapping[str, Work]

    @property
    def is_whole(self) -> bool:
        return len(self.named) < VIEWED

    def may_have(self, *classes: DueClass, until: datetime | None = None) -> bool:
        """May there be rows of these classes, and that are due until then?"""
        named = [entry for entry in self.named if entry.due_class in classes]
        return not self.is_whole or any(until is None or entry.due <= until for entry in named)

    @property
    def busy(self) -> set[str]:
        """Return who is worked on, and who was while the record is not in the index: they cannot be leased."""
        now = self.engine.clock.now()
        return {source_id for source_id, work in self.works.items() if work.expires > now or work.log_key}


async def view_due(engine: Engine, state: ConfigurationState, shard: int) -> DueView:
    """Look at a shard: one read where nothing is open there, two where something is."""
    return await with_works(await view_named(engine, state, shard))


async def view_named(engine: Engine, state: ConfigurationState, shard: int) -> DueView:
    """Look at the due index of a shard only; who is worked on is not known."""
    named = await engine.entries.open_due(state.configuration_id, shard, VIEWED)
    return DueView(engine=engine, state=state, shard=shard, named=named, works={})


async def with_works(view: DueView) -> DueView:
    """Look as well at who is worked on."""
    works = await view.engine.entries.open_works(view.state.configuration_id, view.shard) if view.named else ()
    return replace(view, works={work.source_id: work for work in works})


async def idle_due(view: DueView, due_class: DueClass, until: datetime, limit: int) -> list[EntryRows]:
    """Return pending row and work of those that nobody works on; it looks further where the first are under way.

    Each row is a read of its own: only those are read that are returned, unless all of them are outdated.
    """
    look = 2 * limit
    while True:
        named = await named_due(view, due_class, until, look)
        free = [entry for entry in named if entry.source_id not in view.busy][:limit]
        if free or len(named) < look or look >= MOST_NAMED:
            break
        look *= 4
    if not free:
        return []
    rows = await _pending_rows(view.engine, view.state, free)
    live = [rows[entry.source_id] for entry in free if _is_meant(entry, rows[entry.source_id].pending)]
    if not live:
        cleared = await _live(view.engine, view.state, view.shard, due_class, until, look)
        live = [row for row in cleared if row.source_id not in view.busy][:limit]
    return [replace(row, work=view.works.get(row.source_id)) for row in live]


async def named_due(view: DueView, due_class: DueClass, until: datetime, look: int) -> Sequence[DueEntry]:
    """Return what the index names of one class; where the view does not show all of it, it is asked for."""
    if view.is_whole:
        return [entry for entry in view.named if entry.due_class is due_class and entry.due <= until][:look]
    return await view.engine.entries.due(view.state.configuration_id, view.shard, due_class, until, look)


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
