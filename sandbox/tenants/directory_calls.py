"""What do deleted items, the organization, applications, policies and roles answer?"""

from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.assignments import after
from sandbox.tenants.clock import moment
from sandbox.tenants.context import (
    Context,
    entity,
    last_shown,
    listing,
    selected,
    selected_user_properties,
    user_view,
)
from sandbox.tenants.exchange import Answer
from sandbox.tenants.filters import parse_filter
from sandbox.tenants.patching import address_taken
from sandbox.tenants.people import Person, addresses_of
from sandbox.tenants.searching import parse_users_filter
from sandbox.tenants.tenant import Tenant
from sandbox.tenants.user_calls import FILTERABLE, assignments_answer, rows_after

_ORGANIZATION = ("id", "displayName", "verifiedDomains", "createdDateTime")
_CAPABILITIES = "Email, OfficeCommunicationsOnline"
_ROLE_ASSIGNMENT = ("id", "principalId", "roleDefinitionId", "directoryScopeId")


def get_deleted_user(context: Context) -> Answer:
    person = _deleted(context)
    names = selected_user_properties(context)
    view = _deleted_view(person, names)
    return entity(context, "directoryObjects", {"@odata.type": "#microsoft.graph.user", **view})


def list_deleted_users(context: Context) -> Answer:
    names = selected_user_properties(context)
    found = parse_users_filter(context.request, FILTERABLE)
    people = (each for each in context.tenant.people.deleted() if found.holds(each.document))
    rows = [(number, _deleted_view(person, names)) for number, person in enumerate(people, start=1)]
    return listing(context, "users", rows_after(context, rows))


def restore_user(context: Context) -> Answer:
    """Refused while another object has the names: https://learn.microsoft.com/graph/api/directory-deleteditems-restore"""
    person = _deleted(context)
    document = person.document
    if context.tenant.people.find_by_name(document.get("userPrincipalName") or ""):
        raise errors.name_conflict()
    proxies = addresses_of({"proxyAddresses": document.get("proxyAddresses")})
    if any(address_taken(context.tenant, each, person) for each in proxies):
        raise errors.proxy_conflict()
    context.tenant.restore_user(person)
    view = user_view(person.id, document, None)
    return entity(context, "directoryObjects", {"@odata.type": "#microsoft.graph.user", **view})


def available_extension_properties(context: Context) -> Answer:
    """Every directory extension of a simulated tenant is a text of users, and none comes from on-premises."""
    names = () if context.request.document["isSyncedFromOnPremises"] else sorted(context.tenant.extension_properties)
    rows = [
        {
            "appDisplayName": "",
            "dataType": "String",
            "isMultiValued": False,
            "isSyncedFromOnPremises": False,
            "name": name,
            "targetObjects": ["User"],
        }
        for name in names
    ]
    return listing(context, "extensionProperties", list(enumerate(rows, start=1)))


def get_organization(context: Context) -> Answer:
    names = selected(context.request, _ORGANIZATION) or _ORGANIZATION
    tenant = context.tenant
    values: dict[str, Any] = {
        "id": tenant.id,
        "displayName": tenant.display_name,
        "createdDateTime": tenant.created_at,
        "verifiedDomains": [_domain(each, tenant) for each in tenant.verified_domains],
    }
    return listing(context, "organization", [(1, {name: values[name] for name in dict.fromkeys((*names, "id"))})])


def list_assigned_to(context: Context) -> Answer:
    """Direct assignments of the application; no delta, so the product reads them all and compares."""
    application = application_of(context)
    every = context.tenant.assignments.to(application["id"])
    return assignments_answer(context, after(every, last_shown(context)))


def list_role_assignments(context: Context) -> Answer:
    names = selected(context.request, _ROLE_ASSIGNMENT) or _ROLE_ASSIGNMENT
    found = parse_filter(context.request.options["$filter"], frozenset({"principalId", "roleDefinitionId"}))
    rows = [
        (number, {name: _role_view(each, number)[name] for name in names})
        for number, each in enumerate(context.tenant.role_assignments, start=1)
        if found.holds(each)
    ]
    return listing(context, "roleManagement/directory/roleAssignments", rows_after(context, rows))


def _deleted(context: Context) -> Person:
    person = context.tenant.people.find_deleted(context.id)
    if person is None:
        raise errors.not_found(context.id)
    return person


def _deleted_view(person: Person, names: tuple[str, ...] | None) -> dict[str, Any]:
    document = {**person.document, "deletedDateTime": moment(person.deleted_at)}
    return user_view(person.id, document, names)


def _domain(name: str, tenant: Tenant) -> dict[str, Any]:
    return {
        "capabilities": "OfficeCommunicationsOnline" if name in tenant.domains_without_mail else _CAPABILITIES,
        "isDefault": name == tenant.verified_domains[0],
        "isInitial": name == tenant.initial_domain.lower(),
        "name": name,
        "type": "Managed",
    }


def application_of(context: Context) -> dict[str, Any]:
    application = context.tenant.service_principals.get(context.id.lower())
    if application is None:
        raise errors.not_found(context.id)
    return application


def _role_view(document: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "id": document.get("id") or f"role-assignment-{number}",
        "principalId": document["principalId"],
        "roleDefinitionId": document["roleDefinitionId"],
        "directoryScopeId": "/",
    }
