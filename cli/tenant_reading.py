"""What is there in a tenant of all that a setup may change? Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from cli.administrator import Administrator, Denied, required
from shared.setup.desired import APPLICATION_NAME, Setup
from shared.setup.permissions import Side
from shared.setup.requests import PARTNERS, Ids, app_role_of
from shared.setup.resource import Kind, Observed, Resource, Values

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
_PRINCIPAL = "id,appId,accountEnabled,appRoles,tags"
_APPLICATION = "id,appId,uniqueName,displayName,signInAudience,appRoles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Who a tenant is."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found, and by which ids it is addressed."""

    observed: Observed
    ids: Ids


class NoTenant(Exception):
    """Microsoft Entra knows no tenant of this id or domain."""


def own_tenant(administrator: Administrator) -> Tenant:
    """Return the tenant that the administrator is signed in to."""
    organization = next(administrator.records("/organization?$select=id,displayName,verifiedDomains"), {})
    domains = organization.get("verifiedDomains")
    known = [each for each in domains if isinstance(each, dict)] if isinstance(domains, list) else []
    default = next((required(each, "name") for each in known if each.get("isDefault")), "")
    return Tenant(id=required(organization, "id"), name=required(organization, "displayName"), domain=default)


def find_tenant(administrator: Administrator, name: str) -> Tenant:
    """Return a tenant by its id or a domain; raises NoTenant.

    https://learn.microsoft.com/graph/api/tenantrelationship-findtenantinformationbytenantid
    """
    is_domain = "." in name
    how = "DomainName(domainName" if is_domain else "TenantId(tenantId"
    try:
        found = administrator.find(f"/tenantRelationships/findTenantInformationBy{how}='{quote(name, safe='')}')")
    except Denied as denied:
        if denied.status != 400:
            raise
        found = None
    if found is None:
        raise NoTenant(f"Microsoft Entra knows no tenant '{name}'. Give its id, or a domain that it has verified.")
    return Tenant(
        id=required(found, "tenantId"),
        name=required(found, "displayName"),
        domain=str(found.get("defaultDomainName") or ""),
    )


def read_tenant(administrator: Administrator, setup: Setup) -> Reading:
    """Read all that the setup of this side may change."""
    reading = _application(administrator, setup)
    reading = _principal(administrator, setup, reading)
    partner = administrator.find(f"{PARTNERS}/{setup.other_tenant_id}")
    if partner is not None:
        reading = _seen(reading, setup.partner, partner)
        synchronization = administrator.find(f"{PARTNERS}/{setup.other_tenant_id}/identitySynchronization")
        if synchronization is not None:
            reading = _seen(reading, setup.synchronization, synchronization)
    return reading


def _application(administrator: Administrator, setup: Setup) -> Reading:
    """The application is looked for in the source only: where it is registered elsewhere nobody here can see it."""
    empty = Reading(observed={}, ids=Ids(app_id=setup.app_id))
    if setup.side is Side.TARGET:
        return empty
    key = f"appId='{setup.app_id}'" if setup.app_id else f"uniqueName='{APPLICATION_NAME}'"
    found = administrator.find(f"/applications({key})?$select={_APPLICATION}")
    if found is None:
        return empty
    ids = Ids(application=required(found, "id"), app_id=required(found, "appId"))
    reading = _seen(Reading(observed={}, ids=ids), setup.application, found)
    for each in administrator.records(f"/applications/{ids.application}/federatedIdentityCredentials"):
        resource = Resource(kind=Kind.FEDERATED_CREDENTIAL, key=required(each, "name"))
        reading = _named(reading, resource, each)
    return reading


def _principal(administrator: Administrator, setup: Setup, reading: Reading) -> Reading:
    graph = administrator.read(f"/servicePrincipals(appId='{GRAPH_APP_ID}')?$select=id,appRoles")
    permissions = dict(_application_permissions(graph))
    reading = replace(reading, ids=replace(reading.ids, graph=required(graph, "id"), permissions=permissions))
    if not reading.ids.app_id:
        return reading
    found = administrator.find(f"/servicePrincipals(appId='{quote(reading.ids.app_id)}')?$select={_PRINCIPAL}")
    if found is None:
        return reading
    ids = replace(reading.ids, service_principal=required(found, "id"), app_role=app_role_of(found))
    reading = _seen(replace(reading, ids=ids), setup.service_principal, found)
    values = {role: name for name, role in permissions.items()}
    for each in administrator.records(f"/servicePrincipals/{ids.service_principal}/appRoleAssignments"):
        if each.get("resourceId") == ids.graph and each.get("appRoleId") in values:
            name = values[required(each, "appRoleId")]
            reading = _named(reading, Resource(kind=Kind.CONSENT, key=name), {**each, "permission": name})
    for each in administrator.records(f"/servicePrincipals/{ids.service_principal}/appRoleAssignedTo"):
        reading = _named(reading, Resource(kind=Kind.ASSIGNMENT, key=required(each, "principalId")), each)
    return reading


def _application_permissions(graph: Values) -> Iterator[tuple[str, str]]:
    """Yield Graph's application permissions; a delegated scope of the same name is none of them."""
    roles = graph.get("appRoles")
    for role in (each for each in roles if isinstance(each, dict)) if isinstance(roles, list) else ():
        yield required(role, "value"), required(role, "id")


def _seen(reading: Reading, resource: Resource, document: Values) -> Reading:
    shown = {name: value for name, value in document.items() if not name.startswith("@odata.")}
    return replace(reading, observed={**reading.observed, resource: shown})


def _named(reading: Reading, resource: Resource, document: Values) -> Reading:
    ids = replace(reading.ids, objects={**reading.ids.objects, resource: required(document, "id")})
    return _seen(replace(reading, ids=ids), resource, document)
