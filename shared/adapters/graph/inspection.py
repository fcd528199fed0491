"""What can the application see of how a tenant is set up? Reads only; what cannot be read stays unknown."""

from collections.abc import Callable, Mapping
from typing import Final

from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.answer import Answer, Record, record, records, text
from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.errors import error_of, is_missing
from shared.adapters.graph.organization import is_tenant
from shared.configuration.configuration import SourceTenant
from shared.orchestration.ports import Forbidden, PolicySight, Unavailable, UnexpectedAnswer
from shared.setup.sights import PartnerSight, SourceSight, TargetSight

_WRONG_TENANT: Final = "Another tenant answered than the one that was asked."
_PREMIUM: Final = frozenset({"AAD_PREMIUM", "AAD_PREMIUM_P2"})
"""https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference"""

#: Simulated tenants give tokens that hold nothing; they say in a header what a token would hold.
_SANDBOX_ROLES: Final = "x-sandbox-roles"


class Inspection:
    """One tenant, looked at once."""

    def __init__(self, client: GraphClient, tenant_id: str, *, sandbox: bool) -> None:
        self._client = client
        self._tenant_id = tenant_id
        self._sandbox = sandbox

    async def source(self, source: SourceTenant, target_id: str) -> SourceSight:
        """Look at the source of a configuration."""
        organization = await self._send(self._client.calls.organization())
        refused = self._refusal(organization)
        if refused is None or refused:
            return SourceSight(refused=refused or "")
        principal = await self._send(self._client.calls.service_principal(source.service_principal_id))
        assigned = await self._send(self._client.calls.assigned_to(source.service_principal_id))
        licences = await self._send(self._client.calls.subscribed_skus())
        return SourceSight(
            granted=await self._granted(organization),
            partner=await self._partner(target_id),
            application_enabled=_judged(principal, _is_enabled, missing=False),
            anybody_assigned=_judged(assigned, _is_anybody, missing=False),
            has_mail_domain=_judged(organization, _takes_mail),
            has_premium=_judged(licences, _is_premium),
        )

    async def target(self, source_id: str) -> TargetSight:
        """Look at the target of a configuration."""
        organization = await self._send(self._client.calls.organization())
        refused = self._refusal(organization)
        if refused is None or refused:
            return TargetSight(refused=refused or "")
        synchronization = await self._send(self._client.calls.partner_policy(source_id))
        authorization = await self._send(self._client.calls.authorization_policy())
        return TargetSight(
            granted=await self._granted(organization),
            partner=await self._partner(source_id),
            synchronization_allowed=allows(synchronization),
            guests_may_be_invited=_judged(authorization, _lets_invite),
        )

    async def policy(self, other_id: str, *, synchronization: bool) -> PolicySight:
        """Look at what the tenant says of the other one, and at nothing else."""
        partner = await self._send(self._client.calls.partner(other_id))
        consent = _object(_properties(partner).get("automaticUserConsentSettings"))
        allowed = await self._send(self._client.calls.partner_policy(other_id)) if synchronization else None
        known = partner is not None and (partner.ok or is_missing(partner))
        return PolicySight(
            synchronization_allowed=allows(allowed),
            inbound_redemption=consent.get("inboundAllowed") is True if known else None,
            outbound_redemption=consent.get("outboundAllowed") is True if known else None,
        )

    async def _send(self, call: RequestInformation) -> Answer | None:
        """Return what Graph answered, None if it did not answer, or that there is no token as a 401."""
        try:
            return await self._client.send(call)
        except Forbidden as forbidden:
            error = {"code": forbidden.code, "message": forbidden.message}
            return Answer(status=401, headers={}, body={"error": error})
        except (Unavailable, UnexpectedAnswer):
            return None

    def _refusal(self, organization: Answer | None) -> str | None:
        """Return why there is no token: empty if there is one, None if nobody answered."""
        if organization is None or organization.status == 429 or organization.status >= 500:
            return None
        if organization.status == 401:
            return error_of(organization).message or "Graph does not accept the token."
        # without the permission for it, nothing is said of which tenant this is
        right = _judged(organization, lambda body: is_tenant(body, self._tenant_id))
        return _WRONG_TENANT if right is False else ""

    async def _granted(self, organization: Answer | None) -> frozenset[str] | None:
        if self._sandbox and organization is not None:
            return frozenset(organization.headers.get(_SANDBOX_ROLES, "").split())
        return await self._client.granted()

    async def _partner(self, other_id: str) -> PartnerSight | None:
        partner = await self._send(self._client.calls.partner(other_id))
        default = await self._send(self._client.calls.default_policy())
        if partner is None or default is None or not default.ok or not (partner.ok or is_missing(partner)):
            return None
        mine, inherited = _properties(partner) if partner.ok else {}, _properties(default)
        consent = _object(mine.get("automaticUserConsentSettings"))
        return PartnerSight(
            inbound_redemption=consent.get("inboundAllowed") is True,
            outbound_redemption=consent.get("outboundAllowed") is True,
            inbound_blocked=_is_blocked(mine, inherited, "b2bCollaborationInbound"),
            outbound_blocked=_is_blocked(mine, inherited, "b2bCollaborationOutbound"),
        )


