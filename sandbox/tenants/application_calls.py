"""What do applications, service principals, consents and assignments answer, and how does an administrator change them?

https://learn.microsoft.com/graph/api/resources/application and .../serviceprincipal
"""

from collections.abc import Mapping
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.assignments import DEFAULT_ROLE, Assignment, Assignments
from sandbox.tenants.context import Context, entity, last_shown, listing, selected
from sandbox.tenants.directory_calls import application_of
from sandbox.tenants.exchange import Answer, GraphError
from sandbox.tenants.invitations import new_id
from sandbox.tenants.people import key_of
from sandbox.tenants.resource_application import GRAPH_APP_ID, GRAPH_ROLES
from sandbox.tenants.tenant import Tenant

_APPLICATION = ("id", "appId", "uniqueName", "displayName", "signInAudience", "appRoles")
_SERVICE_PRINCIPAL = ("id", "appId", "displayName", "accountEnabled", "appRoles", "appRoleAssignmentRequired", "tags")
_CREDENTIAL = ("id", "name", "issuer", "subject", "audiences", "description")
_AUDIENCES = frozenset({"AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount"})
#: https://learn.microsoft.com/graph/api/resources/federatedidentitycredentials-overview
_MOST_CREDENTIALS = 20


def get_application_by_name(context: Context) -> Answer:
    return _application_answer(context, _application_where(context.tenant, "uniqueName", _key(context)))


def get_application_by_app_id(context: Context) -> Answer:
    return _application_answer(context, _application_where(context.tenant, "appId", _key(context)))


def upsert_application(context: Context) -> Answer:
    """201 with a new application, 204 with an updated one; 404 without the Prefer that allows to create."""
    body, unique_name = context.request.document, _key(context)
    if body.get("signInAudience", "AzureADMyOrg") not in _AUDIENCES:
        raise errors.bad_request("Invalid value specified for property 'signInAudience'.", "signInAudience")
    found = _application_where(context.tenant, "uniqueName", unique_name)
    if found is not None:
        found.update(body)
        return Answer(status=204)
    if "create-if-missing" not in context.request.preferences:
        raise errors.not_found(unique_name)
    if not body.get("displayName"):
        raise errors.bad_request("Property displayName is required.", "displayName")
    random = context.faults.random
    application = {"id": new_id(random), "appId": new_id(random), "uniqueName": unique_name, **body}
    context.tenant.applications[key_of(application["id"])] = application
    return Answer(status=201, body=_shown(application, _APPLICATION))


def delete_application(context: Context) -> Answer:
    """Its service principal in the same tenant goes with it."""
    application = _own_application(context)
    del context.tenant.applications[key_of(context.id)]
    for each in list(context.tenant.service_principals.values()):
        if each["appId"] == application["appId"]:
            _remove_service_principal(context.tenant, each)
    return Answer(status=204)


def list_federated_credentials(context: Context) -> Answer:
    credentials = _own_application(context).get("federatedIdentityCredentials", [])
    rows = [(number, _shown(each, _CREDENTIAL)) for number, each in enumerate(credentials, start=1)]
    return listing(context, "federatedIdentityCredentials", rows)


def create_federated_credential(context: Context) -> Answer:
    _check_seen(context)
    application, body = _own_application(context), context.request.document
    for name in ("name", "issuer", "subject", "audiences"):
        if not body.get(name):
            raise errors.bad_request(f"Property {name} is required.", name)
    credentials = application.setdefault("federatedIdentityCredentials", [])
    if any(each["name"] == body["name"] for each in credentials):
        raise errors.same_key("name")
    if len(credentials) >= _MOST_CREDENTIALS:
        raise errors.bad_request(f"An application has at most {_MOST_CREDENTIALS} federated identity credentials.")
    credentials.append({"id": new_id(context.faults.random), **body})
    return Answer(status=201, body=_shown(credentials[-1], _CREDENTIAL))


