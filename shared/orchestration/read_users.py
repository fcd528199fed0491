"""Who changed: reads users/delta page by page and writes a pending row for everybody who needs something."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from shared.cycles.classification import LinkSight, classify, left_alone, removal
from shared.cycles.cycle import Cursor, CyclePhase
from shared.cycles.link_snapshot import LinkSnapshot
from shared.cycles.pending import WorkKind
from shared.orchestration.cycle_snapshots import SnapshotLost
from shared.orchestration.ports import EntryPart, EntryRows, Removed, Throttled, Unavailable, Watermark
from shared.orchestration.reading import PAGES, Reading
from shared.provisioning.entry import Attributes, SourceEntry
from shared.provisioning.link import LinkState
from shared.provisioning.scoping import ScopeUndecided, ScopingDecision, ScopingReason, decide_scope

USERS = "users"
KNOWN_USERS = 3
TOGETHER = 1000
"""So many people are judged together: those of one shard are read and written with few requests."""

PEOPLE_FOR_A_PAGE = 5000
"""For so many people in the table that each checkpoint saves, one page is read until it is saved again."""

LONGEST = timedelta(minutes=1)
"""For no longer than that is a checkpoint put off: a cycle without one for some minutes looks as if it had stopped."""

_SIGHT = frozenset({EntryPart.LINK, EntryPart.PENDING})


async def read_users(reading: Reading) -> None:
    """Read ten pages, or more of many people; after the last one the next cycle's watermark stands in this cycle's row.

    Raises UnexpectedAnswer if another tenant answers: whoever it names would be a stranger.
    """
    await reading.source.verified_domains()
    link = reading.cycle.cursor.link or await _watermark(reading)
    told = list[SourceEntry | Removed]()
    began, pages = reading.engine.clock.now(), 0
    while pages < PAGES or (pages < _most_pages(reading) and reading.engine.clock.now() - began < LONGEST):
        pages += 1
        try:
            page = await reading.source.users_page(link)
        except (Throttled, Unavailable):
            await _take(reading, told, link)  # what was read is kept, however often reading is stopped
            raise
        told += page.entries
        if page.delta_link:
            await _take(reading, told, "")
            await reading.checkpoint(phase=CyclePhase.ABSENT, cursor=Cursor(link=page.delta_link))
            return
        link = page.next_link
        if len(told) >= TOGETHER:
            await _take(reading, told, link)
    await _take(reading, told, link)
    await reading.checkpoint(cursor=reading.reached)


def _most_pages(reading: Reading) -> int:
    return 0 if reading.links is None else len(reading.links) // PEOPLE_FOR_A_PAGE


async def _take(reading: Reading, told: list[SourceEntry | Removed], reached: str) -> None:
    """Write rows for the people of some pages; of who is named twice the last word counts."""
    await _take_people(reading, told)
    told.clear()
    reading.reached = Cursor(link=reached) if reached else None


async def save_watermark(reading: Reading) -> None:
    """Let the next cycle read from where this one ended: all that was read under that link is in rows, or seen.

    Only the link in the cycle's row counts. A slice that lost the race for it has read another round, and what only
    that round showed, somebody who left, is in no row.
    """
    if reading.cycle.cursor.link:
        watermark = Watermark(chain=USERS, link=reading.cycle.cursor.link, issued=reading.engine.clock.now())
        await reading.engine.watermarks.save(reading.cycle.configuration_id, watermark)


async def _watermark(reading: Reading) -> str:
    if reading.initial:
        return ""
    for watermark in await reading.engine.watermarks.all(reading.cycle.configuration_id):
        if watermark.chain == USERS:
            return watermark.link
    raise SnapshotLost(reading.cycle.number)


async def _take_people(reading: Reading, entries: Sequence[SourceEntry | Removed]) -> None:
    told = [_told_whole(reading, entry) for entry in _last_words(entries)]
    people = {entry.id: entry for entry in await _with_memberships(reading, told)}
    if not people:
        return
    entitled = (await reading.scope_in_work()).everybody() if reading.assigned_only else None
    sights = await _sights(reading, people)
    work = dict[str, tuple[WorkKind, Attributes | None]]()
    for source_id, entry in people.items():
        kind = _judge(reading, entry, sights[source_id], entitled)
        if kind is not None:
            work[source_id] = (kind, entry.attributes if isinstance(entry, SourceEntry) else None)
    await reading.stage(work, linked=[source_id for source_id, sight in sights.items() if sight.exists])
    reading.known_users = _known_users(reading.known_users, people)


def _last_words(entries: Sequence[SourceEntry | Removed]) -> Iterable[SourceEntry | Removed]:
    """Return what was said last of each person; what was said before of the manager stands until it is said anew."""
    people = dict[str, SourceEntry | Removed]()
    for entry in entries:
        before = people.get(entry.id)
        silent = isinstance(entry, SourceEntry) and entry.manager is None
        known = before.manager if silent and isinstance(before, SourceEntry) else None
        people[entry.id] = entry if known is None or isinstance(entry, Removed) else entry.with_manager(known)
    return people.values()


async def _with_memberships(
    reading: Reading, entries: Sequence[SourceEntry | Removed]
) -> Sequence[SourceEntry | Removed]:
    """Return the entries with what the scoping filter asks of their memberships, if it does."""
    asked = reading.mapping.scope_filter.group_ids
    if not asked:
        return entries
    scope = await reading.scope_in_work()
    return [
        entry if isinstance(entry, Removed) else entry.in_groups(scope.memberships(entry.id, asked))
        for entry in entries
    ]


def _told_whole(reading: Reading, entry: SourceEntry | Removed) -> SourceEntry | Removed:
    """Return the entry as a round says it: one from nothing names every manager, so whoever has none there has none."""
    if not reading.initial or reading.mapping.flow.manager is None or isinstance(entry, Removed):
        return entry
    if entry.manager is not None:
        return entry
    return entry.with_manager("")


def _known_users(before: Sequence[str], people: Mapping[str, SourceEntry | Removed]) -> tuple[str, ...]:
    """Return who was seen last; whoever has left would be found by nobody, and prove every read wrong."""
    found = [source_id for source_id, entry in people.items() if isinstance(entry, SourceEntry)]
    here = [source_id for source_id in before if not isinstance(people.get(source_id), Removed)]
    return tuple(dict.fromkeys((*found, *here)))[:KNOWN_USERS]


def _judge(
    reading: Reading, entry: SourceEntry | Removed, link: LinkSight, entitled: frozenset[str] | None
) -> WorkKind | None:
    reading.imported += 1
    if isinstance(entry, Removed):
        reading.skipped[ScopingReason.DELETED] += not link.active
        return removal(link)
    decision = _decide(reading, entry, entitled=entitled is None or entry.id in entitled)
    if decision is None:  # the worker looks; absent the person is not
        _mark_seen(reading, entry.id)
        return WorkKind.EVALUATE
    if decision.in_scope:
        reading.in_scope += 1
    elif not link.active or decision.left_alone:
        reading.skipped[decision.reason] += 1
    kind = (
        left_alone(link)
        if decision.left_alone
        else classify(entry, link, in_scope=decision.in_scope, enables=reading.mapping.flow.enables(entry))
    )
    # for whom nothing is to be done since they have nothing may have got it from a slice that died
    if (decision.in_scope or decision.left_alone) and (kind is not None or link.exists):
        _mark_seen(reading, entry.id)
    return kind


def _decide(reading: Reading, entry: SourceEntry, *, entitled: bool) -> ScopingDecision | None:
    try:
        guests = reading.configuration.scope.internal_guests
        return decide_scope(entry, entitled=entitled, scope_filter=reading.mapping.scope_filter, guests=guests)
    except ScopeUndecided:
        return None


def _mark_seen(reading: Reading, source_id: str) -> None:
    if reading.links is not None:
        reading.links.mark_seen(source_id)


async def _sights(reading: Reading, people: Mapping[str, SourceEntry | Removed]) -> Mapping[str, LinkSight]:
    if not reading.initial:
        rows = await reading.engine.entries.read(reading.state, tuple(people), parts=_SIGHT)
        return {source_id: _sight(reading, entry, rows[source_id]) for source_id, entry in people.items()}
    snapshot = await reading.link_snapshot()
    pending = await reading.pending()
    return {
        source_id: _snapshot_sight(
            reading, entry, snapshot, has_pending=source_id in pending or snapshot.is_busy(source_id)
        )
        for source_id, entry in people.items()
    }


def _sight(reading: Reading, entry: SourceEntry | Removed, rows: EntryRows) -> LinkSight:
    link = rows.link
    if link is None:
        return LinkSight(has_pending=rows.pending is not None)
    return LinkSight(
        active=link.state is LinkState.ACTIVE,
        enabled=link.enabled,
        exists=True,
        same_digest=isinstance(entry, SourceEntry)
        and entry.manager in {None, link.manager}
        and link.digest == reading.mapping.flow.digest(entry),
        has_pending=rows.pending is not None,
    )


def _snapshot_sight(
    reading: Reading, entry: SourceEntry | Removed, snapshot: LinkSnapshot, *, has_pending: bool
) -> LinkSight:
    state = snapshot.state(entry.id)
    if state is None:
        return LinkSight(has_pending=has_pending)
    return LinkSight(
        active=state[0],
        enabled=state[1],
        exists=True,
        same_digest=isinstance(entry, SourceEntry)
        and snapshot.unchanged(entry.id, reading.mapping.flow.digest(entry), entry.manager or ""),
        has_pending=has_pending,
    )
