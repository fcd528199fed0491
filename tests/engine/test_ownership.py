"""Laws 5 and 7: nobody gets another person's account, and nothing that is not ours is touched."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from shared.cycles.claim import Claim, ClaimKind
from shared.cycles.work import Work
from shared.provisioning.link import LinkOrigin
from tests.engine.hazards import CALM, Doom, Meddler
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import (
    CONFIGURATION,
    TARGET,
    Document,
    assignment,
    document,
    employee,
    guest,
    id_of,
    mail_of,
    person,
    small_world,
)

YOUNG = {"createdDateTime": "2024-09-01T08:00:00Z"}
OLD = {"createdDateTime": "2019-01-01T00:00:00Z"}
HELD = {"proxyAddresses": ["SMTP:boss@marisol.example", f"smtp:{mail_of('ada')}"]}


def shown(local: LocalEngine, object_id: str) -> Document:
    """An object of the target, deleted or not, byte for byte."""
    dump = local.simulation.dump(TARGET)
    return next(user for user in (*dump["users"], *dump["deletedItems"]) if user["id"] == object_id)


async def code_of(local: LocalEngine, name: str) -> str:
    """The error code of the newest record of a person."""
    error = (await local.records(id_of(name)))[0].error
    assert error is not None
    return error.code


@pytest.mark.parametrize(
    ("adoption", "holders", "role", "reason", "code"),
    [
        ("none", [guest("ada", **YOUNG)], False, "needsApproval", "EntryConflict"),
        ("review", [guest("ada", **YOUNG)], False, "needsApproval", "EntryConflict"),
        ("automatic", [guest("ada", **OLD)], False, "needsApproval", "EntryConflict"),
        ("automatic", [guest("ada", **YOUNG)], True, "needsApproval", "EntryConflict"),
        ("none", [guest("ada", **OLD)], True, "needsApproval", "EntryConflict"),
        (
            "automatic",
            [employee("boss", **HELD)],
            False,
            "internalUserInTarget",
            "InvitationCreationFailureAmbiguousUser",
        ),
        (
            "review",
            [employee("boss", **HELD)],
            False,
            "internalUserInTarget",
            "InvitationCreationFailureAmbiguousUser",
        ),
        (
            "automatic",
            [guest("ada"), guest("bert", "b@elsewhere.example", otherMails=[mail_of("ada")])],
            False,
            "severalMatches",
            "DuplicateTargetEntries",
        ),
        (
            "automatic",
            [guest("bert", "b@elsewhere.example", otherMails=[mail_of("ada")])],
            False,
            "needsApproval",
            "EntryConflict",
        ),
    ],
)
async def test_an_address_that_is_held_already_is_an_exception_and_its_holder_stays_as_he_is(
    adoption: str, holders: list[Document], role: bool, reason: str, code: str
) -> None:
    roles = ({"principalId": holders[0]["id"], "roleDefinitionId": "62e90394"},) if role else ()
    target = {"users": tuple(holders), "role_assignments": roles}
    local = LocalEngine(small_world([person("ada"), person("cleo")], target=target, adoption=adoption))
    before = [shown(local, holder["id"]) for holder in holders]

    await local.begin()
    await local.run_cycle()

    local.assert_agreement(**{reason: 1})
    assert [shown(local, holder["id"]) for holder in holders] == before
    assert await code_of(local, "ada") == code


async def adopted() -> LocalEngine:
    scenario = small_world([person("ada"), person("cleo")], target={"users": (guest("ada"),)})
    local = LocalEngine(scenario)
    await local.begin()
    return local


async def test_a_young_guest_is_adopted_and_stays_a_guest() -> None:
    local = await adopted()

    local.assert_agreement()
    found = local.users()[mail_of("ada")]
    assert found["id"] == guest("ada")["id"]
    assert found["userType"] == "Guest"
    assert found["department"] == "Weaving"


async def dead_after_adopting() -> LocalEngine:
    """Ada's worker has written to the guest whom it adopts, and died before it could say so."""
    effects = 1
    while True:
        scenario = small_world([person("ada"), person("cleo")], target={"users": (guest("ada"),)})
        local = LocalEngine(scenario, surroundings=Doom(effects))
        await local.start()
        while local.surroundings is not CALM:
            await local.step()
        if shown(local, guest("ada")["id"]).get("department") and (await local.rows(id_of("ada"))).link is None:
            return local
        effects += 1


