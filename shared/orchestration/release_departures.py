"""Somebody wants undone what the target's side did to people: they are enabled, restored or created again.

Said in the person's row, so that it is done once, by a worker who looks at both sides first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.state import ConfigurationState
from shared.orchestration.dispatch import dispatch
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Conflict, EntryPart, EntryRows
from shared.orchestration.stir import told
from shared.provisioning.link import Departure

_PARTS: Final = frozenset({EntryPart.LINK, EntryPart.PENDING})
_TRIES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Who is released, and who of those that were named is neither blocked nor deleted, as far as is known."""

    released: tuple[str, ...]
    others: tuple[str, ...]


async def release_departures(
    engine: Engine, state: ConfigurationState, source_ids: Sequence[str], released_by: str
) -> Release:
    """Release these people; asked twice it is the same as once. Raises Conflict where rows do not come to rest."""
    if not released_by:
        raise ValueError("nobody has released them")
    ids = tuple(dict.fromkeys(source_ids))
    rows = await engine.entries.read(state, ids, parts=_PARTS)
    departed = [source_id for source_id in ids if _has_departed(rows[source_id])]
    async with told(engine, state.configuration_id):
        await _write(engine, state, departed, released_by)
    await dispatch(engine, state, sorted({engine.entries.shard(each, state.shards) for each in departed}))
    return Release(released=tuple(departed), others=tuple(each for each in ids if each not in departed))


async def _write(engine: Engine, state: ConfigurationState, source_ids: Sequence[str], released_by: str) -> None:
    for _ in range(_TRIES):
        rows = await engine.entries.read(state, source_ids, parts=_PARTS)
        open_ = [row for row in rows.values() if _has_departed(row) and not _is_said(row.pending)]
        if not open_:
            return
        changes = [(row.pending, _released(engine, state, row, released_by)) for row in open_]
        await engine.entries.exchange(state, changes)
    raise Conflict("The rows of those who are released do not come to rest.")


def _has_departed(row: EntryRows) -> bool:
    return row.link is not None and row.link.departure is not Departure.NONE


def _is_said(pending: Pending | None) -> bool:
    return pending is not None and bool(pending.released_by)


def _released(engine: Engine, state: ConfigurationState, row: EntryRows, released_by: str) -> Pending:
    now, before = engine.clock.now(), row.pending
    if before is None:
        return Pending(
            source_id=row.source_id,
            kind=WorkKind.DRIFT,
            state=PendingState.WAITING,
            due=now,
            cycle=state.cycle,
            configuration_version=state.version,
            source=None,
            released_by=released_by,
        )
    if before.state is not PendingState.ESCROWED:
        return replace(before, released_by=released_by)
    return replace(before, state=PendingState.WAITING, due=now, released_by=released_by)
