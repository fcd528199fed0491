"""Guests of the source: those with an account of its own come where the document says so, external ones never."""

import pytest

from shared.configuration.document import parse
from shared.cycles.cycle import CycleKind
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.provision_on_demand import provision_on_demand
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import (
    CONFIGURATION,
    Document,
    assignment,
    document,
    id_of,
    mail_of,
    person,
    small_world,
)
from tests.engine.test_assigned_scope import names

EXTERNAL = {
    "invited": {"creationType": "Invitation", "externalUserState": "Accepted"},
    "pending": {"creationType": "Invitation", "externalUserState": "PendingAcceptance"},
    "visitor": {"userPrincipalName": "visitor_marisol.example#EXT#@lindenhof.onmicrosoft.com"},
    "signedup": {"creationType": "SelfServiceSignUp"},
}


def crowd() -> list[Document]:
    """A member, an internal guest, and every kind of external guest."""
    strangers = [person(name, userType="Guest", **looks) for name, looks in EXTERNAL.items()]
    return [person("ada"), person("gwen", userType="Guest"), *strangers]


def scope(*, guests: bool, kind: str = "all") -> Document:
    return {"kind": kind, "internalGuests": guests}


async def begun(*, guests: bool, kind: str = "all") -> LocalEngine:
    everybody = crowd()
    parts = {"app_role_assignments": tuple({"principalId": each["id"], "principalType": "User"} for each in everybody)}
    local = LocalEngine(small_world(everybody, source=parts, scope=scope(guests=guests, kind=kind)))
    await local.begin()
    return local


@pytest.mark.parametrize("kind", ["all", "assigned"])
async def test_guests_are_skipped_as_in_entra(kind: str) -> None:
    local = await begun(guests=False, kind=kind)

    assert names(local) == {"ada"}


@pytest.mark.parametrize("kind", ["all", "assigned"])
async def test_internal_guests_come_where_the_document_says_so_and_external_ones_never(kind: str) -> None:
    local = await begun(guests=True, kind=kind)
    writes = local.writes()

    local.assert_agreement()
    assert names(local) == {"ada", "gwen"}
    await local.run_cycle()
    assert local.writes() == writes


async def test_the_type_in_the_target_is_the_mappings() -> None:
    local = await begun(guests=True)

    assert local.users()[mail_of("gwen")]["userType"] == "Member"


async def test_an_internal_guest_who_is_not_assigned_does_not_come() -> None:
    one = small_world(
        crowd(), source={"app_role_assignments": (assignment("ada"),)}, scope=scope(guests=True, kind="assigned")
    )
    local = LocalEngine(one)

    await local.begin()

    assert names(local) == {"ada"}


async def test_turning_the_option_on_or_off_evaluates_everybody_without_a_restart() -> None:
    local = await begun(guests=False)

    for guests, expected in ((True, {"ada", "gwen"}), (False, {"ada"})):
        local.documents = [document(scope=scope(guests=guests))]
        await apply_configuration(local.engine, parse(local.documents[0]))
        await local.run_cycle()
        local.assert_agreement()
        assert (await local.cycle()).kind is CycleKind.INITIAL
        assert names(local) == expected


async def test_a_member_who_becomes_an_internal_guest_stays_where_the_document_says_so_and_else_leaves() -> None:
    for guests, expected in ((True, {"ada", "gwen"}), (False, set())):
        local = await begun(guests=guests)

        local.change({"op": "updateUser", "id": id_of("ada"), "set": {"userType": "Guest"}})
        await local.run_cycle()

        local.assert_agreement()
        assert names(local) == expected


async def test_on_demand_an_internal_guest_comes_and_an_external_one_is_skipped() -> None:
    local = LocalEngine(small_world(crowd(), scope=scope(guests=True)))
    await local.start()

    asked = [id_of("gwen"), id_of("invited")]
    results = await provision_on_demand(local.engine, CONFIGURATION, asked, "operator")

    assert results is not None
    assert [each.status.value for each in results] == ["success", "skipped"]
