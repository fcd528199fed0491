"""Which request of Graph makes a change, and which one takes it back? Each is one that Graph documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from shared.setup.desired import APPLICATION_NAME, DEFAULT_ROLE
from shared.setup.plan import PolicyChange
from shared.setup.resource import Kind, Resource, Values

PARTNERS = "/policies/crossTenantAccessPolicy/partners"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRequest:
    method: str
    path: str
    body: Values | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """The object ids of one tenant, as far as they are known; empty where the object does not exist yet."""

    application: str = ""
    app_id: str = ""
    service_principal: str = ""
    app_role: str = DEFAULT_ROLE
    graph: str = ""
    permissions: Mapping[str, str] = field(default_factory=dict)
    """Microsoft Graph's app roles by their value."""
    objects: Mapping[Resource, str] = field(default_factory=dict)
    """Of consents, assignments and federated credentials."""


class UnknownPermission(Exception):
    """Microsoft Graph publishes no such app role in this tenant."""


def applying_request(change: PolicyChange, ids: Ids) -> GraphRequest:
    """Return the request that makes the change."""
    resource = change.resource
    if change.before is not None:
        return _update(resource, change.after, ids)
    match resource.kind:
        case Kind.APPLICATION:
            # creates at most one of this name: https://learn.microsoft.com/graph/api/application-upsert
            prefer = {"Prefer": "create-if-missing"}
            return GraphRequest(method="PATCH", path=_application_path(), body=change.after, headers=prefer)
        case Kind.FEDERATED_CREDENTIAL:
            return _post(f"/applications/{ids.application}/federatedIdentityCredentials", change.after)
        case Kind.SERVICE_PRINCIPAL:
            return _post("/servicePrincipals", {"appId": ids.app_id, "tags": change.after.get("tags")})
        case Kind.CONSENT:
            body = {
                "principalId": ids.service_principal,
                "resourceId": ids.graph,
                "appRoleId": _role(resource.key, ids),
            }
            return _post(f"{_principal_path(ids)}/appRoleAssignments", body)
        case Kind.PARTNER:
            return _post(PARTNERS, {"tenantId": resource.key, **change.after})
        case Kind.IDENTITY_SYNCHRONIZATION:
            return GraphRequest(method="PUT", path=_synchronization_path(resource), body=change.after)
    body = {"principalId": resource.key, "resourceId": ids.service_principal, "appRoleId": ids.app_role}
    return _post(f"{_principal_path(ids)}/appRoleAssignedTo", body)  # an assignment, the last of the kinds


def undoing_request(change: PolicyChange, ids: Ids) -> GraphRequest:
    """Return the request that puts the values from before back, or removes what did not exist."""
    if change.before is not None:
        return _update(change.resource, change.before, ids)
    return GraphRequest(method="DELETE", path=_path(change.resource, ids))


def ids_after(change: PolicyChange, answer: Values, ids: Ids) -> Ids:
    """Return the ids with those that the answer to a change tells."""
    made = str(answer.get("id", ""))
    if change.before is not None or not made:
        return ids
    if change.resource.kind is Kind.APPLICATION:
        return replace(ids, application=made, app_id=str(answer.get("appId", "")))
    if change.resource.kind is Kind.SERVICE_PRINCIPAL:
        return replace(ids, service_principal=made, app_role=app_role_of(answer))
    return replace(ids, objects={**ids.objects, change.resource: made})


def app_role_of(principal: Values) -> str:
    """Return the app role that people are assigned: the first enabled one, or the default access of those without."""
    roles = principal.get("appRoles")
    usable = [each for each in roles if isinstance(each, dict)] if isinstance(roles, list) else []
    enabled = (str(each.get("id")) for each in usable if each.get("isEnabled") is True)
    return next(enabled, DEFAULT_ROLE)


def _update(resource: Resource, values: Values, ids: Ids) -> GraphRequest:
    return GraphRequest(method="PATCH", path=_path(resource, ids, updating=True), body=values)


def _path(resource: Resource, ids: Ids, *, updating: bool = False) -> str:
    match resource.kind:
        case Kind.APPLICATION:
            return _application_path() if updating else f"/applications/{ids.application}"
        case Kind.FEDERATED_CREDENTIAL:
            return f"/applications/{ids.application}/federatedIdentityCredentials/{ids.objects[resource]}"
        case Kind.SERVICE_PRINCIPAL:
            return _principal_path(ids)
        case Kind.CONSENT:
            return f"{_principal_path(ids)}/appRoleAssignments/{ids.objects[resource]}"
        case Kind.PARTNER:
            return f"{PARTNERS}/{resource.key}"
        case Kind.IDENTITY_SYNCHRONIZATION:
            return _synchronization_path(resource)
    return f"{_principal_path(ids)}/appRoleAssignedTo/{ids.objects[resource]}"


def _post(path: str, body: Values) -> GraphRequest:
    return GraphRequest(method="POST", path=path, body=body)


def _application_path() -> str:
    return f"/applications(uniqueName='{quote(APPLICATION_NAME)}')"


def _principal_path(ids: Ids) -> str:
    return f"/servicePrincipals/{ids.service_principal}"


def _synchronization_path(resource: Resource) -> str:
    return f"{PARTNERS}/{resource.key}/identitySynchronization"


def _role(permission: str, ids: Ids) -> str:
    if permission not in ids.permissions:
        raise UnknownPermission(f"Microsoft Graph publishes no application permission {permission} in this tenant.")
    return ids.permissions[permission]
