"""What Entra's documentation names as a limit: does docs/compared_with_entra.md say of it what happens here?"""

import pytest

from shared.cycles.state import JobStatus
from shared.provisioning.provisioning_log import ProvisioningAction
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import (
    CONFIGURATION,
    SOURCE,
    TARGET,
    Document,
    assigned_world,
    assignment,
    document,
    employee,
    guest,
    id_of,
    mail_of,
    people,
    person,
    small_world,
)
from tests.engine.test_restart import count_in
from tests.engine.test_schema_of_ones_own import begun, clause, function, groups, move, schema

ADA = mail_of("ada")
BACK = "marisol-to-lindenhof"
BACK_APPLICATION = "cccccccc-0000-4000-8000-000000000004"


def constant(target: str, value: str, **more: object) -> Document:
    return {"targetAttributeName": target, "source": {"type": "Constant", "name": value}, **more}


def renamed(name: str, **changes: object) -> Document:
    return {"op": "updateUser", "id": id_of(name), "set": changes}


async def test_whatever_happens_in_the_source_nothing_is_written_there() -> None:
    local = LocalEngine(small_world(people(5)))
    await local.begin()

    local.change(
        {"op": "createUser", "user": person("ada")},
        move("person0", city="Ulm"),
        {"op": "deleteUser", "id": id_of("person1")},
    )
    await local.run_cycle()

    local.assert_agreement()
    assert local.writes(SOURCE) == 0


async def test_two_tenants_may_synchronize_to_each_other_without_a_loop() -> None:
    """Only internal people come, so nobody comes back as a guest of a guest."""
    back = document(
        BACK,
        source={"tenantId": TARGET, "servicePrincipalId": BACK_APPLICATION, "cloud": "global"},
        target={"tenantId": SOURCE, "cloud": "global", "inviteRedirectUrl": "https://myapplications.microsoft.com"},
    )
    application = {"id": BACK_APPLICATION, "appId": id_of("app"), "displayName": "tenantsync"}
    target = {"users": (employee("boss"),), "service_principals": (application,)}
    local = LocalEngine(small_world([person("ada")], target=target, configurations=[document(), back]))
    await local.start()
    await local.run_cycle()
    writes = local.writes(SOURCE), local.writes(TARGET)

    await local.run_cycle()

    everybody = {ADA, "boss@marisol.example"}
    assert set(local.users()) == everybody
    assert {user["mail"] for user in local.simulation.dump(SOURCE)["users"]} == everybody
    assert (local.writes(SOURCE), local.writes(TARGET)) == writes
    assert [(await local.workload(name)).escrowed for name in (CONFIGURATION, BACK)] == [0, 0]


async def test_two_configurations_of_one_pair_take_those_whom_each_filter_names() -> None:
    """Entra's advice for members beside guests: https://learn.microsoft.com/entra/identity/multi-tenant-organizations/"""
    weavers = groups(clause("department", "EQUALS", "Weaving"))
    others = groups(clause("department", "NOT EQUALS", "Weaving"))
    as_guests = constant("userType", "Guest", flowType="ObjectAddOnly")
    documents = [
        document("members", schema=schema(scope=weavers)),
        document("guests", schema=schema(as_guests, scope=others)),
    ]
    users = [person("ada"), person("bert", department="Dyeing")]
    local = LocalEngine(small_world(users, configurations=documents))
    await local.start()
    await local.run_cycle()

    assert {mail: user["userType"] for mail, user in local.users().items()} == {ADA: "Member", mail_of("bert"): "Guest"}


@pytest.mark.parametrize(("flow_type", "becomes"), [("Always", "Member"), ("ObjectAddOnly", "Guest")])
async def test_a_guest_who_was_there_becomes_a_member_where_the_type_flows_always(flow_type: str, becomes: str) -> None:
    member = constant("userType", "Member", flowType=flow_type)

    local = await begun([person("ada")], schema=schema(member), target={"users": (guest("ada"),)})

    found = local.users()[ADA]
    assert (found["id"], found["userType"]) == (guest("ada")["id"], becomes)


async def test_a_guest_who_has_not_accepted_yet_is_adopted_and_followed_to_another_address() -> None:
    """Entra adds such people anew in each cycle, and drops the change."""
    waiting = guest("ada", externalUserState="PendingAcceptance")
    local = LocalEngine(small_world([person("ada")], target={"users": (waiting,)}))
    await local.begin()

    local.change(renamed("ada", mail=mail_of("married"), userPrincipalName=mail_of("married")))
    await local.run_cycle()

    local.assert_agreement()
    assert {mail: user["id"] for mail, user in local.users().items()} == {mail_of("married"): waiting["id"]}


