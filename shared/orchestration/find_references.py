"""Whose manager has come or gone since? Found among the links once in a cycle, whatever made it so.

Mostly nothing has: then the links are read twice, by the thousand, and nothing else. Whose manager is about to be
provisioned is told, too: while the source was read, nobody knew of who stands on a later page.
"""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from shared.cycles.pending import (
    Pending,
    PendingState,
    Verdict,
    WorkKind,
    is_coming,
    is_staged_disable,
    looked_at_again,
)
from shared.orchestration.ports import EntryPart
from shared.orchestration.reading import Reading
from shared.provisioning.link import Link
from shared.provisioning.reference_resolution import Resolution, resolve_manager

PAGE = 500

Targets = str | set[str]
"""Whom the objects of a manager's reports have as their manager: one, or several."""


async def find_references(reading: Reading) -> bool:
    """Stage whoever does not have the manager that they shall have; who has open work is looked at anyway.

    But for those whose disable waits, and is not released: they are looked at once more. Returns whether there was
    anybody.
    """
    wanted = await _wanted(reading) if reading.mapping.flow.manager is not None else {}
    if not wanted:
        return False
    wrong, absent = await _compared(reading, wanted)
    coming = await _coming(reading, absent)
    if not wrong and not coming:
        return False
    found = list[str]()
    async for link in _links(reading):
        if link.manager in coming or (link.manager in wrong and _is_wrong(reading, link, wrong[link.manager])):
            found.append(link.source_id)
        if len(found) == PAGE:
            await _stage(reading, found)
            found.clear()
    await _stage(reading, found)
    return True


async def _wanted(reading: Reading) -> dict[str, Targets]:
    """Return, by each manager in the source (empty: none), whom the objects of their reports have as one.

    Mostly that is one and the same: a set for each of a hundred thousand managers would take twice as much as all else.
    """
    wanted = dict[str, Targets]()
    async for link in _links(reading):
        if link.stands and (link.manager or link.manager_target):
            known = wanted.setdefault(link.manager, link.manager_target)
            if isinstance(known, set):
                known.add(link.manager_target)
            elif known != link.manager_target:
                wanted[link.manager] = {known, link.manager_target}
    return wanted


def _each(targets: Targets) -> Iterable[str]:
    return targets if isinstance(targets, set) else (targets,)


async def _compared(reading: Reading, wanted: dict[str, Targets]) -> tuple[dict[str, Link | None], set[str]]:
    """Return the managers whom some reports do not have as they shall, with their links, and those who are not there.

    Takes from `wanted` who has a link.
    """
    wrong, absent = dict[str, Link | None](), set[str]()
    async for link in _links(reading):
        targets = wanted.pop(link.source_id, None)
        if targets is None:
            continue
        if _differs(reading, link.source_id, targets, link):
            wrong[link.source_id] = link
        if not link.stands:
            absent.add(link.source_id)
    wrong |= {manager: None for manager, targets in wanted.items() if _differs(reading, manager, targets, None)}
    return wrong, absent | wanted.keys()


async def _coming(reading: Reading, absent: set[str]) -> set[str]:
    """Return who of them is about to be provisioned."""
    open_ = (await reading.pending()).intersection(absent) if absent else frozenset[str]()
    rows = await reading.engine.entries.read(reading.state, sorted(open_), parts=frozenset({EntryPart.PENDING}))
    return {manager for manager, row in rows.items() if is_coming(row.pending)}


def _differs(reading: Reading, manager: str, targets: Targets, standing: Link | None) -> bool:
    return any(_resolution(reading, manager, target, standing) is not Resolution.NOTHING for target in _each(targets))


def _is_wrong(reading: Reading, link: Link, standing: Link | None) -> bool:
    if not link.stands:
        return False
    return _resolution(reading, link.manager, link.manager_target, standing) is not Resolution.NOTHING


def _resolution(reading: Reading, manager: str, current: str, standing: Link | None) -> Resolution:
    flow = reading.mapping.flow.manager
    clears = flow is not None and flow.clears
    return resolve_manager(manager, current, standing, coming=False, clears=clears).resolution


async def _links(reading: Reading) -> AsyncIterator[Link]:
    for shard in range(reading.state.shards):
        async for link in reading.engine.entries.links(reading.cycle.configuration_id, shard):
            yield link


async def _stage(reading: Reading, source_ids: list[str]) -> None:
    now = reading.engine.clock.now()
    rows = [
        Pending(
            source_id=source_id,
            kind=WorkKind.REFERENCE,
            state=PendingState.WAITING,
            due=now,
            cycle=reading.cycle.number,
            configuration_version=reading.cycle.configuration_version,
            source=None,
        )
        for source_id in source_ids
    ]
    fresh: list[tuple[Pending | None, Pending]] = [(None, row) for row in rows]
    if rows:
        await reading.announce()
    await reading.engine.entries.exchange(reading.state, [*fresh, *await _held(reading, source_ids, now)])


async def _held(reading: Reading, source_ids: list[str], now: datetime) -> list[tuple[Pending | None, Pending]]:
    standing = await reading.engine.entries.read(reading.state, source_ids, parts=frozenset({EntryPart.PENDING}))
    open_ = [row.pending for row in standing.values() if row.pending is not None]
    return [(row, looked_at_again(row, now)) for row in open_ if _is_held(reading, row)]


def _is_held(reading: Reading, row: Pending) -> bool:
    if not is_staged_disable(row) or row.verdict is Verdict.APPROVED:
        return False
    return row.verdict is Verdict.REJECTED or row.staged_cycle > reading.state.released_cycle