@pytest.mark.parametrize("returns", [False, True])
async def test_a_new_address_after_an_adoption_whose_end_nobody_knows_reaches_the_adopted_guest(returns: bool) -> None:
    local = await dead_after_adopting()
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"mail": mail_of("lovelace")}})
    if returns:  # looked at while disabled, which is no reason to forget the guest
        local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": False}})
        await local.run_cycle()
        local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": True}})

    await local.run_cycle()

    assert sorted(local.users()) == [mail_of("cleo"), mail_of("lovelace")]
    assert local.users()[mail_of("lovelace")]["id"] == guest("ada")["id"]


async def test_where_the_adopted_guest_is_gone_the_new_address_is_invited_after_a_look_at_it() -> None:
    local = await dead_after_adopting()
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"mail": mail_of("lovelace")}})
    local.change_target({"op": "purgeUser", "id": guest("ada")["id"]})
    local.change_target({"op": "createUser", "user": employee("boss", proxyAddresses=[f"smtp:{mail_of('lovelace')}"])})

    await local.run_for(3 * CYCLE)

    assert mail_of("lovelace") not in local.users()
    assert await code_of(local, "ada") == "InvitationCreationFailureAmbiguousUser"


async def test_who_was_adopted_is_never_deleted_and_is_taken_up_again() -> None:
    local = await adopted()
    local.assert_agreement()

    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    local.assert_agreement()
    left = shown(local, guest("ada")["id"])
    local.change(
        {"op": "restoreUser", "id": id_of("ada")},
        {"op": "updateUser", "id": id_of("ada"), "set": {"department": "Dyeing"}},
    )
    await local.run_cycle()

    assert left["department"] == "Weaving"
    assert shown(local, guest("ada")["id"])["department"] == "Dyeing"
    assert not local.deleted_users()


async def test_what_the_target_owns_is_never_touched() -> None:
    strangers = (employee("boss"), guest("stranger", "stranger@elsewhere.example"), guest("older", **OLD))
    target = {"users": strangers, "deleted_items": (guest("gone", "gone@elsewhere.example"),)}
    local = LocalEngine(small_world([person("ada"), person("older"), person("cleo")], target=target))
    before = [shown(local, each["id"]) for each in (*strangers, *target["deleted_items"])]

    await local.begin()
    local.change({"op": "deleteUser", "id": id_of("ada")}, {"op": "deleteUser", "id": id_of("older")})
    await local.run_cycle()

    assert [shown(local, each["id"]) for each in (*strangers, *target["deleted_items"])] == before


async def test_a_recycled_address_waits_while_the_leavers_object_is_there() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")]))
    await local.begin()
    object_id = local.users()[mail_of("ada")]["id"]

    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    local.assert_agreement()
    namesake = person("namesake", mail=mail_of("ada"), userPrincipalName=mail_of("ada"), displayName="Another Ada")
    local.change({"op": "createUser", "user": namesake})
    await local.run_cycle()

    local.assert_agreement(addressHeldByDeletedUser=1)
    assert object_id in local.deleted_users()
    assert mail_of("ada") not in local.users()


async def test_a_re_hire_under_a_new_id_does_not_get_the_living_account() -> None:
    """The old source object goes and the new one comes between two cycles."""
    local = LocalEngine(small_world([person("ada"), person("cleo")]))
    await local.begin()
    object_id = local.users()[mail_of("ada")]["id"]

    local.change(
        {"op": "deleteUser", "id": id_of("ada")},
        {"op": "createUser", "user": person("again", mail=mail_of("ada"), userPrincipalName=mail_of("ada"))},
    )
    await local.run_cycle()

    judgement = local.judge()
    assert not judgement.disagreements
    assert (await local.rows(id_of("again"))).link is None
    assert object_id in local.deleted_users()


async def test_a_leavers_object_that_somebody_has_restored_becomes_nobody_elses_however_long_ago_that_was() -> None:
    """A deleted object is believed to be purged after 31 days: its claim ended, and a re-hire was given the account."""
    local = LocalEngine(small_world([person("ada"), person("bert")], adoption="automatic"))
    await local.begin()
    object_id = local.users()[mail_of("ada")]["id"]
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    local.change_target({"op": "restoreUser", "id": object_id})
    before = shown(local, object_id)
    local.clock.time += timedelta(days=32)
    local.change({"op": "createUser", "user": person("heir", mail=mail_of("ada"))})

    await local.run_cycle()

    assert shown(local, object_id) == before
    assert await code_of(local, "heir") == "EntryConflict"


