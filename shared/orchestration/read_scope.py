"""Who is entitled by an assignment, and which groups are to be read?"""

from dataclasses import replace

from shared.cycles.cycle import CyclePhase
from shared.cycles.doubt import Doubt
from shared.cycles.nesting import reachable
from shared.cycles.scope_snapshot import ScopeSnapshot, chains_for, changed_by_assignment, unpack
from shared.orchestration.cycle_snapshots import SnapshotLost
from shared.orchestration.ports import PrincipalType, SourceDirectory
from shared.orchestration.read_groups import stage_candidates
from shared.orchestration.reading import SCOPE, Reading


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
        reading.pass_over(CyclePhase.USERS)
        return
    before = await _last_scope(reading)
    users, groups = await _entitled(reading, before)
    entitled = reachable(groups, before.inner) if reading.nested else groups
    if not reading.initial:
        await stage_candidates(reading, changed_by_assignment(before, users, entitled))
    named, members, nobody = reading.mapping.scope_filter.group_ids - entitled, before.members, frozenset[str]()
    reading.scope = ScopeSnapshot(
        users=users,
        groups={group: members.get(group, nobody) for group in entitled},
        named={group: members.get(group, nobody) for group in named},
        chains=chains_for(before.chains, entitled | named),
        assigned=groups,
        inner={group: within for group, within in before.inner.items() if group in entitled | named},
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


async def _last_scope(reading: Reading) -> ScopeSnapshot:
    """Return the scope of the last cycle that completed; an initial cycle compares with nothing."""
    if reading.initial:
        return ScopeSnapshot()
    stored = await reading.engine.snapshots.load(reading.cycle.configuration_id, SCOPE, reading.state.last_completed)
    if stored is None:
        raise SnapshotLost(reading.state.last_completed)
    return unpack(stored)
