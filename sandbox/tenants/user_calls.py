"""What do reads, updates and deletes of single users answer?"""

from collections.abc import Iterable
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.assignments import Assignment
from sandbox.tenants.context import (
    Context,
    entity,
    last_shown,
    listing,
    selected,
    selected_user_properties,
    user_view,
)
from sandbox.tenants.exchange import Answer, GraphError
from sandbox.tenants.filters import Both, Either, Equal, Filter, parse_filter
from sandbox.tenants.group_calls import memberships
from sandbox.tenants.managers import USER_TYPE, manager_of
from sandbox.tenants.patching import patched
from sandbox.tenants.people import Person, key_of
from sandbox.tenants.properties import EXTENSION_ATTRIBUTES, unpacked
from sandbox.tenants.searching import Words, parse_search, parse_users_filter
from sandbox.tenants.tenant import Tenant

FILTERABLE = frozenset(
    {
        "id",
        "userPrincipalName",
        "mail",
        "otherMails",
        "proxyAddresses",
        "mailNickname",
        "displayName",
        "givenName",
        "surname",
        "creationType",
        "externalUserState",
        "userType",
        "employeeId",
        *(f"onPremisesExtensionAttributes/{each}" for each in EXTENSION_ATTRIBUTES),
    }
)
EXPANDED = "manager($select=id)"
_ASSIGNMENT = ("id", "deletedDateTime", "appRoleId", "createdDateTime", "principalDisplayName", "principalId")
_ASSIGNMENT_PROPERTIES = (*_ASSIGNMENT, "principalType", "resourceDisplayName", "resourceId")


def get_user(context: Context) -> Answer:
    names = selected_user_properties(context)
    person = existing(context)
    stored = replicated(context, person)
    if stored is None:
        raise errors.not_found(context.id)
    document = unpacked(stored)
    return entity(context, "users", {**user_view(person.id, document, names), **_expanded(context, document)})


def list_users(context: Context) -> Answer:
    names = selected_user_properties(context)
    found = _wanted(context)
    people, replication = context.tenant.people, context.tenant.people.replication
    rows = []
    for person in _candidates(context.tenant, found):
        stored = replication.by_filter(key_of(person.id), person.stored, context.now)
        if stored is None:
            continue
        document = {**unpacked(stored), "id": person.id}
        if people.find(person.id) is person and found.holds(document):
            rows.append((person.sequence, user_view(person.id, document, names)))
    return listing(context, "users", rows_after(context, rows))


def update_user(context: Context) -> Answer:
    person = existing(context)
    if replicated(context, person) is None:
        raise errors.not_replicated()
    changes = patched(context.tenant, person, context.request.document)
    context.tenant.people.update(person, changes, context.now)
    return Answer(status=204)


def delete_user(context: Context) -> Answer:
    """Soft: 30 days in the deleted items."""
    person = existing(context)
    if context.tenant.holds_role(person.id):
        raise errors.denied()
    context.tenant.delete_user(person, context.now)
    return Answer(status=204)


def list_groups_of_user(context: Context) -> Answer:
    """Direct memberships only."""
    return memberships(context, context.tenant.groups.of(existing(context).id))


def list_all_groups_of_user(context: Context) -> Answer:
    """Memberships by groups within groups too: https://learn.microsoft.com/graph/api/user-list-transitivememberof"""
    return memberships(context, context.tenant.groups.all_of(existing(context).id))


def list_assignments_of_user(context: Context) -> Answer:
    """With ConsistencyLevel: eventual also those of the direct groups, as the page says."""
    person = existing(context)
    eventual = context.request.headers.get("consistencylevel", "").lower() == "eventual"
    if not eventual and {"$filter", "$count"} & set(context.request.options):
        raise errors.unsupported_query("$filter and $count need the header ConsistencyLevel: eventual.")
    holders = [person.id, *(group.id for group in context.tenant.groups.of(person.id) if eventual)]
    found = [each for holder in holders for each in context.tenant.assignments.of(holder)]
    return assignments_answer(context, _matching(context, found))


def existing(context: Context) -> Person:
    """The user whom the path names by id or user principal name (its # escaped as %23)."""
    people = context.tenant.people
    person = people.find(context.id) or people.find_by_name(context.id)
    if person is None:
        raise errors.not_found(context.id)
    return person