async def test_a_forged_mail_changes_nothing() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")], target={"users": (guest("x", "x@bank.example"),)}))
    await local.begin()
    before = shown(local, guest("x", "x@bank.example")["id"]), local.users()[mail_of("ada")]

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"mail": "x@bank.example", "jobTitle": "Chief"}})
    local.change({"op": "createUser", "user": person("mallory", mail="x@bank.example")})
    await local.run_cycle()

    local.assert_agreement(unverifiedDomain=2)
    assert (shown(local, guest("x", "x@bank.example")["id"]), local.users()[mail_of("ada")]) == before


async def test_a_new_mail_that_somebody_in_the_target_holds_changes_nothing() -> None:
    holder = employee("boss", proxyAddresses=["SMTP:boss@marisol.example", f"smtp:{mail_of('married')}"])
    local = LocalEngine(small_world([person("ada"), person("cleo")], target={"users": (holder,)}))
    await local.begin()
    before = shown(local, holder["id"])

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"mail": mail_of("married"), "surname": "Schmidt"}})
    await local.run_cycle()

    local.assert_agreement(internalUserInTarget=1)
    assert shown(local, holder["id"]) == before


async def test_two_people_with_one_mail_are_one_account_and_one_exception() -> None:
    twins = [person("ada"), person("double", mail=mail_of("ada").upper())]
    local = LocalEngine(small_world([*twins, person("cleo")]))

    await local.begin()
    await local.run_cycle()

    local.assert_agreement(duplicateMail=1)
    assert len(local.users()) == 2


async def test_two_configurations_to_one_target_share_no_account() -> None:
    documents = [document("first"), document("second")]
    local = LocalEngine(small_world([person("ada"), person("cleo")], configurations=documents))
    await local.start()

    await local.run_cycle()
    await local.run_cycle()

    assert len(local.users()) == 2
    states = [await local.state(name) for name in ("first", "second")]
    rows = [(await local.engine.entries.read(state, [id_of("ada")]))[id_of("ada")] for state in states]
    assert sorted(row.link is None for row in rows) == [False, True]


async def test_two_people_with_one_mail_in_two_configurations_are_one_account_and_the_other_gets_nothing() -> None:
    both = [document(name, scope={"kind": "assigned"}) for name in ("first", "second")]
    both[1]["source"]["servicePrincipalId"] = id_of("second application")
    twins = [person("ada"), person("double", mail=mail_of("ada"), displayName="Another Ada"), person("cleo")]
    parts = {
        "app_role_assignments": (
            assignment("ada"),
            assignment("cleo"),
            {**assignment("double"), "resourceId": id_of("second application")},
        )
    }
    scenario = small_world(twins, source=parts, configurations=both)
    source, target = scenario.world.tenants
    second = {"id": id_of("second application"), "appId": id_of("app"), "displayName": "second"}
    tenants = (replace(source, service_principals=(*source.service_principals, second)), target)
    local = LocalEngine(replace(scenario, world=replace(scenario.world, tenants=tenants)))
    await local.start()
    await local.run_cycle()
    owned = local.users()[mail_of("ada")]
    owner, other = ("ada", "double") if owned["displayName"] == "Ada" else ("double", "ada")

    local.change({"op": "updateUser", "id": id_of(other), "set": {"city": "Gera"}})
    await local.run_cycle()
    assert local.users()[mail_of("ada")] == owned
    local.change({"op": "deleteUser", "id": id_of(other)})
    await local.run_cycle()
    assert local.users()[mail_of("ada")] == owned, "the one without an account takes nobody along"
    assert sorted(local.users()) == [mail_of("ada"), mail_of("cleo")]

    local.change({"op": "deleteUser", "id": id_of(owner)})
    await local.run_cycle()
    assert set(local.deleted_users()) == {owned["id"]}


async def test_a_guest_invited_by_hand_before_the_cycle_is_not_deleted_when_the_person_leaves() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")]))
    local.change_target({"op": "createGuest", "mail": mail_of("ada"), "id": id_of("by hand")})
    await local.start()
    await local.run_cycle()

    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()

    assert not local.deleted_users()
    assert id_of("by hand") in {user["id"] for user in local.users().values()}


