"""Which of our objects are otherwise than we left them? Named by the target's delta, or looked at directly.

What is found is a hint: a row for a worker, who reads both sides. Of objects that are not ours nothing is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from shared.cycles.cycle import Cursor
from shared.cycles.pending import Pending, PendingState, WorkKind, is_staged_disable, looked_at_again
from shared.orchestration.manager_drift import other_manager, reported_manager
from shared.orchestration.ports import EntryPart, Removed, TargetQuery
from shared.orchestration.reading import PAGES, Reading
from shared.provisioning.drift import is_settled
from shared.provisioning.entry import TargetObject
from shared.provisioning.link import Departure, Link, LinkState
from shared.provisioning.matching import is_b2b

LOOKED_AT: Final = 95
"""Objects that are looked at in one go: five batches, each with its control."""

_AGAIN: Final = frozenset({PendingState.WAITING, PendingState.ESCROWED})


async def find_drift(reading: Reading, entries: Sequence[TargetObject | Removed], since: datetime) -> None:
    """Stage whoever of ours is named and does not show what they showed when they were judged last.

    The round names what changed `since`. Of an object that has come back since it says no word of a manager who is not
    there, as of one that it names for the first time.
    """
    seen = {each.id: each if isinstance(each, TargetObject) else None for each in entries if _may_be_ours(each)}
    if not seen:
        return
    configuration = reading.configuration
    claims = await reading.engine.claims.owners(configuration.target.tenant_id, list(seen))
    owners = {claim.source_id for claim in claims.values() if claim.configuration_id == configuration.id}
    rows = await reading.engine.entries.read(reading.state, sorted(owners), parts=frozenset({EntryPart.LINK}))
    links = [row.link for row in rows.values() if row.link is not None and row.link.target_id in seen]
    back = {link.target_id for link in links if link.returns and link.manager_target and link.changed >= since}
    other = [link for link in links if link.target_id in back or _is_other(reading, link, seen[link.target_id])]
    await _stage(reading, other)
    # an object that is being created has no link yet: the pass that writes it may have looked before this change
    coming = [source_id for source_id, row in rows.items() if row.link is None or row.link.target_id not in seen]
    await _touch(reading, sorted(coming))


async def look_at_shard(reading: Reading, since: datetime) -> None:
    """Look at up to ten times 95 objects of the cursor's shard, but for those that the chain tells of anyway.

    That is whomever we have written to since it began: what somebody changes after that is in it.
    """
    cursor = reading.cycle.cursor
    part = await _behind(reading, cursor, since)
    for start in range(0, len(part), LOOKED_AT):
        await _look(reading, part[start : start + LOOKED_AT])
    if len(part) == PAGES * LOOKED_AT:
        await reading.checkpoint(cursor=replace(cursor, link=part[-1].source_id))
    else:
        await reading.checkpoint(cursor=Cursor(position=cursor.position + 1))


async def _behind(reading: Reading, cursor: Cursor, since: datetime) -> list[Link]:
    """Return so many active links of a shard as one slice looks at, from the one on that the cursor names."""
    found = list[Link]()
    links = reading.engine.entries.links(reading.cycle.configuration_id, cursor.position, behind=cursor.link)
    async for link in links:
        if link.state is LinkState.ACTIVE and not (link.shown and link.changed > since):
            found.append(link)
        if len(found) == PAGES * LOOKED_AT:
            break
    return found


async def _look(reading: Reading, links: Sequence[Link]) -> None:
    queries = [TargetQuery(source_id=link.source_id, target_id=link.target_id) for link in links]
    found = (await reading.target.look_up(queries)).found
    # of whom nothing could be read a worker will find out
    unread = {link.source_id for link in links if link.source_id not in found or not found[link.source_id].known}
    others = [
        link for link in links if link.source_id in unread or _is_open(reading, link, found[link.source_id].linked)
    ]
    await _stage(reading, others)


def _may_be_ours(entry: TargetObject | Removed) -> bool:
    """Is it no employee of the target? Ours are B2B users; of whom nothing is told, the claims know."""
    if isinstance(entry, Removed) or entry.text("userPrincipalName") is None:
        return True
    return is_b2b(entry)


def _is_open(reading: Reading, link: Link, seen: TargetObject | None) -> bool:
    """Is the object otherwise, or the rules about what was left so?"""
    rules = reading.configuration.drift
    outdated = rules is not None and link.drift is not None and not is_settled(rules, link.drift)
    return outdated or _is_other(reading, link, seen)


def _is_other(reading: Reading, link: Link, seen: TargetObject | None) -> bool:
    if link.state is not LinkState.ACTIVE:
        return False
    there = seen is not None and not seen.deleted
    if not there or link.departure is Departure.DELETED:
        return there is (link.departure is Departure.DELETED)
    if seen is None:
        return False
    return link.shown != reading.mapping.flow.shown(seen.attributes) or _has_other_manager(reading, link, seen)


def _has_other_manager(reading: Reading, link: Link, seen: TargetObject) -> bool:
    """Is the manager another one than the one that is left there, if the read told of it at all?"""
    left = reported_manager(link)
    if left is not None and seen.manager is not None:
        return seen.manager != left
    return other_manager(reading.mapping.flow.manager, link, seen.manager) is not None


async def _stage(reading: Reading, links: Sequence[Link]) -> None:
    """Let workers look at these; whoever is worked on is looked at once more, since that look may have been earlier."""
    if not links:
        return
    ids = sorted(link.source_id for link in links)
    await reading.announce()
    await _touch(reading, ids)
    # whose pass has ended in between has no row by now
    standing = await _pending(reading, ids)
    fresh: list[tuple[Pending | None, Pending]] = [(None, _row(reading, id_)) for id_ in ids if standing[id_] is None]
    await reading.engine.entries.exchange(reading.state, fresh)
    if reading.pending_ids is not None:
        reading.pending_ids |= frozenset(ids)
    reading.unsent |= _shards(reading, ids)
    reading.cycle = replace(reading.cycle, drifted=reading.cycle.drifted + len(ids))


async def _touch(reading: Reading, source_ids: Sequence[str]) -> None:
    """Make another version of the rows that are open, so that no pass that has looked already can close them.

    Whose disable is held, or was rejected, is looked at too: all but that flows.
    """
    standing = (await _pending(reading, source_ids)).items() if source_ids else ()
    open_ = {source_id: row for source_id, row in standing if row is not None and _is_looked_at(row)}
    if open_:
        await reading.announce()
    await reading.engine.entries.exchange(reading.state, [(row, _again(reading, row)) for row in open_.values()])
    reading.unsent |= _shards(reading, open_)


async def _pending(reading: Reading, source_ids: Sequence[str]) -> Mapping[str, Pending | None]:
    rows = await reading.engine.entries.read(reading.state, source_ids, parts=frozenset({EntryPart.PENDING}))
    return {source_id: row.pending for source_id, row in rows.items()}


def _shards(reading: Reading, source_ids: Iterable[str]) -> set[int]:
    return {reading.engine.entries.shard(source_id, reading.state.shards) for source_id in source_ids}


def _is_looked_at(row: Pending) -> bool:
    return row.state in _AGAIN or is_staged_disable(row)


def _again(reading: Reading, row: Pending) -> Pending:
    """Return the row as it is, for the worker to find that it is another version; an escrow is tried again at once."""
    if is_staged_disable(row):
        return looked_at_again(row, reading.engine.clock.now())
    return replace(row, due=reading.engine.clock.now()) if row.state is PendingState.ESCROWED else row


def _row(reading: Reading, source_id: str) -> Pending:
    return Pending(
        source_id=source_id,
        kind=WorkKind.DRIFT,
        state=PendingState.WAITING,
        due=reading.engine.clock.now(),
        cycle=reading.cycle.number,
        configuration_version=reading.cycle.configuration_version,
        source=None,
    )
