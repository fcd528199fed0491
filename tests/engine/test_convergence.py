"""Law 1: after cycles the target equals the source, and one more cycle writes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from shared.cycles.cycle import CycleKind
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import guest, id_of, mail_of, people, person, small_world


def update(name: str, **values: object) -> dict[str, Any]:
    return {"op": "updateUser", "id": id_of(name), "set": values}


async def test_an_initial_cycle_brings_everybody_and_the_next_writes_nothing() -> None:
    local = LocalEngine(small_world(people(5)))
    await local.begin()
    writes, requests = local.writes(), local.simulation.statistics()[local.source_id]["requests"]

    await local.run_cycle()

    assert (await local.cycle()).kind is CycleKind.INCREMENTAL
    assert local.simulation.statistics()[local.source_id]["requests"] > requests
    assert local.writes() == writes
    local.assert_agreement()


async def test_only_internal_members_come() -> None:
    visitor = guest("visitor", "visitor@elsewhere.example", userPrincipalName="v#EXT#@lindenhof.onmicrosoft.com")
    texting = person("texting", identities=[{"signInType": "phoneNumber", "issuerAssignedId": "+49"}])
    contractor, unsaid = person("contractor", userType="Guest"), person("unsaid", userType=None)
    local = LocalEngine(small_world([person("ada"), visitor, texting, contractor, unsaid]))

    await local.begin()

    assert set(local.users()) == {mail_of("ada"), mail_of("texting"), mail_of("unsaid")}
    assert (await local.cycle()).skipped == {"external": 1, "guest": 1}


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"mail": None}, "noMail"),
        ({"mail": "ada@elsewhere.example"}, "unverifiedDomain"),
        ({"mail": "ada+tag@lindenhof.example"}, "invalidAddress"),
        ({"mail": ".ada@lindenhof.example"}, "invalidAddress"),
        ({"mail": "ada-@lindenhof.example"}, "invalidAddress"),
        ({"accountEnabled": False}, "disabledInSource"),
    ],
)
async def test_who_cannot_be_invited_is_an_exception(odd: dict[str, object], reason: str) -> None:
    local = LocalEngine(small_world([person("ada", **odd), person("bert")]))

    await local.begin()

    local.assert_agreement(**{reason: 1})
    assert set(local.users()) == {mail_of("bert")}


async def test_who_gets_an_address_comes_with_the_next_cycle() -> None:
    local = LocalEngine(small_world([person("ada", mail=None), person("bert", accountEnabled=False)]))
    await local.begin()

    local.change(update("ada", mail=mail_of("ada")), update("bert", accountEnabled=True))
    await local.run_cycle()

    local.assert_agreement()
    assert set(local.users()) == {mail_of("ada"), mail_of("bert")}


async def test_an_apostrophe_and_letters_of_any_script_arrive() -> None:
    names = person("zoe", mail="zoe.o'malley@lindenhof.example", displayName='王 "Zo" Ωmega, Jr.', surname="O'Malley")
    local = LocalEngine(small_world([names]))

    await local.begin()

    assert local.users()["zoe.o'malley@lindenhof.example"]["displayName"] == '王 "Zo" Ωmega, Jr.'


async def test_one_changed_attribute_is_one_write() -> None:
    local = LocalEngine(small_world(people(5)))
    await local.begin()
    writes = local.writes()

    local.change(update("person3", department="Dyeing"))
    await local.run_cycle()

    assert local.writes() == writes + 1
    local.assert_agreement()
    assert await local.counted(ProvisioningAction.UPDATE, ProvisioningStatus.SUCCESS) == 1


async def test_a_value_that_changed_and_changed_back_is_no_write() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    writes = local.writes()

    local.change(update("person1", department="Dyeing"), update("person1", department="Weaving"))
    await local.run_cycle()

    assert local.writes() == writes
    local.assert_agreement()


async def test_a_value_that_changes_back_while_its_update_waits_ends_as_in_the_source() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    local.simulation.set_faults(tenant_id=local.target_id, switches={"throttle_writes": 1.0})

    local.change(update("person1", department="Dyeing"))
    await local.run_for(timedelta(minutes=50))
    local.change(update("person1", department="Weaving"))
    local.simulation.set_faults("none")
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("person1")]["department"] == "Weaving"


async def test_a_value_that_the_source_lost_is_cleared_in_the_target() -> None:
    local = LocalEngine(small_world(people(2)))
    await local.begin()

    local.change(update("person0", department=None, businessPhones=[]))
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("person0")].get("department") is None


async def test_values_that_graph_does_not_let_be_empty_stay() -> None:
    local = LocalEngine(small_world(people(2)))
    await local.begin()

    local.change(update("person0", usageLocation=None, mail=None, displayName=None, jobTitle="Dyer"))
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("person0")]["usageLocation"] == "DE"
    assert local.users()[mail_of("person0")]["jobTitle"] == "Dyer"


async def test_a_new_mail_reaches_the_same_object() -> None:
    local = LocalEngine(small_world(people(2)))
    await local.begin()
    before = local.users()[mail_of("person0")]["id"]

    local.change(update("person0", mail=mail_of("married"), surname="Schmidt"))
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("married")]["id"] == before


async def test_disabled_in_the_source_is_disabled_in_the_target_and_enabled_again() -> None:
    local = LocalEngine(small_world(people(2)))
    await local.begin()

    local.change(update("person0", accountEnabled=False, jobTitle="Dyer"))
    await local.run_cycle()
    disabled = local.users()[mail_of("person0")]
    local.assert_agreement()
    local.change(update("person0", accountEnabled=True))
    await local.run_cycle()

    assert disabled["accountEnabled"] is False
    assert local.users()[mail_of("person0")]["accountEnabled"] is True
    assert await local.counted(ProvisioningAction.DISABLE, ProvisioningStatus.SUCCESS) == 1


async def test_who_leaves_is_soft_deleted_and_who_returns_gets_the_same_object() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    object_id = local.users()[mail_of("person0")]["id"]

    local.change({"op": "deleteUser", "id": id_of("person0")})
    await local.run_cycle()
    local.assert_agreement()
    assert object_id in local.deleted_users()
    await local.run_for(timedelta(days=3))
    local.change({"op": "restoreUser", "id": id_of("person0")}, update("person0", department="Dyeing"))
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("person0")]["id"] == object_id
    assert local.users()[mail_of("person0")]["department"] == "Dyeing"


async def test_who_becomes_a_guest_of_the_source_leaves() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()

    local.change(update("person0", userType="Guest"))
    await local.run_cycle()

    local.assert_agreement()
    assert mail_of("person0") not in local.users()


async def test_who_returns_after_the_purge_is_created_anew() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    object_id = local.users()[mail_of("person0")]["id"]
    local.change(update("person0", userType="Guest"))
    await local.run_cycle()
    local.assert_agreement()

    local.clock.time += timedelta(days=32)
    local.judge()
    local.change(update("person0", userType="Member"))
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("person0")]["id"] != object_id


@pytest.mark.parametrize("operation", ["resyncDelta", "expireDeltaTokens"])
async def test_a_refused_delta_link_makes_the_cycle_read_everybody(operation: str) -> None:
    local = LocalEngine(small_world(people(4)))
    await local.begin()

    local.change({"op": operation}, {"op": "deleteUser", "id": id_of("person0")}, update("person1", city="Gera"))
    await local.run_cycle()

    assert (await local.cycle()).kind is CycleKind.INITIAL
    local.assert_agreement()


async def test_an_app_that_was_off_for_eight_days_catches_up() -> None:
    local = LocalEngine(small_world(people(4)))
    await local.begin()

    local.clock.time += timedelta(days=8)
    local.change({"op": "deleteUser", "id": id_of("person0")}, update("person1", city="Gera"))
    await local.run_cycle()

    assert (await local.cycle()).kind is CycleKind.INITIAL
    local.assert_agreement()


async def test_everybody_is_read_again_once_a_week() -> None:
    local = LocalEngine(small_world(people(2), interval="PT24H"))
    await local.begin()

    kinds = []
    for _ in range(8):
        local.clock.time += timedelta(hours=23)
        await local.run_cycle()
        kinds.append((await local.cycle()).kind)

    assert kinds.count(CycleKind.INITIAL) == 1
    assert kinds[6] is CycleKind.INITIAL


@pytest.mark.parametrize("leavers", [8, 9])
async def test_most_of_a_small_company_may_leave_at_once(leavers: int) -> None:
    local = LocalEngine(small_world(people(10)))
    await local.begin()

    local.change(*({"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(leavers)))
    await local.run_cycle()

    local.assert_agreement()
    assert len(local.deleted_users()) == leavers
