"""Invitations: what they create, what they find, and what they refuse."""

from typing import Any

import pytest

from sandbox.tenants import FaultSwitches
from tests.sandbox.tenants.two_tenants import SOURCE, TARGET, Graph, user_id, world

STORED = (
    "accountEnabled,creationType,displayName,mail,mailNickname,otherMails,proxyAddresses,userPrincipalName,userType,"
    "showInAddressList,identities,createdDateTime,externalUserState"
)


def invitation(mail: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"invitedUserEmailAddress": mail, "inviteRedirectUrl": "https://myapps.example", **more}


def closed(graph: Graph) -> None:
    graph.change(
        {"op": "setPartner", "tenantId": SOURCE, "set": {"automaticUserConsentSettings": {"inboundAllowed": False}}},
        tenant=TARGET,
    )


def test_an_invitation_stores_the_documented_object() -> None:
    graph = Graph()
    closed(graph)

    guest = graph.invite("Ann.O'Neil@contoso.example", invitedUserDisplayName="Ann")

    name = "Ann.O'Neil_contoso.example#EXT#"
    principal = f"{name}@fabrikam.onmicrosoft.com"
    assert graph.user(guest, STORED) == {
        "accountEnabled": True,
        "creationType": "Invitation",
        "displayName": "Ann",
        "mail": "Ann.O'Neil@contoso.example",
        "mailNickname": name,
        "otherMails": ["Ann.O'Neil@contoso.example"],
        "proxyAddresses": ["SMTP:Ann.O'Neil@contoso.example"],
        "userPrincipalName": principal,
        "userType": "Guest",
        "showInAddressList": False,
        "identities": [
            {"signInType": "userPrincipalName", "issuer": "fabrikam.onmicrosoft.com", "issuerAssignedId": principal}
        ],
        "createdDateTime": "2026-05-28T20:26:40Z",
        "externalUserState": "PendingAcceptance",
    }


def test_with_both_redemption_flags_the_user_has_accepted_where_the_world_says_so() -> None:
    graph = Graph()

    user = graph.user(graph.invite("person1@contoso.example"), "externalUserState,identities")

    assert user["externalUserState"] == "Accepted"
    assert user["identities"][0] == {"signInType": "federated", "issuer": "ExternalAzureAD", "issuerAssignedId": None}


def test_a_display_name_defaults_to_the_local_part() -> None:
    graph = Graph()

    guest = graph.invite("person1@contoso.example")

    assert graph.user(guest, "displayName") == {"displayName": "person1"}


@pytest.mark.parametrize("again", ["person1@contoso.example", "PERSON1@Contoso.Example"])
def test_an_address_invited_again_is_the_same_user(again: str) -> None:
    graph = Graph()
    first = graph.invite("person1@contoso.example")

    second = graph.invite(again)

    assert second == first
    assert len(graph.simulation.dump(TARGET)["users"]) == 3


def test_an_address_invited_again_is_a_conflict_where_the_profile_says_so() -> None:
    graph = Graph(faults=FaultSwitches(reinvite="conflict"))
    graph.invite("person1@contoso.example")

    status, code, message = graph.refusal("POST", "/invitations", TARGET, invitation("person1@contoso.example"))

    assert (status, code) == (400, "Request_BadRequest")
    assert "proxyAddresses already exists" in message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (invitation("shared@elsewhere.example"), f"already exists in the directory as object ID: {user_id(902)}"),
        (invitation("boss@fabrikam.example"), f"already exists in the directory as object ID: {user_id(901)}"),
        (invitation("nobody@fabrikam.example"), "is a verified domain of this directory"),
        (invitation("nobody@fabrikam.onmicrosoft.com"), "is a verified domain of this directory"),
        *((invitation(f"a{sign}b@contoso.example"), "not valid") for sign in '~!#$%^&*()+=[]{}\\/|;:"<>?, @'),
        *((invitation(f"{local}@contoso.example"), "not valid") for local in (".a", "a.", "-a", "a-", "")),
        (invitation("person1"), "not valid"),
        ({"inviteRedirectUrl": "https://myapps.example"}, "invitedUserEmailAddress is required"),
        ({"invitedUserEmailAddress": "person1@contoso.example"}, "inviteRedirectUrl is required"),
    ],
)
def test_an_address_that_cannot_be_invited_is_refused(body: dict[str, Any], words: str) -> None:
    graph = Graph()

    status, code, message = graph.refusal("POST", "/invitations", TARGET, body)

    assert (status, code) == (400, "Request_BadRequest")
    assert words in message


