"""Law 4: too many removals at once are held, all of them, until the source is repaired."""

import pytest

from shared.cycles.state import QuarantineReason
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import CYCLE, TICK, LocalEngine
from tests.engine.small_world import Document, id_of, mail_of, people, small_world

POPULATION = 60
LIMIT = 12
"""20 % of the population."""


def leave(count: int) -> list[Document]:
    return [{"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(count)]


def restore(count: int) -> list[Document]:
    return [{"op": "restoreUser", "id": id_of(f"person{number}")} for number in range(count)]


def disable(count: int) -> list[Document]:
    return [
        {"op": "updateUser", "id": id_of(f"person{number}"), "set": {"accountEnabled": False, "city": "Gera"}}
        for number in range(count)
    ]


async def provisioned(*, most: int = 500) -> LocalEngine:
    local = LocalEngine(small_world(people(POPULATION), guards={"removals": {"count": most}}))
    await local.begin()
    return local


async def test_fewer_than_the_limit_are_removed() -> None:
    local = await provisioned()

    local.change(*leave(LIMIT - 1))
    await local.run_cycle()

    local.assert_agreement()
    assert len(local.deleted_users()) == LIMIT - 1


async def test_at_the_limit_nobody_is_removed_and_the_configuration_is_in_quarantine() -> None:
    local = await provisioned()
    writes = local.writes()

    local.change(*leave(LIMIT))
    await local.run_cycle()

    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert local.writes() == writes
    local.assert_agreement()


async def test_held_removals_are_told_once_however_long_they_are_held() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))

    for _ in range(3):
        await local.run_cycle()

    told = [record for record in await local.index() if record.action is ProvisioningAction.STAGED_DELETE]
    assert len(told) == LIMIT
    assert {record.source.id for record in told} == {id_of(f"person{number}") for number in range(LIMIT)}
    assert {record.status for record in told} == {ProvisioningStatus.SKIPPED}


async def test_a_repaired_source_lifts_the_hold_and_nobody_is_removed() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()
    local.assert_agreement()

    local.change(*restore(LIMIT))
    await local.run_cycle()
    await local.run_cycle()

    assert (await local.state()).quarantine is None
    assert not local.deleted_users()
    local.assert_agreement()


async def test_a_hold_lets_other_changes_pass() -> None:
    local = await provisioned()

    local.change(*leave(LIMIT), *disable(LIMIT + 1)[-1:])
    local.change({"op": "updateUser", "id": id_of("person20"), "set": {"city": "Jena"}})
    await local.run_cycle()

    assert local.users()[mail_of("person20")]["city"] == "Jena"
    assert local.users()[mail_of("person12")]["city"] == "Gera"
    assert local.users()[mail_of("person12")]["accountEnabled"] is True
    assert not local.deleted_users()


async def test_disables_count_and_are_held_while_their_other_attributes_flow() -> None:
    local = await provisioned()

    local.change(*disable(LIMIT))
    await local.run_cycle()

    assert all(user["accountEnabled"] for user in local.users().values())
    assert local.users()[mail_of("person0")]["city"] == "Gera"
    assert (await local.state()).quarantine is not None


async def test_leavers_of_several_cycles_add_up_while_they_are_held() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()

    local.change({"op": "deleteUser", "id": id_of("person30")})
    await local.run_cycle()

    assert not local.deleted_users()
    assert (await local.workload()).staged == LIMIT + 1


async def test_when_enough_of_them_return_the_rest_is_removed() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()

    local.change(*restore(3))
    await local.run_cycle()
    await local.run_cycle()

    assert len(local.deleted_users()) == LIMIT - 3
    assert (await local.state()).quarantine is None


@pytest.mark.parametrize(("count", "removed"), [(5, 0), (4, 4)])
async def test_the_configuration_may_set_a_lower_number(count: int, removed: int) -> None:
    local = await provisioned(most=5)

    local.change(*leave(count))
    await local.run_cycle()

    assert len(local.deleted_users()) == removed


async def test_the_guard_holds_in_an_initial_cycle_too() -> None:
    local = await provisioned()

    local.change({"op": "resyncDelta"}, *leave(LIMIT))
    await local.run_cycle()

    assert not local.deleted_users()
    assert (await local.state()).quarantine is not None


async def test_the_share_is_of_the_people_who_are_provisioned_however_many_cycles_ago_they_came() -> None:
    local = await provisioned()
    for _ in range(3):
        await local.run_cycle()

    assert (await local.state()).population == POPULATION
    local.change(*leave(LIMIT))
    await local.run_cycle()

    assert not local.deleted_users()


async def test_what_was_released_before_a_hold_and_could_not_be_removed_counts_as_staged_again() -> None:
    local = await provisioned(most=3)
    local.simulation.set_faults("none", tenant_id=local.target_id, switches={"unavailable_before": 1.0})
    local.change(*leave(2))
    await local.run_for(CYCLE + TICK)
    released = (await local.state()).released_cycle

    local.change(*leave(4)[2:])
    await local.run_for(CYCLE)
    local.simulation.set_faults("none")
    await local.run_cycle()

    assert (await local.state()).released_cycle == released
    assert (await local.workload()).staged == 4
    assert (await local.workload()).due == 0
    assert not local.deleted_users()
