"""What an administrator may ask of a tenant, and what is refused."""

from typing import Any

import pytest

from sandbox.tenants.administration_calls import ADMINISTRATION
from sandbox.tenants.call import Caller
from sandbox.tenants.resource_application import GRAPH_APP_ID, GRAPH_ROLES
from tests.sandbox.tenants.two_tenants import APPLICATION, SOURCE, TARGET, Graph, person, user_id, world

PARTNERS = "/policies/crossTenantAccessPolicy/partners"
STRANGER = "eeeeeeee-0000-4000-8000-000000000009"
HOME = "/applications(uniqueName='tenantsync')"
CREDENTIAL = {"name": "function-app", "issuer": "https://login.example", "subject": "1", "audiences": ["api://x"]}
ROLE = {"id": "5e7a0000-0000-4000-8000-000000000001", "value": "User", "isEnabled": True}
ALLOW = {"userSyncInbound": {"isSyncAllowed": True}}
SYNCHRONIZE = {"displayName": "Contoso", **ALLOW}
REDEEM = {"automaticUserConsentSettings": {"inboundAllowed": True}}
CANARY = {
    "accountEnabled": True,
    "displayName": "Canary",
    "mailNickname": "canary",
    "passwordProfile": {"password": "x"},
    "userPrincipalName": "canary@contoso.example",
}


def graph() -> Graph:
    """The two tenants, the application registered in the source, and a deleted user there."""
    gone = person(77, mail="gone@contoso.example", deletedDateTime="2026-05-20T00:00:00Z")
    client = Graph(world(deletedItems=[gone], partners=[]))
    body = {"displayName": "tenantsync", "signInAudience": "AzureADMultipleOrgs", "appRoles": [ROLE]}
    client.administrate("PATCH", HOME, SOURCE, body, Prefer="create-if-missing")
    client.administrate("POST", f"/applications/{application(client)}/federatedIdentityCredentials", SOURCE, CREDENTIAL)
    client.administrate("POST", "/servicePrincipals", SOURCE, {"appId": application(client, "appId")})
    client.administrate("POST", f"/servicePrincipals/{principal(client)}/appRoleAssignments", SOURCE, consent(client))
    client.administrate("POST", f"/servicePrincipals/{principal(client)}/appRoleAssignedTo", SOURCE, assignment(client))
    return client


def application(client: Graph, name: str = "id") -> str:
    body = client.administrate("GET", HOME, SOURCE).body
    assert isinstance(body, dict)
    return str(body[name])


def principal(client: Graph, app_id: str = "", tenant: str = SOURCE) -> str:
    url = f"/servicePrincipals(appId='{app_id or application(client, 'appId')}')"
    body = client.administrate("GET", url, tenant).body
    assert isinstance(body, dict)
    return str(body["id"])


def consent(client: Graph, permission: str = "User.Read.All") -> dict[str, str]:
    role = next(each for each, name in GRAPH_ROLES.items() if name == permission)
    return {"principalId": principal(client), "resourceId": principal(client, GRAPH_APP_ID), "appRoleId": role}


def assignment(client: Graph, user: str = user_id(1)) -> dict[str, str]:
    return {"principalId": user, "resourceId": principal(client), "appRoleId": ROLE["id"]}  # type: ignore[dict-item]


def first(client: Graph, url: str) -> str:
    """The id of the first entry of a collection of the source."""
    body = client.administrate("GET", url, SOURCE).body
    assert isinstance(body, dict)
    return str(body["value"][0]["id"])