@pytest.mark.parametrize("local", ["_a", "a_", "o'neil", "żółć", "a-b.c_d"])
def test_underscores_apostrophes_and_letters_of_all_scripts_are_fine(local: str) -> None:
    graph = Graph()

    guest = graph.invite(f"{local}@contoso.example")

    assert graph.user(guest, "mail") == {"mail": f"{local}@contoso.example"}


def test_the_address_of_a_deleted_user_is_a_conflict_until_it_is_purged() -> None:
    graph = Graph()
    guest = graph.invite("person1@contoso.example")
    graph.ask("DELETE", f"/users/{guest}", TARGET)

    refused = graph.refusal("POST", "/invitations", TARGET, invitation("person1@contoso.example"))
    graph.clock.at += 30 * 86_400 + 1
    again = graph.invite("person1@contoso.example")

    assert refused[:2] == (400, "Request_BadRequest")
    assert again != guest


def test_the_address_of_a_contact_is_a_conflict() -> None:
    document = world().to_json()
    document["tenants"][1]["contacts"] = [{"id": "c", "mail": "person1@contoso.example"}]
    graph = Graph(type(world()).from_json(document))

    _, _, message = graph.refusal("POST", "/invitations", TARGET, invitation("person1@contoso.example"))

    assert "proxyAddresses already exists" in message


def test_inviting_a_member_needs_a_permission_that_the_product_does_not_have() -> None:
    graph = Graph()
    body = invitation("person1@contoso.example", invitedUserType="Member")

    refused = graph.refusal("POST", "/invitations", TARGET, body)
    graph.change({"op": "setPermissions", "permissions": ["User.Invite.All", "Directory.ReadWrite.All"]}, tenant=TARGET)

    assert refused[:2] == (403, "Unauthorized")
    assert graph.status("POST", "/invitations", TARGET, body) == 201


@pytest.mark.parametrize(
    ("tenant", "partner", "setting"),
    [(TARGET, SOURCE, "b2bCollaborationInbound"), (SOURCE, TARGET, "b2bCollaborationOutbound")],
)
def test_either_side_can_block_invitations_by_policy(tenant: str, partner: str, setting: str) -> None:
    graph = Graph()
    blocked = {setting: {"usersAndGroups": {"accessType": "blocked", "targets": []}}}
    graph.change({"op": "setPartner", "tenantId": partner, "set": blocked}, tenant=tenant)

    status, _, message = graph.refusal("POST", "/invitations", TARGET, invitation("person1@contoso.example"))

    assert status == 400
    assert "blocked by cross-tenant access settings" in message


def test_the_abuse_block_stops_invitations_only() -> None:
    graph = Graph()
    guest = graph.invite("person1@contoso.example")

    graph.change({"op": "blockInvitations", "blocked": True}, tenant=TARGET)
    refused = graph.refusal("POST", "/invitations", TARGET, invitation("person2@contoso.example"))

    assert refused[:2] == (403, "Forbidden")
    assert "suspicious activity" in refused[2]
    assert graph.status("PATCH", f"/users/{guest}", TARGET, {"city": "Ulm"}) == 204


def test_a_long_address_gets_a_short_name_and_a_taken_name_a_suffix() -> None:
    graph = Graph()
    addresses = [f"{'a' * 60}{number}@contoso.example" for number in (1, 2)]

    names = [graph.user(graph.invite(each), "userPrincipalName")["userPrincipalName"] for each in addresses]

    assert len(set(names)) == 2
    assert all(len(name.partition("@")[0]) <= 64 for name in names)


def test_an_invited_user_is_not_found_at_once_where_replicas_lag() -> None:
    graph = Graph(faults=FaultSwitches(lag_seconds=10.0))
    guest = graph.invite("person1@contoso.example")

    by_id = {graph.status("GET", f"/users/{guest}") for _ in range(20)}
    written = {graph.status("PATCH", f"/users/{guest}", TARGET, {"city": "Ulm"}) for _ in range(20)}
    found = graph.get("/users?$filter=mail eq 'person1@contoso.example'", TARGET)["value"]
    graph.clock.at += 60

    assert by_id == {200, 404}
    assert written == {204, 404}
    assert found == []
    assert len(graph.get("/users?$filter=mail eq 'person1@contoso.example'", TARGET)["value"]) == 1
