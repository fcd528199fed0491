"""What comes of people who are provisioned on demand?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

import pytest

from sandbox.scenarios import Plan, build_scenario
from sandbox.tenants import Conditions
from shared.cycles.pending import PendingState, WorkKind
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason
from shared.cycles.work import Work
from shared.orchestration.on_demand_result import OnDemandResult
from shared.orchestration.ports import EntryStore, StorageUnavailable
from shared.orchestration.provision_on_demand import (
    ANSWER_WITHIN,
    HELD,
    IN_PROGRESS,
    provision_on_demand,
)
from shared.provisioning.link import LinkState
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import START, LocalEngine

WHO = "user 5a17ed00-0000-4000-8000-00000000a11c somebody"
NOBODY = "00000000-0000-4000-8000-00000000dead"


async def local(**conditions: Unpack[Conditions]) -> LocalEngine:
    world = LocalEngine(build_scenario("company", Plan(users=30)), **conditions)
    await world.start()
    return world


def plain_people(world: LocalEngine, count: int) -> list[str]:
    """People about whom nothing is odd: the last ones, before the guests."""
    users = world.simulation.dump(world.source_id)["users"]
    members = [user for user in users if user.get("userType") == "Member" and user.get("accountEnabled") is True]
    return [user["id"] for user in members[-count:]]


async def provision(
    world: LocalEngine, source_ids: Sequence[str], within: timedelta = ANSWER_WITHIN
) -> Sequence[OnDemandResult]:
    configuration_id = world.documents[0]["id"]
    results = await provision_on_demand(world.engine, configuration_id, source_ids, WHO, within=within)
    assert results is not None
    return results


async def test_a_person_is_created_at_once_and_the_record_says_who_asked() -> None:
    world = await local()
    [person] = plain_people(world, 1)

    [result] = await provision(world, [person])

    assert (result.status, result.error) == (ProvisioningStatus.SUCCESS, None)
    assert result.record is not None
    assert (result.record.action, result.record.initiated_by) == (ProvisioningAction.CREATE, WHO)
    assert (await world.rows(person)).pending is None


async def test_five_people_of_several_shards_each_have_their_result_in_order() -> None:
    world = await local()
    people = plain_people(world, 5)

    results = await provision(world, people)

    assert [result.source_id for result in results] == people
    assert {result.status for result in results} == {ProvisioningStatus.SUCCESS}


async def test_the_next_cycle_has_nothing_left_to_write_for_them() -> None:
    world = await local()
    people = plain_people(world, 3)
    await provision(world, people)
    targets = {(await world.rows(person)).link.target_id for person in people}  # type: ignore[union-attr]

    await world.run_cycle()

    assert world.judge().disagreements == ()
    assert {(await world.rows(person)).link.target_id for person in people} == targets  # type: ignore[union-attr]


async def test_asked_again_nothing_is_done_again() -> None:
    world = await local()
    [person] = plain_people(world, 1)
    await provision(world, [person])
    world.clock.time += timedelta(hours=1)
    before = world.writes(world.target_id)

    [result] = await provision(world, [person])

    assert (result.status, world.writes(world.target_id)) == (ProvisioningStatus.SKIPPED, before)
    assert result.error is not None
    assert result.error.code == "RedundantExport"


async def test_a_person_who_does_not_exist_is_skipped_with_the_reason() -> None:
    world = await local()
    await world.run_cycle()

    [result] = await provision(world, [NOBODY])

    assert result.status is ProvisioningStatus.SKIPPED
    assert result.error is not None
    assert result.error.code == "EntrySynchronizationSkipped"


async def test_a_job_that_was_never_started_provisions_on_demand_too() -> None:
    world = await local()
    await world.engine.configurations.save(replace(await world.state(), active=False, ever_started=False))

    [result] = await provision(world, plain_people(world, 1))

    assert result.status is ProvisioningStatus.SUCCESS


async def test_lag_of_the_target_is_waited_for() -> None:
    world = await local(faults="flaky")
    people = plain_people(world, 5)

    results = await provision(world, people)

    assert [result.status for result in results] == [ProvisioningStatus.SUCCESS] * 5


async def test_a_person_whom_a_worker_holds_is_left_to_that_worker() -> None:
    world = await local()
    [person] = plain_people(world, 1)
    lease = Work(source_id=person, owner="a worker", expires=START + timedelta(minutes=10))
    await world.engine.entries.lease(await world.state(), [lease])

    [result] = await provision(world, [person])

    assert result.status is ProvisioningStatus.FAILURE
    assert (result.error.code if result.error else "") == IN_PROGRESS
    assert world.writes(world.target_id) == 0
    assert (await world.rows(person)).pending is not None


async def test_what_does_not_end_in_time_stays_pending() -> None:
    world = await local()
    [person] = plain_people(world, 1)

    world.engine = replace(world.engine, entries=OddLeases(world.engine.entries, hang))  # type: ignore[arg-type]

    [result] = await provision(world, [person], within=timedelta(milliseconds=50))

    pending = (await world.rows(person)).pending
    assert result.status is ProvisioningStatus.FAILURE
    assert pending is not None
    assert (pending.kind, pending.state) == (WorkKind.EVALUATE, PendingState.WAITING)


async def test_a_wait_beyond_the_answer_is_told_and_not_sat_out() -> None:
    world = await local()
    refusal = {"identitySynchronization": {"userSyncInbound": {"isSyncAllowed": False}}}
    partner = {"op": "setPartner", "tenantId": world.source_id, "set": refusal}
    world.simulation.change(world.target_id, [partner])

    [result] = await provision(world, plain_people(world, 1))

    assert result.status is ProvisioningStatus.FAILURE
    assert (result.error.code if result.error else "") == "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"
    assert world.clock.time == START


async def test_a_removal_asked_for_by_somebody_passes_no_quarantine() -> None:
    world = await local()
    await world.run_cycle()
    [person] = plain_people(world, 1)
    quarantine = Quarantine(reason=QuarantineReason.TOO_MANY_DELETES, began=START, code="TooManyDeletes", message="")
    await world.engine.configurations.save(replace(await world.state(), quarantine=quarantine))
    world.simulation.change(world.source_id, [{"op": "deleteUser", "id": person}])

    [result] = await provision(world, [person])

    rows = await world.rows(person)
    assert (result.status, result.error.code if result.error else "") == (ProvisioningStatus.SKIPPED, HELD)
    assert rows.link is not None
    assert rows.link.state is LinkState.ACTIVE
    assert rows.pending is not None
    assert rows.pending.state is PendingState.STAGED


async def test_what_was_staged_before_keeps_its_place() -> None:
    world = await local()
    await world.run_cycle()
    [person] = plain_people(world, 1)
    quarantine = Quarantine(reason=QuarantineReason.TOO_MANY_DELETES, began=START, code="TooManyDeletes", message="")
    await world.engine.configurations.save(replace(await world.state(), quarantine=quarantine))
    world.simulation.change(world.source_id, [{"op": "deleteUser", "id": person}])
    await provision(world, [person])
    staged = (await world.rows(person)).pending

    world.clock.time += timedelta(hours=1)
    await provision(world, [person])

    again = (await world.rows(person)).pending
    assert staged is not None
    assert again is not None
    assert (again.kind, again.staged_cycle) == (WorkKind.REMOVE, staged.staged_cycle)


async def test_there_is_no_result_without_a_configuration() -> None:
    world = await local()

    assert await provision_on_demand(world.engine, "unknown", [NOBODY], WHO) is None


async def test_somebody_must_have_asked() -> None:
    world = await local()

    with pytest.raises(ValueError, match="asked"):
        await provision_on_demand(world.engine, world.documents[0]["id"], [NOBODY], "")


async def test_a_failure_of_storage_is_raised_when_all_passes_have_ended() -> None:
    world = await local()
    people = plain_people(world, 2)

    async def refuse(works: Sequence[Work]) -> None:
        if any(work.source_id == people[0] for work in works):
            raise StorageUnavailable

    world.engine = replace(world.engine, entries=OddLeases(world.engine.entries, refuse))  # type: ignore[arg-type]

    with pytest.raises(StorageUnavailable):
        await provision(world, people)

    assert (await world.rows(people[1])).link is not None


async def hang(works: Sequence[Work]) -> None:
    assert works
    await asyncio.Event().wait()


class OddLeases:
    """An entry store on which something happens before a lease."""

    def __init__(self, entries: EntryStore, before: Callable[[Sequence[Work]], Awaitable[None]]) -> None:
        self._entries = entries
        self._before = before

    def __getattr__(self, name: str) -> object:
        return getattr(self._entries, name)

    async def lease(self, state: ConfigurationState, works: Sequence[Work]) -> Sequence[Work]:
        await self._before(works)
        return await self._entries.lease(state, works)


async def test_a_pass_whose_lease_was_taken_over_claims_no_result() -> None:
    world = await local()
    [person] = plain_people(world, 1)
    stolen = TakenOver(world.engine.entries)
    world.engine = replace(world.engine, entries=stolen)  # type: ignore[arg-type]

    [result] = await provision(world, [person], within=timedelta(milliseconds=200))

    assert (result.status, result.record) == (ProvisioningStatus.FAILURE, None)
    assert world.writes(world.target_id) == 0


class TakenOver:
    """An entry store on which every lease is lost before the first write."""

    def __init__(self, entries: EntryStore) -> None:
        self._entries = entries

    def __getattr__(self, name: str) -> object:
        return getattr(self._entries, name)

    async def save_works(self, state: ConfigurationState, works: Sequence[Work]) -> Sequence[Work]:
        assert works
        return []