def requests(client: Graph) -> dict[str, tuple[str, str, str, Any, int]]:
    """One request for each row: method, url, tenant, body, status."""
    app, mine = application(client), f"/servicePrincipals/{principal(client)}"
    own = f"{PARTNERS}/{SOURCE}"
    return {
        "find_tenant_by_id": (
            "GET",
            f"/tenantRelationships/findTenantInformationByTenantId(tenantId='{TARGET}')",
            SOURCE,
            None,
            200,
        ),
        "find_tenant_by_domain": (
            "GET",
            "/tenantRelationships/findTenantInformationByDomainName(domainName='FABRIKAM.example')",
            SOURCE,
            None,
            200,
        ),
        "get_partner": ("GET", own, TARGET, None, 200),
        "get_default_policy": ("GET", "/policies/crossTenantAccessPolicy/default", TARGET, None, 200),
        "get_authorization_policy": ("GET", "/policies/authorizationPolicy", TARGET, None, 200),
        "list_subscribed_skus": ("GET", "/subscribedSkus", SOURCE, None, 200),
        "get_application_by_name": ("GET", HOME, SOURCE, None, 200),
        "get_application_by_app_id": (
            "GET",
            f"/applications(appId='{application(client, 'appId')}')?$select=signInAudience",
            SOURCE,
            None,
            200,
        ),
        "list_federated_credentials": ("GET", f"/applications/{app}/federatedIdentityCredentials", SOURCE, None, 200),
        "get_service_principal": ("GET", mine, SOURCE, None, 200),
        "get_service_principal_by_app_id": (
            "GET",
            f"/servicePrincipals(appId='{GRAPH_APP_ID}')?$select=id,appRoles",
            SOURCE,
            None,
            200,
        ),
        "list_consents": ("GET", f"{mine}/appRoleAssignments", SOURCE, None, 200),
        "create_partner": ("POST", PARTNERS, SOURCE, {"tenantId": TARGET, **REDEEM}, 201),
        "update_partner": ("PATCH", own, TARGET, REDEEM, 204),
        "delete_partner": ("DELETE", own, TARGET, None, 400),
        "put_identity_synchronization": ("PUT", f"{own}/identitySynchronization", TARGET, SYNCHRONIZE, 409),
        "update_identity_synchronization": ("PATCH", f"{own}/identitySynchronization", TARGET, ALLOW, 204),
        "delete_identity_synchronization": ("DELETE", f"{own}/identitySynchronization", TARGET, None, 204),
        "upsert_application": ("PATCH", HOME, SOURCE, {"displayName": "tenantsync"}, 204),
        "delete_application": ("DELETE", f"/applications/{app}", SOURCE, None, 204),
        "create_federated_credential": (
            "POST",
            f"/applications/{app}/federatedIdentityCredentials",
            SOURCE,
            {**CREDENTIAL, "name": "second"},
            201,
        ),
        "update_federated_credential": (
            "PATCH",
            f"/applications/{app}/federatedIdentityCredentials/function-app",
            SOURCE,
            {"subject": "2"},
            204,
        ),
        "update_service_principal": ("PATCH", mine, SOURCE, {"accountEnabled": False}, 204),
        "delete_federated_credential": (
            "DELETE",
            f"/applications/{app}/federatedIdentityCredentials/function-app",
            SOURCE,
            None,
            204,
        ),
        "create_service_principal": (
            "POST",
            "/servicePrincipals",
            TARGET,
            {"appId": application(client, "appId"), "tags": ["x"]},
            201,
        ),
        "delete_service_principal": ("DELETE", mine, SOURCE, None, 204),
        "grant_consent": (
            "POST",
            f"{mine}/appRoleAssignments",
            SOURCE,
            consent(client, "Policy.Read.All"),
            201,
        ),
        "revoke_consent": (
            "DELETE",
            f"{mine}/appRoleAssignments/{first(client, f'{mine}/appRoleAssignments')}",
            SOURCE,
            None,
            204,
        ),
        "assign": ("POST", f"{mine}/appRoleAssignedTo", SOURCE, assignment(client, user_id(2)), 201),
        "unassign": (
            "DELETE",
            f"{mine}/appRoleAssignedTo/{first(client, f'{mine}/appRoleAssignedTo')}",
            SOURCE,
            None,
            204,
        ),
        "create_user": ("POST", "/users", SOURCE, CANARY, 201),
        "change_user": ("PATCH", f"/users/{user_id(1)}", SOURCE, {"department": "Mining"}, 204),
        "purge_user": ("DELETE", f"/directory/deletedItems/{user_id(77)}", SOURCE, None, 204),
    }


def test_each_row_for_administrators_is_answered_and_nothing_else_is_tried() -> None:
    names = {call.name for call in ADMINISTRATION}

    answered = {}
    for name in names:
        client = graph()
        method, url, tenant, body, _ = requests(client)[name]
        answered[name] = client.administrate(method, url, tenant, body).status

    assert answered == {name: row[-1] for name, row in requests(graph()).items()}
    assert set(answered) == names


@pytest.mark.parametrize("name", [call.name for call in ADMINISTRATION])
def test_without_its_permission_an_administrator_is_denied(name: str) -> None:
    client = graph()
    method, url, tenant, body, _ = requests(client)[name]
    client.change({"op": "setAdministratorPermissions", "permissions": ["Mail.Send"]}, tenant=tenant)

    answer = client.administrate(method, url, tenant, body)

    assert answer.status == 403
    assert isinstance(answer.body, dict)
    assert answer.body["error"]["code"] == "Authorization_RequestDenied"


@pytest.mark.parametrize("name", [call.name for call in ADMINISTRATION if Caller.APPLICATION not in call.by])
def test_the_application_never_makes_the_calls_of_an_administrator(name: str) -> None:
    client = graph()
    method, url, tenant, body, _ = requests(client)[name]

    answer = client.ask(method, url, tenant, body)

    # updating users is the application's business too, with more properties than an administrator sends
    assert answer.status == (204 if name == "change_user" else 501), answer


