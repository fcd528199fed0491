"""What a worker finds out while it provisions: is it guarded, told, and does it hold up nobody else?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.configuration.document import parse
from shared.cycles.state import QuarantineReason
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.ports import (
    AssignmentsPage,
    Examination,
    SourceDirectory,
)
from shared.orchestration.start_cycles import tick
from shared.provisioning.provisioning_log import ProvisioningStatus
from tests.engine.local_engine import LocalEngine
from tests.engine.odd_directories import OddDirectories, Passing
from tests.engine.small_world import (
    Document,
    assigned_world,
    assignment,
    document,
    group,
    id_of,
    people,
    small_world,
)

POPULATION = 60
LIMIT = 12
"""20 % of the population."""


def names(count: int, first: int = 0) -> list[str]:
    return [f"person{number}" for number in range(first, first + count)]


def quit_group(members: Sequence[str]) -> list[Document]:
    return [{"op": "removeMember", "groupId": id_of("weavers"), "memberId": id_of(name)} for name in members]


def join_group(members: Sequence[str]) -> list[Document]:
    return [{"op": "addMember", "groupId": id_of("weavers"), "memberId": id_of(name)} for name in members]


async def weavers(*, joiners: int = 0) -> LocalEngine:
    """A company of which the members of one group are provisioned; joiners are not members yet."""
    members = group("weavers", *names(POPULATION))
    local = LocalEngine(
        assigned_world(people(POPULATION + joiners), [members], assignment("weavers", "Group")), workers=3
    )
    await local.begin()
    return local


@pytest.mark.parametrize(("count", "removed"), [(LIMIT, 0), (LIMIT - 1, LIMIT - 1)])
async def test_the_guard_counts_who_leaves_by_a_group_in_the_same_cycle(count: int, removed: int) -> None:
    local = await weavers()

    local.change(*quit_group(names(count)))
    await local.run_cycle()

    assert len(local.deleted_users()) == removed
    assert ((await local.state()).quarantine is None) is bool(removed)


async def test_who_is_held_and_named_once_more_stays_held() -> None:
    local = await weavers()
    local.change(*quit_group(names(LIMIT)))
    await local.run_cycle()

    local.change(*join_group(names(LIMIT)), *quit_group(names(LIMIT)))
    for _ in range(2):
        await local.run_cycle()

    assert not local.deleted_users()
    assert (await local.workload()).staged == LIMIT


async def test_many_joiners_hold_up_nobody_who_leaves() -> None:
    local = await weavers(joiners=2 * LIMIT)

    local.change(*join_group(names(2 * LIMIT, POPULATION)), *quit_group(names(2)))
    await local.run_cycle()

    local.assert_agreement()
    assert len(local.deleted_users()) == 2


async def test_who_leaves_between_reading_and_provisioning_waits_for_the_next_guard() -> None:
    local = LocalEngine(small_world(people(POPULATION)))
    await local.begin()
    leavers = [name for name in names(POPULATION) if id_of(name) not in (await local.state()).known_users][:LIMIT]

    local.change(*({"op": "updateUser", "id": id_of(name), "set": {"city": "Gera"}} for name in leavers))
    await read_only(local)
    local.change(*({"op": "deleteUser", "id": id_of(name)} for name in leavers))
    while (await local.workload()).staged < LIMIT:
        await local.step()
    before = local.deleted_users()
    await local.run_cycle()

    state = await local.state()
    assert not before
    assert not local.deleted_users()
    assert state.quarantine is not None
    assert state.quarantine.reason is QuarantineReason.TOO_MANY_DELETES


async def read_only(local: LocalEngine) -> None:
    """Let one cycle read everything while no worker comes round."""
    number = (await local.state()).cycle
    while (await local.state()).last_completed == number:
        if not await local._import():
            local.clock.time = max(local.clock.time, local.next_tick)
            local.next_tick += timedelta(minutes=5)
            await tick(local.engine)


async def test_a_scope_that_was_narrowed_while_work_is_open_creates_nobody_outside_of_it() -> None:
    members = group("weavers", *names(3))
    scenario = assigned_world(people(20), [members], assignment("weavers", "Group"))
    local = LocalEngine(scenario)
    local.documents = [document(scope={"kind": "all"})]
    await local.start()
    await read_only(local)

    await apply_configuration(local.engine, parse(document(scope={"kind": "assigned"})))
    local.documents = [document(scope={"kind": "assigned"})]
    await local.run_cycle()

    assert len(local.users()) == 3
    assert not local.deleted_users()


async def test_assignments_that_never_agree_end_in_escrow_and_are_told() -> None:
    local = await weavers()
    local.engine = local.worker = replace(local.engine, directories=HiddenMemberships(local.engine.directories))

    local.change(*quit_group(["person0"]), *join_group(["person0"]))
    while (await local.workload()).escrowed == 0:
        await local.step()

    record = (await local.records(id_of("person0")))[0]
    assert record.error is not None
    assert (record.status, record.error.code) == (ProvisioningStatus.FAILURE, "EntryConflict")


async def test_chunks_share_the_assignments_that_one_of_them_read() -> None:
    local = await weavers(joiners=40)
    counted = CountedReads(local.engine.directories)
    local.engine = local.worker = replace(local.engine, directories=counted)

    local.change(*join_group(names(40, POPULATION)))
    await local.run_cycle()

    local.assert_agreement()
    assert counted.reads == 2  # the reader's, and one for all chunks


class HiddenMemberships(OddDirectories):
    """Group memberships are hidden from us: `memberOf` does not show them."""

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        class Hiding(Passing):
            async def examine(
                self, source_ids: Sequence[str], *, scope: bool, known_users: Sequence[str]
            ) -> Mapping[str, Examination]:
                seen = await source.examine(source_ids, scope=scope, known_users=known_users)
                return {id_: replace(each, group_ids=frozenset()) for id_, each in seen.items()}

        return Hiding(source)  # type: ignore[return-value]


class CountedReads(OddDirectories):
    """Counts how often the assignments are read."""

    reads = 0

    def odd(self, source: SourceDirectory) -> SourceDirectory:
        counter = self

        class Counting(Passing):
            async def assignments_page(self, link: str) -> AssignmentsPage:
                counter.reads += 1
                return await source.assignments_page(link)

        return Counting(source)  # type: ignore[return-value]
