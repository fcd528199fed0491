"""Which request makes a change, which takes it back, and what is told of both?"""

import pytest

from shared.setup.description import described, described_undo, portal_steps
from shared.setup.desired import DEFAULT_ROLE, Setup, desired_of
from shared.setup.permissions import PERMISSIONS, Permission, Side
from shared.setup.plan import PolicyChange, plan_of
from shared.setup.requests import (
    GraphRequest,
    Ids,
    UnknownPermission,
    app_role_of,
    applying_request,
    ids_after,
    undoing_request,
)
from shared.setup.resource import Kind, Resource, Values

IDS = Ids(
    application="obj",
    app_id="app",
    service_principal="sp",
    app_role="role",
    graph="graph",
    permissions={"User.Invite.All": "invite"},
    objects={
        Resource(kind=kind, key="k"): f"id of {kind}"
        for kind in (Kind.FEDERATED_CREDENTIAL, Kind.CONSENT, Kind.ASSIGNMENT)
    },
)
PARTNERS = "/policies/crossTenantAccessPolicy/partners"
APPLICATION = "/applications(uniqueName='tenantsync')"

MADE: list[tuple[Kind, str, GraphRequest, GraphRequest]] = [
    (
        Kind.APPLICATION,
        "k",
        GraphRequest(method="PATCH", path=APPLICATION, body={"name": "x"}, headers={"Prefer": "create-if-missing"}),
        GraphRequest(method="DELETE", path="/applications/obj"),
    ),
    (
        Kind.FEDERATED_CREDENTIAL,
        "k",
        GraphRequest(method="POST", path="/applications/obj/federatedIdentityCredentials", body={"name": "x"}),
        GraphRequest(
            method="DELETE", path="/applications/obj/federatedIdentityCredentials/id of federatedIdentityCredential"
        ),
    ),
    (
        Kind.SERVICE_PRINCIPAL,
        "k",
        GraphRequest(method="POST", path="/servicePrincipals", body={"appId": "app", "tags": None}),
        GraphRequest(method="DELETE", path="/servicePrincipals/sp"),
    ),
    (
        Kind.PARTNER,
        "k",
        GraphRequest(method="POST", path=PARTNERS, body={"tenantId": "k", "name": "x"}),
        GraphRequest(method="DELETE", path=f"{PARTNERS}/k"),
    ),
    (
        Kind.IDENTITY_SYNCHRONIZATION,
        "k",
        GraphRequest(method="PUT", path=f"{PARTNERS}/k/identitySynchronization", body={"name": "x"}),
        GraphRequest(method="DELETE", path=f"{PARTNERS}/k/identitySynchronization"),
    ),
    (
        Kind.ASSIGNMENT,
        "k",
        GraphRequest(
            method="POST",
            path="/servicePrincipals/sp/appRoleAssignedTo",
            body={"principalId": "k", "resourceId": "sp", "appRoleId": "role"},
        ),
        GraphRequest(method="DELETE", path="/servicePrincipals/sp/appRoleAssignedTo/id of assignment"),
    ),
]
UPDATED = [
    (Kind.APPLICATION, APPLICATION),
    (
        Kind.FEDERATED_CREDENTIAL,
        "/applications/obj/federatedIdentityCredentials/id of federatedIdentityCredential",
    ),
    (Kind.SERVICE_PRINCIPAL, "/servicePrincipals/sp"),
    (Kind.PARTNER, f"{PARTNERS}/k"),
    (Kind.IDENTITY_SYNCHRONIZATION, f"{PARTNERS}/k/identitySynchronization"),
]


def change(kind: Kind, before: Values | None, key: str = "k") -> PolicyChange:
    return PolicyChange(resource=Resource(kind=kind, key=key), before=before, after={"name": "x"}, reason="why")


@pytest.mark.parametrize(("kind", "key", "making", "removing"), MADE)
def test_what_is_missing_is_made_and_removed_again(
    kind: Kind, key: str, making: GraphRequest, removing: GraphRequest
) -> None:
    assert applying_request(change(kind, None, key), IDS) == making
    assert undoing_request(change(kind, None, key), IDS) == removing


@pytest.mark.parametrize(("kind", "path"), UPDATED)
def test_what_is_there_is_updated_and_put_back(kind: Kind, path: str) -> None:
    there = change(kind, {"name": None})

    assert applying_request(there, IDS) == GraphRequest(method="PATCH", path=path, body={"name": "x"})
    assert undoing_request(there, IDS) == GraphRequest(method="PATCH", path=path, body={"name": None})


