"""What do policies, other tenants and licences answer, and what does an administrator change there?

https://learn.microsoft.com/graph/api/resources/crosstenantaccesspolicy-overview
"""

from collections.abc import Mapping
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.context import Context, entity, listing, selected
from sandbox.tenants.exchange import Answer
from sandbox.tenants.people import key_of
from sandbox.tenants.tenant import Tenant

_SETTINGS = (
    "inboundTrust",
    "b2bCollaborationInbound",
    "b2bCollaborationOutbound",
    "b2bDirectConnectInbound",
    "b2bDirectConnectOutbound",
    "tenantRestrictions",
)
_PARTNER = ("tenantId", "isServiceProvider", "isInMultiTenantOrganization", *_SETTINGS, "automaticUserConsentSettings")
_SYNCHRONIZATION = ("displayName", "tenantId", "userSyncInbound")
_CONSENT = {"inboundAllowed": bool, "outboundAllowed": bool}
_SYNC = {"isSyncAllowed": bool}
_KIND = "policies/crossTenantAccessPolicy/partners"
_ALLOWED = {
    "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
    "applications": {"accessType": "allowed", "targets": [{"target": "AllApplications", "targetType": "application"}]},
}
_AUTHORIZATION = ("id", "allowInvitesFrom", "allowEmailVerifiedUsersToJoinOrganization", "guestUserRoleId")
_SKU = ("id", "skuPartNumber", "capabilityStatus", "prepaidUnits", "consumedUnits", "servicePlans")


def find_tenant_by_id(context: Context) -> Answer:
    return _tenant_information(context, context.tenants.get(key_of(context.parameters["tenantId"])))


def find_tenant_by_domain(context: Context) -> Answer:
    domain = context.parameters["domainName"].lower()
    found = (each for each in context.tenants.values() if domain in each.verified_domains)
    return _tenant_information(context, next(found, None))


def get_partner(context: Context) -> Answer:
    names = selected(context.request, _PARTNER) or _PARTNER
    view = _partner_view(_partner(context))
    return entity(context, _KIND, {name: view[name] for name in names})


def create_partner(context: Context) -> Answer:
    body = context.request.document
    tenant_id = body.get("tenantId")
    if not isinstance(tenant_id, str) or key_of(tenant_id) not in context.tenants:
        raise errors.bad_request("The tenant id is not that of a tenant.", "tenantId")
    if key_of(tenant_id) in context.tenant.partners:
        raise errors.same_key("tenantId")
    partner: dict[str, Any] = {"tenantId": tenant_id}
    context.tenant.partners[key_of(tenant_id)] = partner
    _set_consent(partner, body)
    return Answer(status=201, body=_partner_view(partner))


def update_partner(context: Context) -> Answer:
    _set_consent(_partner(context), context.request.document)
    return Answer(status=204)


def delete_partner(context: Context) -> Answer:
    """Refused while it has an identity synchronization (inferred): that one goes first."""
    if _partner(context).get("identitySynchronization") is not None:
        raise errors.bad_request("The partner configuration has a user synchronization policy. Delete it first.")
    del context.tenant.partners[key_of(context.id)]
    return Answer(status=204)


def get_identity_synchronization(context: Context) -> Answer:
    names = selected(context.request, _SYNCHRONIZATION) or _SYNCHRONIZATION
    setting = _synchronization(context)
    shown = {**dict.fromkeys(_SYNCHRONIZATION), **setting, "tenantId": _partner(context)["tenantId"]}
    return entity(context, f"{_KIND}/identitySynchronization", {name: shown[name] for name in names})


def put_identity_synchronization(context: Context) -> Answer:
    """409 where there is one: an update is a PATCH."""
    partner, body = _partner(context), context.request.document
    if partner.get("identitySynchronization") is not None:
        raise errors.same_key("tenantId")
    if not isinstance(body.get("displayName", ""), str):
        raise errors.bad_request("Property 'displayName' has the wrong type.", "displayName")
    allowed = _checked(body, "userSyncInbound", _SYNC)
    partner["identitySynchronization"] = {"displayName": body.get("displayName"), "userSyncInbound": allowed}
    return Answer(status=204)


