"""Law 8: the target can say stop, and so can whoever gave consent; when they give way again, it goes on."""

from datetime import timedelta

import pytest

from sandbox.world import DEFAULT_PERMISSIONS
from shared.cycles.cycle import CycleState
from shared.cycles.state import JobStatus, QuarantineReason
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import SOURCE, TARGET, Document, id_of, mail_of, people, person, small_world


def policy(*, allowed: bool) -> Document:
    inbound = {"userSyncInbound": {"isSyncAllowed": allowed}}
    return {"op": "setPartner", "tenantId": SOURCE, "set": {"identitySynchronization": inbound}}


def permissions(*without: str) -> Document:
    return {"op": "setPermissions", "permissions": [each for each in DEFAULT_PERMISSIONS if each not in without]}


LIFE: list[Document] = [
    {"op": "createUser", "user": person("newcomer")},
    {"op": "deleteUser", "id": id_of("person0")},
    {"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}},
]


async def test_without_the_partner_policy_nothing_is_written_and_with_it_again_all_is() -> None:
    local = LocalEngine(small_world(people(6)))
    await local.begin()
    writes = local.writes()

    local.change_target(policy(allowed=False))
    local.change(*LIFE)
    await local.run_for(2 * CYCLE)
    assert local.writes() == writes
    local.change_target(policy(allowed=True))
    await local.run_cycle()

    local.assert_agreement()


@pytest.mark.parametrize("partner", [None, {"identitySynchronization": None}])
async def test_no_partner_policy_at_all_is_a_no(partner: Document | None) -> None:
    local = LocalEngine(small_world(people(3)))
    local.change_target({"op": "setPartner", "tenantId": SOURCE, "set": partner})
    await local.start()

    await local.run_for(CYCLE)

    assert local.writes() == 0


async def test_a_policy_that_is_withdrawn_in_the_middle_stops_all_further_chunks() -> None:
    local = LocalEngine(small_world(people(120)))
    await local.start()
    while local.writes() == 0:
        await local.step()

    local.change_target(policy(allowed=False))
    writes = local.writes()
    await local.run_for(timedelta(minutes=30))
    assert local.writes() == writes < 240
    local.change_target(policy(allowed=True))
    await local.run_cycle()

    local.assert_agreement()
    assert len(local.users()) == 120


@pytest.mark.parametrize("tenant_id", [SOURCE, TARGET])
async def test_a_revoked_consent_writes_nothing_and_a_new_one_catches_up(tenant_id: str) -> None:
    local = LocalEngine(small_world(people(6)))
    await local.begin()
    writes, there = local.writes(), set(local.users())

    local.simulation.change(tenant_id, [{"op": "setPermissions", "permissions": []}])
    local.change(*LIFE)
    await local.run_for(2 * CYCLE)
    assert set(local.users()) == there
    assert tenant_id == TARGET or local.writes() == writes
    local.simulation.change(tenant_id, [permissions()])
    await local.run_for(2 * CYCLE)
    await local.run_cycle()

    local.assert_agreement()


async def test_a_revoked_consent_in_the_source_is_a_quarantine_with_its_code() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()

    local.change({"op": "setPermissions", "permissions": []})
    await local.run_for(CYCLE)
    state, cycle = await local.state(), await local.cycle()
    local.change(permissions())
    await local.run_cycle()

    assert cycle.state is CycleState.FAILED
    assert state.status is JobStatus.QUARANTINE
    assert state.quarantine is not None
    assert state.quarantine.reason is QuarantineReason.EXCEPTION
    assert state.quarantine.code == "Authorization_RequestDenied"
    assert (await local.state()).status is JobStatus.ACTIVE


@pytest.mark.parametrize("permission", ["User.Invite.All", "User.ReadWrite.All", "RoleManagement.Read.Directory"])
async def test_one_missing_permission_of_the_target_loses_nobody(permission: str) -> None:
    local = LocalEngine(small_world(people(4)))
    local.change_target(permissions(permission))
    await local.start()
    await local.run_for(2 * CYCLE)

    local.change_target(permissions())
    await local.run_for(2 * CYCLE)
    await local.run_cycle()

    local.assert_agreement()
    assert mail_of("person0") in local.users()