def replicated(context: Context, person: Person) -> bytes | None:
    """The user as the replica that answers has it; None if it does not have the user yet."""
    return context.tenant.people.replication.by_id(key_of(person.id), person.stored, context.now)


def assignments_answer(context: Context, found: Iterable[Assignment]) -> Answer:
    names = selected(context.request, _ASSIGNMENT_PROPERTIES) or _ASSIGNMENT_PROPERTIES
    if context.faults.happens(context.switches.empty_assignments):
        found = ()
    present = (each for each in found if context.tenant.is_present(each.principal_id))
    last, top = last_shown(context), context.top()
    rows: list[tuple[int, dict[str, Any]]] = []
    for assignment in present:
        if assignment.number > last:
            rows.append((assignment.number, _assignment_view(context.tenant, assignment, names)))
        if len(rows) > top:
            break
    return listing(context, "appRoleAssignments", rows)


def rows_after(context: Context, rows: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, dict[str, Any]]]:
    """The rows of one page and one more, in order of their numbers."""
    last = last_shown(context)
    ordered = sorted((row for row in rows if row[0] > last), key=lambda row: row[0])
    return ordered[: context.top() + 1]


def _wanted(context: Context) -> Filter | Words:
    asked = {"$filter", "$search"} & set(context.request.options)
    if asked == {"$search"}:
        return parse_search(context.request)
    if len(asked) > 1:
        raise errors.bad_request("The product never sends this call with both $filter and $search.")
    return parse_users_filter(context.request, FILTERABLE | context.tenant.extension_properties)


def _expanded(context: Context, document: dict[str, Any]) -> dict[str, Any]:
    """The part of a user that $expand asks for; somebody without a manager has no such property."""
    asked = context.request.options.get("$expand")
    if asked is None:
        return {}
    if asked != EXPANDED:
        raise GraphError(400, "BadRequest", f"Parsing OData Select and Expand failed: '{asked}' is not of the product.")
    manager = context.tenant.people.find(manager_of(document))
    return {} if manager is None else {"manager": {"@odata.type": USER_TYPE, "id": manager.id}}


def _matching(context: Context, found: list[Assignment]) -> list[Assignment]:
    ordered = sorted(found, key=lambda each: each.number)
    text = context.request.options.get("$filter")
    if text is None:
        return ordered
    clause = parse_filter(text, frozenset({"resourceId"}))
    return [each for each in ordered if clause.holds({"resourceId": each.resource_id})]


def _assignment_view(tenant: Tenant, assignment: Assignment, names: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": assignment.id,
        "deletedDateTime": None,
        "appRoleId": assignment.app_role_id,
        "createdDateTime": assignment.created,
        "principalId": assignment.principal_id,
        "principalType": assignment.principal_type,
        "resourceId": assignment.resource_id,
    }
    if "principalDisplayName" in names:
        group, person = tenant.groups.find(assignment.principal_id), tenant.people.find(assignment.principal_id)
        values["principalDisplayName"] = group.display_name if group else person and person.document.get("displayName")
    if "resourceDisplayName" in names:
        application = tenant.service_principals.get(key_of(assignment.resource_id), {})
        values["resourceDisplayName"] = application.get("displayName")
    return {name: values[name] for name in names}


def _candidates(tenant: Tenant, found: Filter | Words) -> Iterable[Person]:
    """Everybody who could match: by index where each alternative names an indexed property, else all."""
    people = _indexed(tenant, found)
    return tenant.people if people is None else list(dict.fromkeys(people))


def _indexed(tenant: Tenant, found: Filter | Words) -> list[Person] | None:
    if isinstance(found, Equal):
        return _holders(tenant, found)
    if not isinstance(found, Both | Either):
        return None
    parts = [_indexed(tenant, part) for part in found.parts]
    if isinstance(found, Both):
        return next((part for part in parts if part is not None), None)
    if any(part is None for part in parts):
        return None
    return [person for part in parts for person in part or ()]


def _holders(tenant: Tenant, clause: Equal) -> list[Person] | None:
    if not isinstance(clause.value, str):
        return None
    match clause.name:
        case "id":
            one = tenant.people.find(clause.value)
        case "userPrincipalName":
            one = tenant.people.find_by_name(clause.value)
        case "mail" | "otherMails" | "proxyAddresses":
            return list(tenant.people.holders(clause.value.removeprefix("smtp:")))
        case _:
            return None
    return [one] if one else []
