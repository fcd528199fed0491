"""Only the calls of the table are answered, each as its row says."""

from typing import Any

import pytest

from sandbox.tenants.call import Caller
from sandbox.tenants.calls import CALLS
from sandbox.tenants.handlers import HANDLERS
from tests.sandbox.tenants.two_tenants import APPLICATION, SOURCE, TARGET, Graph, group_id, person, user_id, world

INVITATION = {"invitedUserEmailAddress": "person1@contoso.example", "inviteRedirectUrl": "https://myapps.example"}
GROUP = {"id": group_id(1), "displayName": "Sales", "members": [{"id": user_id(1)}]}

#: One request for each row: name, method, url, tenant, body, status.
REQUESTS: list[tuple[str, str, str, str, Any, int]] = [
    ("users_delta", "GET", "/users/delta()?$select=displayName", SOURCE, None, 200),
    ("list_users", "GET", "/users?$filter=mail eq 'a@b.example'&$select=id&$top=2", SOURCE, None, 200),
    ("get_user", "GET", f"/users/{user_id(1)}?$select=id,mail", SOURCE, None, 200),
    ("update_user", "PATCH", f"/users/{user_id(901)}", TARGET, {"city": "Ulm"}, 204),
    ("delete_user", "DELETE", f"/users/{user_id(901)}", TARGET, None, 204),
    (
        "assign_manager",
        "PUT",
        f"/users/{user_id(901)}/manager/$ref",
        TARGET,
        {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{user_id(902)}"},
        204,
    ),
    ("remove_manager", "DELETE", f"/users/{user_id(1)}/manager/$ref", SOURCE, None, 204),
    ("list_groups_of_user", "GET", f"/users/{user_id(1)}/memberOf?$select=id", SOURCE, None, 200),
    ("list_all_groups_of_user", "GET", f"/users/{user_id(1)}/transitiveMemberOf?$select=id", SOURCE, None, 200),
    ("list_groups_of_group", "GET", f"/groups/{group_id(1)}/memberOf?$select=id", SOURCE, None, 200),
    ("list_assignments_of_user", "GET", f"/users/{user_id(1)}/appRoleAssignments", SOURCE, None, 200),
    (
        "groups_delta",
        "GET",
        f"/groups/delta?$select=id,displayName,members&$filter=id eq '{group_id(1)}'",
        SOURCE,
        None,
        200,
    ),
    ("list_assigned_to", "GET", f"/servicePrincipals/{APPLICATION}/appRoleAssignedTo?$top=999", SOURCE, None, 200),
    (
        "available_extension_properties",
        "POST",
        "/directoryObjects/getAvailableExtensionProperties",
        SOURCE,
        {"isSyncedFromOnPremises": False},
        200,
    ),
    ("get_organization", "GET", "/organization?$select=id,displayName,verifiedDomains", TARGET, None, 200),
    ("invite", "POST", "/invitations", TARGET, INVITATION, 201),
    (
        "list_deleted_users",
        "GET",
        "/directory/deletedItems/microsoft.graph.user?$filter=mail eq 'gone@contoso.example'",
        SOURCE,
        None,
        200,
    ),
    ("get_deleted_user", "GET", f"/directory/deletedItems/{user_id(77)}", SOURCE, None, 200),
    ("restore_user", "POST", f"/directory/deletedItems/{user_id(77)}/restore", SOURCE, None, 200),
    (
        "get_identity_synchronization",
        "GET",
        f"/policies/crossTenantAccessPolicy/partners/{SOURCE}/identitySynchronization",
        TARGET,
        None,
        200,
    ),
    (
        "list_role_assignments",
        "GET",
        f"/roleManagement/directory/roleAssignments?$filter=principalId eq '{user_id(1)}'",
        TARGET,
        None,
        200,
    ),
    ("get_partner", "GET", f"/policies/crossTenantAccessPolicy/partners/{SOURCE}", TARGET, None, 200),
    ("get_default_policy", "GET", "/policies/crossTenantAccessPolicy/default", TARGET, None, 200),
    ("get_authorization_policy", "GET", "/policies/authorizationPolicy?$select=allowInvitesFrom", TARGET, None, 200),
    ("list_subscribed_skus", "GET", "/subscribedSkus?$select=servicePlans", SOURCE, None, 200),
    ("get_service_principal", "GET", f"/servicePrincipals/{APPLICATION}?$select=accountEnabled", SOURCE, None, 200),
    (
        "send_mail",
        "POST",
        f"/users/{user_id(1)}/sendMail",
        SOURCE,
        {
            "message": {
                "subject": "s",
                "body": {"contentType": "Text", "content": "t"},
                "toRecipients": [{"emailAddress": {"address": "a@b.example"}}],
            },
            "saveToSentItems": False,
        },
        202,
    ),
    ("batch", "POST", "/$batch", TARGET, {"requests": [{"id": "1", "method": "GET", "url": "/organization"}]}, 200),
]


def graph() -> Graph:
    gone = person(77, mail="gone@contoso.example", deletedDateTime="2026-05-20T00:00:00Z")
    users = [person(1, manager={"id": user_id(2)}), person(2), person(3)]
    return Graph(world(users=users, groups=[GROUP], deletedItems=[gone]))


def test_each_row_of_the_table_has_a_request_here_and_a_handler() -> None:
    names = {call.name for call in CALLS if Caller.APPLICATION in call.by}

    tried = {name for name, *_ in REQUESTS}

    assert tried == names
    assert set(HANDLERS) == {call.name for call in CALLS} - {"batch"}


def test_each_row_cites_the_page_it_imitates() -> None:
    pages = [call.page for call in CALLS]

    strangers = [page for page in pages if not page.startswith("https://learn.microsoft.com/graph/")]

    assert strangers == []


@pytest.mark.parametrize(("name", "method", "url", "tenant", "body", "status"), REQUESTS)
def test_each_call_of_the_table_is_answered(
    name: str, method: str, url: str, tenant: str, body: object, status: int
) -> None:
    answer = graph().ask(method, url, tenant, body)

    assert answer.status == status, answer
    assert name == "batch" or answer.headers["x-ms-resource-unit"]


@pytest.mark.parametrize(
    ("name", "method", "url", "tenant", "body"), [row[:5] for row in REQUESTS if row[0] != "batch"]
)
def test_each_call_without_its_permission_is_denied(
    name: str, method: str, url: str, tenant: str, body: object
) -> None:
    client = graph()
    client.change({"op": "setPermissions", "permissions": ["Calendars.Read"]}, tenant=tenant)

    status, code, message = client.refusal(method, url, tenant, body)

    assert status == 403
    assert code == ("Unauthorized" if name == "invite" else "Authorization_RequestDenied")
    assert "Insufficient privileges" in message


@pytest.mark.parametrize(
    ("method", "url", "body", "status", "words"),
    [
        ("GET", "/me", None, 501, "GET /me"),
        ("GET", "/groups", None, 501, "GET /groups"),
        ("POST", "/users", {"displayName": "x"}, 501, "POST /users"),
        ("POST", f"/users/{user_id(901)}/manager/$ref", {}, 501, "manager"),
        ("PUT", f"/users/{user_id(901)}/manager/$ref", {"id": user_id(902)}, 400, "'id' is read-only"),
        ("DELETE", f"/directory/deletedItems/{user_id(1)}", None, 501, "DELETE"),
        ("POST", "/policies/crossTenantAccessPolicy/partners", {"tenantId": SOURCE}, 501, "POST"),
        ("GET", f"/servicePrincipals/{APPLICATION}/appRoleAssignments", None, 501, "appRoleAssignments"),
        ("GET", "/users?$select=id", None, 400, "$filter"),
        ("GET", "/users?$filter=mail eq 'x'&$count=true", None, 400, "$count"),
        ("GET", "/users?$filter=mail eq 'x'&$top=1000", None, 400, "999"),
        ("GET", "/users?$filter=mail eq 'x'&$select=shoeSize", None, 400, "shoeSize"),
        ("GET", "/users?$filter=mail eq 'x'&$select=birthday", None, 501, "not yet supported"),
        ("GET", f"/users/{user_id(901)}?$expand=manager", None, 400, "not of the product"),
        ("GET", "/users/delta?$select=id&$top=5", None, 400, "$top"),
        ("GET", "/users/delta", None, 400, "$select"),
        ("GET", f"/users/{user_id(999)}", None, 404, user_id(999)),
        ("PATCH", f"/users/{user_id(901)}", {"shoeSize": 44}, 400, "'shoeSize' does not exist"),
        ("PATCH", f"/users/{user_id(901)}", {"createdDateTime": "2020-01-01T00:00:00Z"}, 400, "read-only"),
        ("PATCH", f"/users/{user_id(901)}", {"userPrincipalName": "a@b.example"}, 400, "read-only"),
        ("PATCH", f"/users/{user_id(901)}", {}, 400, "Empty Payload"),
        ("PATCH", f"/users/{user_id(901)}", ["city"], 400, "Empty Payload"),
        ("DELETE", f"/users/{user_id(901)}", {"force": True}, 400, "no body"),
        ("POST", "/invitations", {**INVITATION, "resetRedemption": True}, 400, "resetRedemption"),
        ("GET", "/organization?$select=id,assignedPlans", None, 400, "assignedPlans"),
    ],
)
def test_what_is_not_in_the_table_is_refused(method: str, url: str, body: object, status: int, words: str) -> None:
    found, _, message = graph().refusal(method, url, TARGET, body)

    assert found == status
    assert words in message


@pytest.mark.parametrize("token", ["", "Bearer sandbox.unknown", "Bearer eyJ0eXAi", f"Basic sandbox.{TARGET}"])
def test_a_bad_token_is_not_authenticated(token: str) -> None:
    client = graph()

    answer = client.ask("GET", "/organization", TARGET, headers={"Authorization": token})

    assert answer.status == 401
    assert isinstance(answer.body, dict)
    assert answer.body["error"]["code"] == "InvalidAuthenticationToken"


def test_a_url_with_a_bare_hash_loses_the_rest_and_an_escaped_one_finds_the_user() -> None:
    client = graph()
    guest = client.invite("person1@contoso.example")
    name = "person1_contoso.example%23EXT%23@fabrikam.onmicrosoft.com"

    found = client.get(f"/users/{name}?$select=id", TARGET)["id"]

    assert found == guest
    assert client.status("GET", f"/users/{name.replace('%23', '#')}?$select=id") == 404