@pytest.mark.parametrize("adoption", ["automatic", "review"])
async def test_a_guest_invited_by_hand_between_look_up_and_invitation_is_never_deleted(adoption: str) -> None:
    def invite_after_the_look_up(request: httpx.Request) -> bool:
        if meddler.on and b"crossTenantAccessPolicy" in request.content:
            meddler.on = False
            local.change_target({"op": "createGuest", "mail": mail_of("ada"), "id": id_of("by hand")})
        return False

    meddler = Meddler(loses=invite_after_the_look_up)
    local = LocalEngine(small_world([person("ada")], adoption=adoption), surroundings=meddler)
    meddler.on = True
    await local.start()
    await local.run_cycle()
    local.change({"op": "createUser", "user": person("cleo")}, {"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()

    assert not meddler.on
    assert not local.deleted_users()
    assert shown(local, id_of("by hand"))["userType"] == "Guest"


async def test_what_somebody_restored_and_deleted_again_after_we_had_deleted_it_is_not_brought_back() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")]))
    await local.begin()
    object_id = local.users()[mail_of("ada")]["id"]
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    local.clock.time += CYCLE / 2
    local.change_target({"op": "restoreUser", "id": object_id}, {"op": "deleteUser", "id": object_id})
    before = shown(local, object_id)

    local.change({"op": "restoreUser", "id": id_of("ada")})
    await local.run_cycle()

    assert shown(local, object_id) == before
    assert object_id in local.deleted_users()
    assert await code_of(local, "ada") == "InvalidAnchor"


async def test_who_is_disabled_after_an_adoption_whose_end_nobody_knows_is_disabled_in_the_target() -> None:
    local = await dead_after_adopting()
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": False}})

    for _ in range(3):
        await local.run_cycle()

    found = local.users()[mail_of("ada")]
    assert (found["id"], found["accountEnabled"]) == (guest("ada")["id"], False)
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert link.origin is LinkOrigin.ADOPTED


async def test_whoever_is_deleted_after_an_adoption_whose_end_nobody_knows_leaves_the_guest_to_a_rehire() -> None:
    local = await dead_after_adopting()
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()

    local.change({"op": "createUser", "user": person("dora", mail=mail_of("ada"))})
    for _ in range(2):
        await local.run_cycle()

    link = (await local.rows(id_of("dora"))).link
    assert link is not None
    assert (link.origin, link.target_id) == (LinkOrigin.ADOPTED, guest("ada")["id"])


async def test_a_disabled_person_whose_object_is_purged_keeps_nobody_from_their_old_address() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")]))
    await local.begin()
    purged = local.users()[mail_of("ada")]["id"]
    local.change_target({"op": "deleteUser", "id": purged}, {"op": "purgeUser", "id": purged})
    local.change(
        {"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": False, "mail": mail_of("lovelace")}}
    )
    await local.run_cycle()

    local.change({"op": "createUser", "user": person("dora", mail=mail_of("ada"))})
    for _ in range(2):
        await local.run_cycle()

    assert sorted(local.users()) == [mail_of("ada"), mail_of("cleo")]
    assert (await local.rows(id_of("dora"))).link is not None


async def test_a_guest_that_answers_to_two_addresses_is_adopted_for_one_of_two_newcomers() -> None:
    one = guest("ada", **YOUNG, proxyAddresses=[f"SMTP:{mail_of('ada')}", f"smtp:{mail_of('bert')}"])
    local = LocalEngine(small_world([person("ada"), person("bert")], target={"users": [one]}, adoption="automatic"))
    await local.start()

    await local.run_cycle()

    links = [(await local.rows(id_of(name))).link for name in ("ada", "bert")]
    assert [link.target_id for link in links if link is not None] == [one["id"]]
    assert await code_of(local, "bert" if links[0] else "ada") == "EntryConflict"


async def test_what_another_worker_has_just_claimed_for_somebody_is_given_to_nobody_else() -> None:
    one = guest("ada", **YOUNG, proxyAddresses=[f"SMTP:{mail_of('ada')}", f"smtp:{mail_of('bert')}"])
    local = LocalEngine(small_world([person("ada"), person("bert")], target={"users": [one]}, adoption="automatic"))
    await local.start()
    while (await local.rows(id_of("ada"))).pending is None:
        await local.step()
    state, expires = await local.state(), local.clock.now() + timedelta(minutes=10)
    await local.engine.entries.lease(state, [Work(source_id=id_of("ada"), owner="another", expires=expires)])
    await local.engine.claims.take(
        Claim(
            tenant_id=TARGET,
            kind=ClaimKind.TARGET,
            subject=one["id"],
            configuration_id=CONFIGURATION,
            source_id=id_of("ada"),
        )
    )

    await local.run_for(timedelta(minutes=5))
    refused = await code_of(local, "bert")
    await local.run_for(2 * CYCLE)

    linked = (await local.rows(id_of("ada"))).link
    assert refused == "EntryConflict"
    assert linked is not None
    assert linked.target_id == one["id"]
    assert (await local.rows(id_of("bert"))).link is None
