"""What is seen of a tenant, and what stays unknown where Graph says something else? Also: what a token shows."""

import base64
import json
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError

from shared.adapters.graph.inspection import Inspection
from shared.adapters.graph.token_roles import roles_of
from shared.configuration.configuration import SourceTenant
from shared.orchestration.ports import PolicySight
from shared.setup.sights import SourceSight, TargetSight
from tests.shared.adapters.graph.fake_graph import SOURCE, FakeGraph, Reply, connected, error

APPLICATION = "cccccccc-0000-4000-8000-000000000003"
OTHER = "bbbbbbbb-0000-4000-8000-000000000002"
PARTNER = f"GET /policies/crossTenantAccessPolicy/partners/{OTHER}"
DEFAULT = "GET /policies/crossTenantAccessPolicy/default"
AUTHORIZATION = "GET /policies/authorizationPolicy"
PRINCIPAL = f"GET /servicePrincipals/{APPLICATION}"
BLOCKED = {"usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}}
SOME = {"usersAndGroups": {"accessType": "blocked", "targets": [{"target": APPLICATION, "targetType": "group"}]}}
MISSING = error(404, "Request_ResourceNotFound")


def organization(**changes: object) -> Reply:
    domains = [{"name": "contoso.example", "capabilities": "Email, OfficeCommunicationsOnline", "isInitial": True}]
    return Reply(body={"value": [{"id": SOURCE, "verifiedDomains": domains, **changes}]})


def replies(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - replies by call
    plain = {
        "GET /organization": organization(),
        PARTNER: Reply(body={"automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True}}),
        f"{PARTNER}/identitySynchronization": Reply(body={"userSyncInbound": {"isSyncAllowed": True}}),
        DEFAULT: Reply(body={}),
        AUTHORIZATION: Reply(body={"allowInvitesFrom": "adminsAndGuestInviters"}),
        PRINCIPAL: Reply(body={"accountEnabled": True}),
        f"{PRINCIPAL}/appRoleAssignedTo": Reply(body={"value": [{"id": "1"}]}),
        "GET /subscribedSkus": Reply(
            body={"value": [{"capabilityStatus": "Enabled", "servicePlans": [{"servicePlanName": "AAD_PREMIUM_P2"}]}]}
        ),
    }
    return {**plain, **changes}


async def source(**changes: Any) -> SourceSight:  # noqa: ANN401
    async with connected(FakeGraph(replies(**changes))) as client:
        tenant = SourceTenant(tenant_id=SOURCE, service_principal_id=APPLICATION)
        return await Inspection(client, SOURCE, sandbox=True).source(tenant, OTHER)


async def target(**changes: Any) -> TargetSight:  # noqa: ANN401
    async with connected(FakeGraph(replies(**changes))) as client:
        return await Inspection(client, SOURCE, sandbox=True).target(OTHER)


async def test_two_tenants_that_are_set_up_are_seen_so() -> None:
    seen, other = await source(), await target()

    assert (seen.refused, seen.application_enabled, seen.anybody_assigned) == ("", True, True)
    assert (seen.has_mail_domain, seen.has_premium) == (True, True)
    assert (other.synchronization_allowed, other.guests_may_be_invited) == (True, True)
    assert seen.partner is not None
    assert seen.partner.outbound_redemption
    assert not seen.partner.outbound_blocked


@pytest.mark.parametrize("reply", [error(500, "generalException"), error(429, "TooManyRequests"), error(403, "x")])
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (PARTNER, "partner"),
        (DEFAULT, "partner"),
        (PRINCIPAL, "application_enabled"),
        (f"{PRINCIPAL}/appRoleAssignedTo", "anybody_assigned"),
        ("GET /subscribedSkus", "has_premium"),
    ],
)
async def test_what_the_source_does_not_say_is_unknown(reply: Reply, call: str, name: str) -> None:
    assert getattr(await source(**{call: reply}), name) is None


@pytest.mark.parametrize("reply", [error(500, "generalException"), error(429, "TooManyRequests"), error(403, "x")])
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (PARTNER, "partner"),
        (f"{PARTNER}/identitySynchronization", "synchronization_allowed"),
        (AUTHORIZATION, "guests_may_be_invited"),
    ],
)
async def test_what_the_target_does_not_say_is_unknown(reply: Reply, call: str, name: str) -> None:
    assert getattr(await target(**{call: reply}), name) is None


async def test_what_is_missing_is_known_to_be_missing() -> None:
    seen = await source(**{PARTNER: MISSING, PRINCIPAL: MISSING, f"{PRINCIPAL}/appRoleAssignedTo": MISSING})
    other = await target(**{PARTNER: MISSING, f"{PARTNER}/identitySynchronization": MISSING})

    assert (seen.application_enabled, seen.anybody_assigned) == (False, False)
    assert seen.partner is not None
    assert not seen.partner.outbound_redemption
    assert other.synchronization_allowed is False


