"""Who is a member of the groups that are read, and which groups are within them?

Nested groups are found by reading: whatever group appears as a member is read in the same cycle, in chains of its own
behind those that are there, until no further one appears.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from shared.cycles.cycle import Cursor, CyclePhase
from shared.cycles.nesting import reachable
from shared.cycles.pending import WorkKind
from shared.cycles.scope_snapshot import Chain, ScopeSnapshot, chains_for
from shared.orchestration.ports import GroupsPage, MemberChange
from shared.orchestration.reading import PAGES, Reading

NESTED_GROUP = "nestedGroup"

MOST_GROUPS = 5_000
"""So many groups are read at most where nested ones are: each 50 of them cost a request in every cycle."""


class TooManyGroups(Exception):
    """Nested groups lead to more groups than are read; nothing is left out silently, the cycle fails."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"The assigned groups and those within them are {count} or more; at most {MOST_GROUPS} are read. "
            "Assign groups that hold fewer others, or set scope.nestedGroups to false and assign the inner groups."
        )


async def read_groups(reading: Reading) -> None:
    """Read up to ten pages, of one chain of groups after the other; after the last chain, the users."""
    at = reading.cycle.cursor
    for _ in range(PAGES):
        chains = (await reading.scope_in_work()).chains
        if at.position >= len(chains):
            break
        at = reading.reached = await _read_page(reading, at, chains[at.position])
    left = at.position < len((await reading.scope_in_work()).chains)
    if left or (reading.nested and await _follow_nesting(reading)):
        await reading.checkpoint(cursor=at)
    else:
        await reading.checkpoint(phase=CyclePhase.USERS)


async def _read_page(reading: Reading, at: Cursor, chain: Chain) -> Cursor:
    """Take one page of a chain; returns where reading goes on: behind it, or at the next chain."""
    page = await reading.source.groups_page(chain.groups, at.link or chain.link)
    await _take_page(reading, page)
    if not page.delta_link:
        return Cursor(position=at.position, link=page.next_link)
    reading.named.clear()
    await _finish_chain(reading, at.position, Chain(groups=chain.groups, link=page.delta_link))
    return Cursor(position=at.position + 1)


async def stage_candidates(reading: Reading, people: Iterable[str]) -> None:
    """Whoever is named is evaluated, whatever the tables hold."""
    await reading.stage(dict.fromkeys(people, (WorkKind.EVALUATE, None)))


async def _follow_nesting(reading: Reading) -> bool:
    """Take the groups that were found within others; returns whether some of them are still to be read.

    Only when all are read it is known which groups are within none any more: their members are candidates.
    """
    scope = await reading.scope_in_work()
    wanted = reachable(scope.assigned, scope.inner)
    if len(wanted) > MOST_GROUPS:
        raise TooManyGroups(len(wanted))
    came = wanted - scope.groups.keys()
    unread = came - scope.named.keys()
    gone = frozenset[str]() if unread else scope.groups.keys() - wanted
    reading.scope = _with_groups(reading, scope, came, gone)
    if not reading.initial:
        members = scope.members
        await stage_candidates(reading, sorted({each for group in came | gone for each in members.get(group, ())}))
    return bool(unread)


def _with_groups(reading: Reading, scope: ScopeSnapshot, came: Collection[str], gone: Collection[str]) -> ScopeSnapshot:
    members, nobody, asked = scope.members, frozenset[str](), reading.mapping.scope_filter.group_ids
    groups = [group for group in (*scope.groups, *sorted(came)) if group not in gone]
    named = [*(group for group in scope.named if group not in came), *sorted(asked.intersection(gone))]
    read = frozenset({*groups, *named})
    return replace(
        scope,
        groups={group: members.get(group, nobody) for group in groups},
        named={group: members.get(group, nobody) for group in named},
        inner={group: within for group, within in scope.inner.items() if group in read},
        chains=chains_for(scope.chains, read),
    )


async def _take_page(reading: Reading, page: GroupsPage) -> None:
    scope = await reading.scope_in_work()
    touched = {change.group_id for change in page.changes}.union(page.removed_groups).intersection(scope.members)
    members = {group: set(scope.members[group]) for group in touched}
    inner = {group: set(scope.inner.get(group, ())) for group in touched}
    named = {each for group in page.removed_groups for each in members.get(group, ())}
    contradicted = list[tuple[str, str]]()
    for change in page.changes:
        if change.is_user and not _is_inner(change, inner):
            named.add(change.member_id)
        contradicted.extend(_apply(reading, members, inner, change))
    for group in touched.intersection(page.removed_groups):
        members[group].clear()
        inner[group].clear()
    await _settle_contradictions(reading, members, inner, contradicted)
    reading.scope = scope.with_members(members, inner if reading.nested else {})
    if not reading.initial:
        await stage_candidates(reading, sorted(named))


def _is_inner(change: MemberChange, inner: dict[str, set[str]]) -> bool:
    """Is the member a group? One that is removed may come without its type."""
    return change.is_group or (change.removed and change.member_id in inner.get(change.group_id, ()))


def _apply(
    reading: Reading, members: dict[str, set[str]], inner: dict[str, set[str]], change: MemberChange
) -> Iterator[tuple[str, str]]:
    """Apply a change; yields the membership if this round has named it with the other outcome before."""
    group = _is_inner(change, inner)
    if change.is_group and not reading.nested:
        reading.skipped[NESTED_GROUP] += not change.removed
    if change.group_id not in members or not (change.is_user or (group and reading.nested)):
        return
    _change_member((inner if group else members)[change.group_id], change)
    key = (change.group_id, change.member_id)
    if reading.named.setdefault(key, change.removed) != change.removed:
        yield key


def _change_member(members: set[str], change: MemberChange) -> None:
    if change.removed:
        members.discard(change.member_id)
    else:
        members.add(change.member_id)


async def _settle_contradictions(
    reading: Reading, members: dict[str, set[str]], inner: dict[str, set[str]], contradicted: list[tuple[str, str]]
) -> None:
    """A member that one round names as added and as removed is read directly: replays come in any order."""
    if not contradicted:
        return
    named = sorted({member for _, member in contradicted})
    outer = await reading.source.groups_of(named) if reading.nested else {}
    examined = await reading.source.examine(named, scope=True, known_users=())
    for group, member in contradicted:
        direct = examined[member].group_ids
        if direct is not None:
            (members[group].add if group in direct else members[group].discard)(member)
        above = outer.get(member)
        if above is not None:
            (inner[group].add if group in above else inner[group].discard)(member)


async def _finish_chain(reading: Reading, position: int, chain: Chain) -> None:
    scope = await reading.scope_in_work()
    chains = (*scope.chains[:position], chain, *scope.chains[position + 1 :])
    reading.scope = replace(scope, chains=chains)