def allows(answer: Answer | None) -> bool | None:
    """Does a target's identity synchronization allow people in? Nobody made one: the default is that it does not."""
    if answer is None:
        return None
    if is_missing(answer):
        return False
    if not answer.ok:
        return None
    return _object(_properties(answer).get("userSyncInbound")).get("isSyncAllowed") is True


def _judged(answer: Answer | None, judge: Callable[[object], bool], *, missing: bool | None = None) -> bool | None:
    """Return what the answer's body says; None if there is none, or in a shape that nobody documented."""
    if answer is None:
        return None
    if is_missing(answer):
        return missing
    try:
        return judge(answer.body) if answer.ok else None
    except UnexpectedAnswer:
        return None


def _is_enabled(body: object) -> bool:
    return record(body).get("accountEnabled") is True


def _is_anybody(body: object) -> bool:
    return bool(records(body))


def _takes_mail(body: object) -> bool:
    """https://learn.microsoft.com/graph/api/resources/verifieddomain"""
    domains = records(
        {"value": [each for organization in records(body) for each in _list(organization, "verifiedDomains")]}
    )
    return any("email" in str(each.get("capabilities", "")).casefold().replace(",", " ").split() for each in domains)


def _is_premium(body: object) -> bool:
    usable = (each for each in records(body) if each.get("capabilityStatus") in {"Enabled", "Warning"})
    return any(
        plan.get("servicePlanName") in _PREMIUM
        for sku in usable
        for plan in records({"value": sku.get("servicePlans")})
    )


def _lets_invite(body: object) -> bool:
    """https://learn.microsoft.com/graph/api/resources/authorizationpolicy"""
    return text(record(body), "allowInvitesFrom") != "none"


def _is_blocked(mine: Record, inherited: Record, name: str) -> bool:
    """Is everybody blocked? A setting that names people or groups blocks some only."""
    setting = _object(mine.get(name) or inherited.get(name))
    people = _object(setting.get("usersAndGroups"))
    targets = people.get("targets")
    everybody = not targets or (
        isinstance(targets, list) and any(_object(each).get("target") == "AllUsers" for each in targets)
    )
    return people.get("accessType") == "blocked" and everybody


def _list(source: Record, name: str) -> list[object]:
    value = source.get(name)
    if not isinstance(value, list):
        raise UnexpectedAnswer(f"Graph answered an object whose `{name}` is not a list.")
    return value


def _properties(answer: Answer | None) -> Record:
    return _object(answer.body) if answer is not None else {}


def _object(value: object) -> Record:
    return value if isinstance(value, Mapping) else {}
