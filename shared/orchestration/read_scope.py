"""Who is entitled, and who passes by a membership? Reads the assignments, and the members of the assigned groups and
of those that the scoping filter names."""

from collections.abc import Iterable
from dataclasses import replace

from shared.cycles.cycle import Cursor, CyclePhase
from shared.cycles.doubt import Doubt
from shared.cycles.pending import WorkKind
from shared.cycles.scope_snapshot import Chain, ScopeSnapshot, chains_for, changed_by_assignment, unpack
from shared.orchestration.cycle_snapshots import SnapshotLost
from shared.orchestration.ports import GroupsPage, MemberChange, PrincipalType, SourceDirectory
from shared.orchestration.reading import PAGES, SCOPE, Reading

NESTED_GROUP = "nestedGroup"


async def read_all_assignments(source: SourceDirectory) -> tuple[frozenset[str], frozenset[str]]:
    """Return the assigned users and groups; all pages, or an error."""
    users, groups, link = set[str](), set[str](), ""
    while True:
        page = await source.assignments_page(link)
        for assignment in page.assignments:
            if assignment.principal_type is PrincipalType.USER:
                users.add(assignment.principal_id)
            elif assignment.principal_type is PrincipalType.GROUP:
                groups.add(assignment.principal_id)
        if not page.next_link:
            return frozenset(users), frozenset(groups)
        link = page.next_link


async def read_assignments(reading: Reading) -> None:
    """Compare the assignments with the last cycle's, and stage whoever came or went by them."""
    if not reading.reads_groups:
        await reading.checkpoint(phase=CyclePhase.USERS)
        return
    before = await _last_scope(reading)
    users, groups = await _entitled(reading, before)
    if not reading.initial:
        await _stage_candidates(reading, changed_by_assignment(before, users, groups))
    named, nobody = reading.mapping.scope_filter.group_ids - groups, frozenset[str]()
    reading.scope = ScopeSnapshot(
        users=users,
        groups={group: before.members.get(group, nobody) for group in groups},
        named={group: before.members.get(group, nobody) for group in named},
        chains=chains_for(before.chains, groups | named),
    )
    await reading.checkpoint(phase=CyclePhase.GROUPS)


async def _entitled(reading: Reading, before: ScopeSnapshot) -> tuple[frozenset[str], frozenset[str]]:
    """Return the assigned users and groups; without the scope `assigned` nobody asks for them."""
    if not reading.assigned_only:
        return frozenset(), frozenset()
    users, groups = await read_all_assignments(reading.source)
    if not users and not groups and (reading.state.population or before.everybody()):
        reading.cycle = replace(reading.cycle, doubt=Doubt.NO_ASSIGNMENTS)
    return users, groups


async def read_groups(reading: Reading) -> None:
    """Read up to ten pages of one chain of groups; after the last chain, the users."""
    scope = await reading.scope_in_work()
    position = reading.cycle.cursor.position
    if position >= len(scope.chains):
        await reading.checkpoint(phase=CyclePhase.USERS)
        return
    chain = scope.chains[position]
    link = reading.cycle.cursor.link or chain.link
    for _ in range(PAGES):
        page = await reading.source.groups_page(chain.groups, link)
        await _take_page(reading, page)
        if page.delta_link:
            reading.named.clear()
            await _finish_chain(reading, position, Chain(groups=chain.groups, link=page.delta_link))
            await reading.checkpoint(cursor=Cursor(position=position + 1))
            return
        link = page.next_link
        reading.reached = Cursor(position=position, link=link)
    await reading.checkpoint(cursor=reading.reached)


async def _take_page(reading: Reading, page: GroupsPage) -> None:
    scope = await reading.scope_in_work()
    members = {group: set(ids) for group, ids in scope.members.items()}
    named = {change.member_id for change in page.changes if change.is_user}
    named |= {member for group in page.removed_groups for member in members.get(group, ())}
    contradicted = [key for change in page.changes if (key := _apply(reading, members, change)) is not None]
    for group in page.removed_groups:
        members.get(group, set()).clear()
    await _settle_contradictions(reading, members, contradicted)
    reading.scope = scope.with_members(members)
    if not reading.initial:
        await _stage_candidates(reading, sorted(named))


def _apply(reading: Reading, members: dict[str, set[str]], change: MemberChange) -> tuple[str, str] | None:
    """Apply a change; returns the membership if this round has named it with the other outcome before."""
    if not change.is_user:
        reading.skipped[NESTED_GROUP] += not change.removed
        return None
    if change.group_id not in members:
        return None
    _change_member(members[change.group_id], change)
    key = (change.group_id, change.member_id)
    return key if reading.named.setdefault(key, change.removed) != change.removed else None


def _change_member(members: set[str], change: MemberChange) -> None:
    if change.removed:
        members.discard(change.member_id)
    else:
        members.add(change.member_id)


async def _settle_contradictions(
    reading: Reading, members: dict[str, set[str]], contradicted: list[tuple[str, str]]
) -> None:
    """A member that one round names as added and as removed is read directly: replays come in any order."""
    if not contradicted:
        return
    people = sorted({member for _, member in contradicted})
    examined = await reading.source.examine(people, scope=True, known_users=())
    for group, member in contradicted:
        direct = examined[member].group_ids
        if direct is not None:
            (members[group].add if group in direct else members[group].discard)(member)


async def _finish_chain(reading: Reading, position: int, chain: Chain) -> None:
    scope = await reading.scope_in_work()
    chains = (*scope.chains[:position], chain, *scope.chains[position + 1 :])
    reading.scope = replace(scope, chains=chains)


async def _stage_candidates(reading: Reading, people: Iterable[str]) -> None:
    """Whoever is named is evaluated, whatever the tables hold."""
    await reading.stage(dict.fromkeys(people, (WorkKind.EVALUATE, None)))


async def _last_scope(reading: Reading) -> ScopeSnapshot:
    """Return the scope of the last cycle that completed; an initial cycle compares with nothing."""
    if reading.initial:
        return ScopeSnapshot()
    stored = await reading.engine.snapshots.load(reading.cycle.configuration_id, SCOPE, reading.state.last_completed)
    if stored is None:
        raise SnapshotLost(reading.state.last_completed)
    return unpack(stored)