@pytest.mark.parametrize(
    ("method", "url", "tenant", "body", "status", "words"),
    [
        ("POST", PARTNERS, TARGET, {"tenantId": SOURCE}, 409, "tenantId already exists"),
        ("POST", PARTNERS, TARGET, {"tenantId": STRANGER}, 400, "tenant id"),
        ("POST", PARTNERS, SOURCE, {"tenantId": TARGET, "inboundTrust": None}, 400, "inboundTrust"),
        ("PATCH", f"{PARTNERS}/{SOURCE}", TARGET, {"tenantId": SOURCE}, 400, "tenantId"),
        ("PATCH", f"{PARTNERS}/{TARGET}", SOURCE, REDEEM, 404, TARGET),
        (
            "PATCH",
            f"{PARTNERS}/{SOURCE}",
            TARGET,
            {"automaticUserConsentSettings": {"inboundAllowed": "yes"}},
            400,
            "wrong type",
        ),
        (
            "PATCH",
            f"{PARTNERS}/{SOURCE}",
            TARGET,
            {"automaticUserConsentSettings": {"allowed": True}},
            400,
            "'allowed' does not exist",
        ),
        (
            "PATCH",
            f"{PARTNERS}/{SOURCE}/identitySynchronization",
            TARGET,
            {"groupSyncInbound": {"isSyncAllowed": True}},
            400,
            "groupSyncInbound",
        ),
        ("PATCH", "/applications(uniqueName='other')", SOURCE, {"displayName": "x"}, 404, "other"),
        ("PATCH", HOME, SOURCE, {"passwordCredentials": []}, 400, "passwordCredentials"),
        ("PATCH", HOME, SOURCE, {"signInAudience": "Everybody"}, 400, "signInAudience"),
        ("POST", "/servicePrincipals", TARGET, {"appId": STRANGER}, 400, "valid application object"),
        ("POST", "/servicePrincipals", SOURCE, {"displayName": "x"}, 400, "displayName"),
        ("POST", "/users", SOURCE, {**CANARY, "userPrincipalName": "c@elsewhere.example"}, 400, "domain portion"),
        ("POST", "/users", SOURCE, {"displayName": "x"}, 400, "required"),
        ("GET", f"/tenantRelationships/findTenantInformationByTenantId(tenantId='{STRANGER}')", SOURCE, None, 404, ""),
        ("GET", "/applications(uniqueName='tenantsync')?$select=keyCredentials", SOURCE, None, 400, "keyCredentials"),
        ("GET", "/applications", SOURCE, None, 501, "not a call"),
        ("POST", "/$batch", TARGET, {"requests": []}, 501, "not a call"),
    ],
)
def test_what_is_not_documented_or_not_so_is_refused(
    method: str, url: str, tenant: str, body: object, status: int, words: str
) -> None:
    answer = graph().administrate(method, url, tenant, body)

    assert answer.status == status, answer
    assert isinstance(answer.body, dict)
    assert words in answer.body["error"]["message"]


def test_a_bare_tenant_gives_the_application_no_token_until_it_is_consented_to() -> None:
    client = Graph(world(permissions=[], servicePrincipals=[], partners=[]))

    refused = client.refusal("GET", "/organization", SOURCE)
    body = {"displayName": "tenantsync", "signInAudience": "AzureADMultipleOrgs"}
    client.administrate("PATCH", HOME, SOURCE, body, Prefer="create-if-missing")
    client.administrate("POST", "/servicePrincipals", SOURCE, {"appId": application(client, "appId")})
    denied = client.refusal("GET", "/organization", SOURCE)
    granted = consent(client, "Organization.Read.All")
    client.administrate("POST", f"/servicePrincipals/{principal(client)}/appRoleAssignments", SOURCE, granted)

    assert [refused[0], denied[0], client.status("GET", "/organization", SOURCE)] == [401, 403, 200]


def test_consents_of_a_service_principal_go_with_it() -> None:
    client = graph()
    client.change({"op": "setPermissions", "permissions": ["User.Read.All"]})

    client.administrate("DELETE", f"/servicePrincipals/{principal(client)}", SOURCE)

    assert client.simulation.tenant(SOURCE).permissions == frozenset()
    assert APPLICATION in client.simulation.tenant(SOURCE).service_principals


def test_a_tenant_that_lets_nobody_invite_says_so() -> None:
    client = graph()
    client.change({"op": "setPolicy", "policy": "authorization", "set": {"allowInvitesFrom": "none"}}, tenant=TARGET)
    body = {"invitedUserEmailAddress": "person1@contoso.example", "inviteRedirectUrl": "https://myapps.example"}

    assert client.refusal("POST", "/invitations", TARGET, body)[:2] == (403, "Forbidden")


def test_a_partner_inherits_what_the_default_policy_blocks() -> None:
    client = graph()
    blocked = {"b2bCollaborationInbound": {"usersAndGroups": {"accessType": "blocked", "targets": []}}}
    client.change({"op": "setPolicy", "policy": "default", "set": blocked}, tenant=TARGET)
    body = {"invitedUserEmailAddress": "person1@contoso.example", "inviteRedirectUrl": "https://myapps.example"}

    assert "cross-tenant access settings" in client.refusal("POST", "/invitations", TARGET, body)[2]