def test_a_consent_names_graphs_app_role() -> None:
    consent = change(Kind.CONSENT, None, "User.Invite.All")

    request = applying_request(consent, IDS)

    assert request.body == {"principalId": "sp", "resourceId": "graph", "appRoleId": "invite"}
    assert (
        undoing_request(change(Kind.CONSENT, None), IDS).path
        == "/servicePrincipals/sp/appRoleAssignments/id of consent"
    )


def test_a_permission_that_graph_does_not_publish_is_said_so() -> None:
    with pytest.raises(UnknownPermission, match=r"User\.Fly\.All"):
        applying_request(change(Kind.CONSENT, None, "User.Fly.All"), IDS)


def test_the_ids_of_what_was_made_are_known_to_what_follows() -> None:
    role = {"id": "r", "isEnabled": True}

    application = ids_after(change(Kind.APPLICATION, None), {"id": "new", "appId": "a"}, Ids())
    principal = ids_after(change(Kind.SERVICE_PRINCIPAL, None), {"id": "new", "appRoles": [role]}, Ids())
    assigned = ids_after(change(Kind.ASSIGNMENT, None), {"id": "new"}, Ids())

    assert (application.application, application.app_id) == ("new", "a")
    assert (principal.service_principal, principal.app_role) == ("new", "r")
    assert assigned.objects == {Resource(kind=Kind.ASSIGNMENT, key="k"): "new"}
    assert ids_after(change(Kind.PARTNER, {}), {"id": "new"}, Ids()) == Ids()
    assert ids_after(change(Kind.PARTNER, None), {}, Ids()) == Ids()


@pytest.mark.parametrize(
    ("principal", "role"),
    [
        ({}, DEFAULT_ROLE),
        ({"appRoles": []}, DEFAULT_ROLE),
        ({"appRoles": [{"id": "a", "isEnabled": False}]}, DEFAULT_ROLE),
        ({"appRoles": [{"id": "a", "isEnabled": False}, {"id": "b", "isEnabled": True}]}, "b"),
        ({"appRoles": ["odd"]}, DEFAULT_ROLE),
    ],
)
def test_people_are_assigned_the_first_enabled_role_or_the_default(principal: Values, role: str) -> None:
    assert app_role_of(principal) == role


def test_each_line_of_a_plan_says_what_and_why() -> None:
    assert described(change(Kind.PARTNER, None)) == 'create partner k: {"name": "x"} (why)'
    assert described(change(Kind.PARTNER, {"name": None})) == 'change partner k: {"name": null} -> {"name": "x"} (why)'
    assert described(change(Kind.CONSENT, None)) == "consent to k (why)"
    assert described_undo(change(Kind.PARTNER, None)) == "remove partner k"
    assert described_undo(change(Kind.PARTNER, {"name": None})) == 'put back partner k: {"name": null}'
    unexplained = PolicyChange(resource=Resource(kind=Kind.ASSIGNMENT, key="k"), before=None, after={})
    assert described(unexplained) == "assign k"


def source(**changes: object) -> Setup:
    return Setup(side=Side.SOURCE, tenant_id="mine", other_tenant_id="other", other_name="Other", **changes)  # type: ignore[arg-type]


def test_what_is_left_to_do_by_hand_names_its_place() -> None:
    bare, full = portal_steps(source()), portal_steps(source(managed_identity="mi", assignments=("p",)))
    target = portal_steps(Setup(side=Side.TARGET, tenant_id="mine", other_tenant_id="other", other_name="Other"))

    assert full == ()
    assert "Managed Identities" in bare[0]
    assert "Users and groups" in bare[1]
    assert "Collaboration restrictions" in target[0]


def test_every_change_of_both_sides_has_a_request_and_its_way_back() -> None:
    permissions = {each.name: each.name for each in permissions_of_both()}
    for side in Side:
        setup = Setup(
            side=side,
            tenant_id="mine",
            other_tenant_id="other",
            other_name="Other",
            managed_identity="mi",
            assignments=("p",),
        )
        for each in plan_of(desired_of(setup), {}).changes:
            ids = Ids(permissions=permissions, objects={each.resource: "id"})
            assert applying_request(each, ids).method in {"POST", "PUT", "PATCH"}
            assert undoing_request(each, ids).method == "DELETE"


def permissions_of_both() -> list[Permission]:
    return [each for side in Side for each in PERMISSIONS[side]]