def update_federated_credential(context: Context) -> Answer:
    """Everything but its name: https://learn.microsoft.com/graph/api/federatedidentitycredential-update"""
    credentials, name = (
        _own_application(context).get("federatedIdentityCredentials", []),
        context.parameters["credential"],
    )
    found = next((each for each in credentials if name in {each["id"], each["name"]}), None)
    if found is None:
        raise errors.not_found(name)
    found.update(context.request.document)
    return Answer(status=204)


def delete_federated_credential(context: Context) -> Answer:
    application, name = _own_application(context), context.parameters["credential"]
    credentials = application.get("federatedIdentityCredentials", [])
    kept = [each for each in credentials if name not in {each["id"], each["name"]}]
    if len(kept) == len(credentials):
        raise errors.not_found(name)
    application["federatedIdentityCredentials"] = kept
    return Answer(status=204)


def get_service_principal(context: Context) -> Answer:
    return _principal_answer(context, application_of(context))


def get_service_principal_by_app_id(context: Context) -> Answer:
    found = _principal_where(context.tenant, _key(context))
    if found is None:
        raise errors.not_found(_key(context))
    return _principal_answer(context, found)


def create_service_principal(context: Context) -> Answer:
    """Of an application of this tenant, or of a multi-tenant one of another: what consent makes in a portal."""
    app_id = context.request.document.get("appId", "")
    application = _application_where(context.tenant, "appId", app_id) or _foreign(context, app_id)
    if application is None or _is_unseen(context.tenant):
        message = f"The appId '{app_id}' of the service principal does not reference a valid application object."
        raise GraphError(400, "Request_BadRequest", message)
    if _principal_where(context.tenant, app_id) is not None:
        raise errors.same_key("appId")
    principal = {
        "id": new_id(context.faults.random),
        "appId": app_id,
        "displayName": application.get("displayName"),
        "accountEnabled": True,
        "appRoles": application.get("appRoles", []),
        "tags": context.request.document.get("tags", []),
    }
    context.tenant.service_principals[key_of(principal["id"])] = principal
    return Answer(status=201, body=_shown(principal, _SERVICE_PRINCIPAL))


def update_service_principal(context: Context) -> Answer:
    principal, body = application_of(context), context.request.document
    if not isinstance(body.get("accountEnabled"), bool):
        raise errors.bad_request("Property 'accountEnabled' has the wrong type.", "accountEnabled")
    principal.update(body)
    return Answer(status=204)


def delete_service_principal(context: Context) -> Answer:
    _remove_service_principal(context.tenant, application_of(context))
    return Answer(status=204)


def list_consents(context: Context) -> Answer:
    found = sorted(context.tenant.consents.of(application_of(context)["id"]), key=lambda each: each.number)
    rows = [(each.number, _assignment_view(each)) for each in found if each.number > last_shown(context)]
    return listing(context, "appRoleAssignments", rows[: context.top() + 1])


def grant_consent(context: Context) -> Answer:
    _check_seen(context)
    principal, body = application_of(context), context.request.document
    _check_principal(principal["id"], body, "principalId")
    _check_principal(context.tenant.graph["id"], body, "resourceId")
    if body.get("appRoleId") not in GRAPH_ROLES:
        raise errors.bad_request("Permission being assigned was not found on application", "appRoleId")
    _check_new(context.tenant.consents, body)
    return Answer(status=201, body=_assignment_view(context.tenant.grant(body, context.now)))


def revoke_consent(context: Context) -> Answer:
    context.tenant.revoke(_existing(context, context.tenant.consents))
    return Answer(status=204)


def assign(context: Context) -> Answer:
    _check_seen(context)
    application, body, tenant = application_of(context), context.request.document, context.tenant
    _check_principal(application["id"], body, "resourceId")
    roles = {each["id"] for each in application.get("appRoles") or ()} or {DEFAULT_ROLE}
    if body.get("appRoleId") not in roles:
        raise errors.bad_request("Permission being assigned was not found on application", "appRoleId")
    principal_id = str(body.get("principalId"))
    if not tenant.is_present(principal_id):
        raise errors.not_found(principal_id)
    _check_new(tenant.assignments, body)
    kind = "Group" if tenant.groups.find(principal_id) else "User"
    assigned = tenant.assign({**body, "principalType": kind}, context.now)
    return Answer(status=201, body=_assignment_view(assigned))