def update_identity_synchronization(context: Context) -> Answer:
    setting = _synchronization(context)
    setting["userSyncInbound"] = _checked(context.request.document, "userSyncInbound", _SYNC)
    return Answer(status=204)


def delete_identity_synchronization(context: Context) -> Answer:
    _synchronization(context)
    del _partner(context)["identitySynchronization"]
    return Answer(status=204)


def get_default_policy(context: Context) -> Answer:
    names = selected(context.request, ("isServiceDefault", *_SETTINGS)) or ("isServiceDefault", *_SETTINGS)
    shown = {**dict.fromkeys(_SETTINGS), "isServiceDefault": not context.tenant.default_policy}
    shown |= {"b2bCollaborationInbound": _ALLOWED, "b2bCollaborationOutbound": _ALLOWED}
    shown |= context.tenant.default_policy
    return entity(context, "policies/crossTenantAccessPolicy/default", {name: shown[name] for name in names})


def get_authorization_policy(context: Context) -> Answer:
    names = selected(context.request, _AUTHORIZATION) or _AUTHORIZATION
    shown = {**dict.fromkeys(_AUTHORIZATION), "id": "authorizationPolicy", **context.tenant.authorization_policy}
    return entity(context, "policies/authorizationPolicy", {name: shown[name] for name in names})


def list_subscribed_skus(context: Context) -> Answer:
    names = selected(context.request, _SKU) or _SKU
    rows = [
        (number, {name: sku.get(name) for name in names})
        for number, sku in enumerate(context.tenant.subscribed_skus, start=1)
    ]
    return listing(context, "subscribedSkus", rows)


def _tenant_information(context: Context, tenant: Tenant | None) -> Answer:
    """https://learn.microsoft.com/graph/api/resources/tenantinformation"""
    if tenant is None:
        raise errors.not_found(next(iter(context.parameters.values())))
    shown = {
        "tenantId": tenant.id,
        "federationBrandName": None,
        "displayName": tenant.display_name,
        "defaultDomainName": tenant.verified_domains[0],
    }
    return entity(context, "microsoft.graph.tenantInformation", shown)


def _partner(context: Context) -> dict[str, Any]:
    """https://learn.microsoft.com/graph/api/crosstenantaccesspolicyconfigurationpartner-get"""
    partner = context.tenant.partners.get(key_of(context.id))
    if partner is None:
        raise errors.not_found(context.id)
    return partner


def _synchronization(context: Context) -> dict[str, Any]:
    setting: dict[str, Any] | None = _partner(context).get("identitySynchronization")
    if setting is None:
        raise errors.not_found(context.id)
    return setting


def _partner_view(partner: Mapping[str, Any]) -> dict[str, Any]:
    consent = {**dict.fromkeys(_CONSENT), **(partner.get("automaticUserConsentSettings") or {})}
    plain = {"isServiceProvider": None, "isInMultiTenantOrganization": False}
    view = {name: partner.get(name, plain.get(name)) for name in _PARTNER}
    return {**view, "automaticUserConsentSettings": consent}


def _set_consent(partner: dict[str, Any], body: Mapping[str, Any]) -> None:
    """What is null on both sides is as if it had never been set."""
    if "automaticUserConsentSettings" not in body:
        return
    consent = _checked(body, "automaticUserConsentSettings", _CONSENT) or {}
    if any(value is not None for value in consent.values()):
        partner["automaticUserConsentSettings"] = consent
    else:
        partner.pop("automaticUserConsentSettings", None)


def _checked(body: Mapping[str, Any], name: str, known: Mapping[str, type]) -> dict[str, Any] | None:
    """The object in a property, null or with these properties of these types or null."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise errors.bad_request(f"Property '{name}' has the wrong type.", name)
    for inner, found in value.items():
        if inner.startswith("@odata."):
            continue
        if inner not in known:
            raise errors.bad_request(f"Property '{inner}' does not exist on the type.", f"{name}/{inner}")
        if found is not None and not isinstance(found, known[inner]):
            raise errors.bad_request(f"Property '{inner}' has the wrong type.", f"{name}/{inner}")
    return {inner: found for inner, found in value.items() if inner in known}