@pytest.mark.parametrize(
    ("mine", "inherited", "blocked"),
    [
        (None, None, False),
        (BLOCKED, None, True),
        (None, BLOCKED, True),
        (SOME, BLOCKED, False),
        (SOME, None, False),
        ({"usersAndGroups": {"accessType": "blocked"}}, None, True),
        ({"usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers"}]}}, BLOCKED, False),
    ],
)
async def test_everybody_is_blocked_by_the_partners_setting_or_else_by_the_default(
    mine: object, inherited: object, blocked: bool
) -> None:
    partner = Reply(body={"b2bCollaborationInbound": mine})

    seen = await target(**{PARTNER: partner, DEFAULT: Reply(body={"b2bCollaborationInbound": inherited})})

    assert seen.partner is not None
    assert seen.partner.inbound_blocked is blocked


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        (error(401, "InvalidAuthenticationToken"), "InvalidAuthenticationToken"),
        (organization(id=OTHER), "Another tenant answered"),
        (error(403, "Authorization_RequestDenied"), ""),
        (error(503, "serviceNotAvailable"), ""),
    ],
)
async def test_a_token_is_refused_where_graph_says_so_or_another_tenant_answers(reply: Reply, refused: str) -> None:
    for seen in (await source(**{"GET /organization": reply}), await target(**{"GET /organization": reply})):
        assert bool(seen.refused) is bool(refused)
        if reply.status != 403:
            assert seen.partner is None


@pytest.mark.parametrize(
    ("skus", "premium"),
    [
        ([], False),
        ([{"capabilityStatus": "Suspended", "servicePlans": [{"servicePlanName": "AAD_PREMIUM"}]}], False),
        ([{"capabilityStatus": "Warning", "servicePlans": [{"servicePlanName": "AAD_PREMIUM"}]}], True),
        ([{"capabilityStatus": "Enabled", "servicePlans": [{"servicePlanName": "EXCHANGE_S_STANDARD"}]}], False),
    ],
)
async def test_a_licence_counts_while_it_is_usable(skus: list[object], premium: bool) -> None:
    assert (await source(**{"GET /subscribedSkus": Reply(body={"value": skus})})).has_premium is premium


@pytest.mark.parametrize(
    "body", [None, [], {}, {"value": None}, {"value": ["x"]}, {"value": [{}]}, {"accountEnabled": 1}]
)
async def test_a_shape_that_nobody_documented_is_unknown_or_no_and_raises_nothing(body: object) -> None:
    odd = {call: Reply(body=body) for call in replies() if call != "GET /organization"}

    seen, other = await source(**odd), await target(**odd)
    strange = await source(**{"GET /organization": Reply(body=body)})

    assert not seen.application_enabled
    assert not seen.has_premium
    assert not other.synchronization_allowed
    assert other.guests_may_be_invited is None
    assert not strange.has_mail_domain


async def test_of_a_policy_only_what_was_read_is_told() -> None:
    async with connected(FakeGraph(replies(**{PARTNER: error(403, "x")}))) as client:
        inspection = Inspection(client, SOURCE, sandbox=True)

        assert await inspection.policy(OTHER, synchronization=True) == PolicySight(synchronization_allowed=True)
        assert await inspection.policy(OTHER, synchronization=False) == PolicySight()


async def test_of_what_entra_says_only_its_code_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise ClientAuthenticationError("AADSTS7000229: The client application of ada@contoso.example is missing ...")

    async with connected(FakeGraph(replies())) as client:
        monkeypatch.setattr(client._credential, "get_token", refuse)
        seen = await Inspection(client, SOURCE, sandbox=False).target(OTHER)
        granted = await client.granted()

    assert seen.refused == "Microsoft Entra ID gave no token for this tenant (AADSTS7000229)."
    assert granted is None


def token(claims: object, parts: int = 3) -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return ".".join(["e30", encoded, "signature"][:parts])


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        (token({"roles": ["User.Invite.All", "Policy.Read.All"], "tid": "x"}), {"User.Invite.All", "Policy.Read.All"}),
        (token({"tid": "x"}), set()),
        (token({"roles": "User.Invite.All"}), None),
        (token(["roles"]), None),
        (token({}, parts=2), None),
        ("a.%%%.b", None),
        ("a.b.c", None),
        ("", None),
        (f"a.{'A' * 401}.c", None),
    ],
)
def test_a_token_shows_its_roles_or_nothing(given: str, roles: set[str] | None) -> None:
    assert roles_of(given) == roles


async def test_what_the_token_holds_is_looked_at_in_a_real_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    from azure.core.credentials import AccessToken

    async def give(*_: object, **__: object) -> AccessToken:
        return AccessToken(token({"roles": ["User.Invite.All"]}), 4_102_444_800)

    async with connected(FakeGraph(replies())) as client:
        monkeypatch.setattr(client._credential, "get_token", give)

        assert (await Inspection(client, SOURCE, sandbox=False).target(OTHER)).granted == frozenset({"User.Invite.All"})