def unassign(context: Context) -> Answer:
    context.tenant.assignments.remove_one(_existing(context, context.tenant.assignments))
    return Answer(status=204)


def _is_unseen(tenant: Tenant) -> bool:
    """Whether this request meets a replica that does not know what was made a moment ago."""
    tenant.unseen -= 1
    return tenant.unseen >= 0


def _check_seen(context: Context) -> None:
    if _is_unseen(context.tenant):
        raise errors.not_found(context.id)


def _key(context: Context) -> str:
    """The alternate key in the path."""
    return next(iter(context.parameters.values()))


def _application_where(tenant: Tenant, name: str, value: str) -> dict[str, Any] | None:
    return next((each for each in tenant.applications.values() if each.get(name) == value), None)


def _foreign(context: Context, app_id: str) -> dict[str, Any] | None:
    others = (_application_where(each, "appId", app_id) for each in context.tenants.values())
    return next((each for each in others if each and each.get("signInAudience") != "AzureADMyOrg"), None)


def _own_application(context: Context) -> dict[str, Any]:
    application = context.tenant.applications.get(key_of(context.id))
    if application is None:
        raise errors.not_found(context.id)
    return application


def _application_answer(context: Context, application: Mapping[str, Any] | None) -> Answer:
    if application is None:
        raise errors.not_found(_key(context))
    names = selected(context.request, _APPLICATION) or _APPLICATION
    return entity(context, "applications", _shown(application, names))


def _principal_where(tenant: Tenant, app_id: str) -> dict[str, Any] | None:
    if app_id == GRAPH_APP_ID:
        return tenant.graph
    return next((each for each in tenant.service_principals.values() if each.get("appId") == app_id), None)


def _principal_answer(context: Context, principal: Mapping[str, Any]) -> Answer:
    names = selected(context.request, _SERVICE_PRINCIPAL) or _SERVICE_PRINCIPAL
    shown = {"accountEnabled": True, "appRoles": [], "appRoleAssignmentRequired": False, **principal}
    return entity(context, "servicePrincipals", _shown(shown, names))


def _remove_service_principal(tenant: Tenant, principal: Mapping[str, Any]) -> None:
    for consent in tenant.consents.of(principal["id"]):
        tenant.revoke(consent)
    for assignment in tenant.assignments.to(principal["id"]):
        tenant.assignments.remove_one(assignment)
    del tenant.service_principals[key_of(principal["id"])]


def _check_principal(expected: str, body: Mapping[str, Any], name: str) -> None:
    if str(body.get(name, "")).lower() != expected.lower():
        raise errors.bad_request(f"Property '{name}' does not name the object that it must name here.", name)


def _check_new(standing: Assignments, body: Mapping[str, Any]) -> None:
    for each in standing.of(str(body["principalId"])):
        if (each.resource_id, each.app_role_id) == (body["resourceId"], body["appRoleId"]):
            raise errors.bad_request("Permission being assigned already exists on the object")


def _existing(context: Context, standing: Assignments) -> Assignment:
    assignment = standing.find(context.parameters["assignment"])
    if assignment is None:
        raise errors.not_found(context.parameters["assignment"])
    return assignment


def _assignment_view(assignment: Assignment) -> dict[str, Any]:
    return {
        "id": assignment.id,
        "appRoleId": assignment.app_role_id,
        "createdDateTime": assignment.created,
        "principalId": assignment.principal_id,
        "principalType": assignment.principal_type,
        "resourceId": assignment.resource_id,
    }


def _shown(document: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: document.get(name) for name in dict.fromkeys(("id", *names))}