async def test_who_has_the_address_of_a_mail_contact_is_told_and_holds_nobody_up() -> None:
    target = {"contacts": ({"id": "contact", "mail": ADA},)}
    local = LocalEngine(small_world([person("ada"), person("bert")], target=target))
    await local.start()
    await local.run_cycle()
    refused = (await local.records(id_of("ada")))[0].error

    assert refused is not None
    assert "proxyAddresses already exists" in refused.reason
    assert set(local.users()) == {mail_of("bert")}


async def test_whose_object_got_a_directory_role_is_told_and_removed_once_the_role_is_gone() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    object_id = local.users()[mail_of("person0")]["id"]
    role = {"principalId": object_id, "roleDefinitionId": "62e90394"}
    local.change_target({"op": "assignRole", **role})

    local.change({"op": "deleteUser", "id": id_of("person0")})
    await local.run_cycle()
    refused, left = (await local.records(id_of("person0")))[0].error, set(local.deleted_users())
    local.change_target({"op": "unassignRole", **role})
    await local.run_cycle()
    await local.run_cycle()  # what comes of an escrow is staged anew

    assert refused is not None
    assert (refused.code, left) == ("InsufficientRights", set())
    assert set(local.deleted_users()) == {object_id}


async def test_who_left_the_target_for_good_is_created_anew_with_the_next_change() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    before = local.users()[mail_of("person0")]["id"]
    local.change_target({"op": "deleteUser", "id": before}, {"op": "purgeUser", "id": before})

    local.change(move("person0", city="Ulm"))
    await local.run_cycle()

    found = local.users()[mail_of("person0")]
    assert found["city"] == "Ulm"
    assert found["id"] != before
    assert len(local.users()) == 3


@pytest.mark.parametrize("deletes", [True, False])
async def test_who_is_unassigned_and_deleted_later_leaves_once(deletes: bool) -> None:
    scenario = assigned_world(people(3), [], *(assignment(f"person{number}") for number in range(3)))
    local = LocalEngine(scenario)
    if not deletes:
        local.documents = [{**local.documents[0], "removal": {"action": "none"}}]
    await local.start()
    await local.run_cycle()
    writes = local.writes()

    local.change({"op": "unassign", "principalId": id_of("person0")})
    await local.run_cycle()
    local.change({"op": "deleteUser", "id": id_of("person0")})
    await local.run_cycle()

    assert local.writes() - writes == len(local.deleted_users()) == int(deletes)


async def test_who_is_purged_from_the_source_is_soft_deleted_in_the_target() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    object_id = local.users()[mail_of("person0")]["id"]

    local.change({"op": "deleteUser", "id": id_of("person0")}, {"op": "purgeUser", "id": id_of("person0")})
    await local.run_cycle()

    assert set(local.deleted_users()) == {object_id}


async def test_an_expression_sees_what_did_not_change_as_well() -> None:
    """Entra evaluates an incremental change alone: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data"""
    site = function("city", 'Switch([department], "elsewhere", "Weaving", [officeLocation])')
    local = await begun([person("ada", officeLocation="Ulm")], schema=schema(site))
    came = local.users()[ADA]["city"]

    local.change(move("ada", officeLocation="Jena", jobTitle="Dyer"))
    await local.run_cycle()

    assert (came, local.users()[ADA]["city"]) == ("Ulm", "Jena")


@pytest.mark.parametrize(("flow_type", "shown"), [("Always", True), ("ObjectAddOnly", False)])
async def test_whether_a_guest_who_was_there_is_listed_is_left_alone_where_that_flows_on_create_only(
    flow_type: str, shown: bool
) -> None:
    """For people with a mailbox in the target Graph refuses to change it."""
    listed = constant("showInAddressList", "true", flowType=flow_type)

    local = await begun([person("ada"), person("bert")], schema=schema(listed), target={"users": (guest("ada"),)})

    assert local.users()[ADA]["showInAddressList"] is shown
    assert local.users()[mail_of("bert")]["showInAddressList"] is True


async def test_an_initial_cycle_in_which_too_much_fails_forgets_no_failure() -> None:
    """Entra prunes them, and somebody has to ask for them again."""
    boss = employee("boss", mail=ADA)
    local = LocalEngine(small_world([person("ada"), person("bert")], target={"users": (boss,)}))
    await local.begin()
    await count_in(local, 1, ProvisioningAction.CREATE, failure=6_000)
    await local.run_cycle()
    status, pending = (await local.state()).status, (await local.rows(id_of("ada"))).pending

    local.change_target({"op": "deleteUser", "id": boss["id"]}, {"op": "purgeUser", "id": boss["id"]})
    await local.run_for(2 * CYCLE)

    assert (status, pending is not None) == (JobStatus.QUARANTINE, True)
    assert set(local.users()) == {ADA, mail_of("bert")}
    assert (await local.state()).status is JobStatus.ACTIVE
