"""What an operator does in the middle of things: pause, start, another document."""

from datetime import timedelta

import pytest

from shared.configuration.document import parse
from shared.cycles.cycle import CycleKind
from shared.cycles.state import JobStatus
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.control_job import pause_job, start_job
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import (
    CONFIGURATION,
    assignment,
    document,
    id_of,
    mail_of,
    people,
    person,
    small_world,
)


async def test_a_paused_job_stops_within_the_chunk_and_a_started_one_goes_on() -> None:
    local = LocalEngine(small_world(people(120)))
    await local.start()
    while local.writes() == 0:
        await local.step()

    await pause_job(local.engine, CONFIGURATION)
    writes = local.writes()
    await local.run_for(timedelta(hours=1))
    assert local.writes() == writes < 240
    await start_job(local.engine, CONFIGURATION)
    await local.run_cycle()

    local.assert_agreement()


async def test_a_job_that_is_paused_while_it_reads_goes_on_reading() -> None:
    local = LocalEngine(small_world(people(4)))
    await local.start()
    await local.step()

    await pause_job(local.engine, CONFIGURATION)
    await local.run_for(timedelta(hours=2))
    assert (await local.state()).status is JobStatus.PAUSED
    assert local.users() == {}
    await start_job(local.engine, CONFIGURATION)
    await local.run_for(CYCLE)

    local.assert_agreement()


async def test_another_scope_in_the_middle_of_a_cycle_makes_the_next_one_initial() -> None:
    parts = {"app_role_assignments": (assignment("person0"), assignment("person1"))}
    local = LocalEngine(small_world(people(4), source=parts))
    await local.begin()
    await local.run_for(CYCLE - timedelta(minutes=1))
    while not (await local.state()).running:
        await local.step()

    narrower = document(scope={"kind": "assigned"})
    await apply_configuration(local.engine, parse(narrower))
    local.documents = (narrower,)
    await local.run_for(2 * CYCLE)

    kinds = [cycle.kind for cycle in await local.engine.cycles.newest(CONFIGURATION, 100)]
    assert CycleKind.INITIAL in kinds[:2]
    local.assert_agreement()
    assert set(local.users()) == {mail_of("person0"), mail_of("person1")}


async def test_a_wider_scope_brings_those_who_were_left_out() -> None:
    parts = {"app_role_assignments": (assignment("person0"),)}
    local = LocalEngine(small_world(people(3), source=parts, scope={"kind": "assigned"}))
    await local.begin()

    wider = document()
    await apply_configuration(local.engine, parse(wider))
    local.documents = (wider,)
    await local.run_cycle()

    local.assert_agreement()
    assert len(local.users()) == 3


async def test_changes_that_wait_are_worked_on_by_the_newest_document() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")], adoption="review"))
    local.change_target({"op": "createGuest", "mail": mail_of("ada"), "id": id_of("by hand")})
    await local.start()
    await local.run_cycle()
    assert (await local.workload()).escrowed == 1

    automatic = document(adoption="automatic")
    await apply_configuration(local.engine, parse(automatic))
    await local.run_cycle()

    assert (await local.workload()).escrowed == 0
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert link.target_id == id_of("by hand")


async def test_who_is_held_while_the_scope_is_widened_is_evaluated_again_and_not_removed() -> None:
    parts = {"app_role_assignments": tuple(assignment(f"person{number}") for number in range(6))}
    held = {"guards": {"removals": {"count": 2}}}
    narrow = document(scope={"kind": "assigned"}, **held)
    local = LocalEngine(small_world(people(6), source=parts, configurations=[narrow]))
    await local.begin()
    local.change(*({"op": "unassign", "principalId": id_of(f"person{number}")} for number in range(3)))
    await local.run_cycle()
    assert (await local.workload()).staged == 3

    wider = document()
    await apply_configuration(local.engine, parse(wider))
    local.documents = (wider,)
    await local.run_cycle()

    assert not local.deleted_users()
    assert (await local.state()).status is JobStatus.ACTIVE
    local.assert_agreement()


@pytest.mark.parametrize("steps", [0, 2, 5, 9])
async def test_on_demand_beside_a_running_cycle_makes_one_object_and_one_record(steps: int) -> None:
    local = LocalEngine(small_world(people(30)))
    await local.start()
    while not (await local.state()).running:
        await local.step()
    for _ in range(steps):
        await local.step()

    results = await provision_on_demand(local.engine, CONFIGURATION, [id_of("person29")], "olga")
    await local.run_cycle()

    assert results is not None
    assert results[0].status in {ProvisioningStatus.SUCCESS, ProvisioningStatus.SKIPPED}, "or the cycle was faster"
    local.assert_agreement()
    assert len(local.users()) == 30
    assert [each.action for each in await local.records(id_of("person29"))].count(ProvisioningAction.CREATE) == 1
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 30
