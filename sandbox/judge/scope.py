"""Who should be in the target at all? Internal members, all or the assigned ones, whom the filter lets through."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandbox.judge.directory import Directory, User
from sandbox.judge.membership import Filter, let_through


class ScopeKind(StrEnum):
    ALL = "all"
    ASSIGNED = "assigned"


def is_internal_member(user: User) -> bool:
    """A user without a type counts as a member; whoever came by invitation is not internal, whatever the type says."""
    if (user.user_type or "Member").casefold() != "member":
        return False
    return not (user.is_collaboration_user or user.external_user_state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a document says of its scope."""

    kind: ScopeKind = ScopeKind.ALL
    nested_groups: bool = False
    internal_guests: bool = False


def read_scope(document: Mapping[str, Any]) -> Scope:
    """The scope of a configuration's document."""
    scope = document.get("scope") or {}
    return Scope(
        kind=ScopeKind(scope.get("kind", "all")),
        nested_groups=scope.get("nestedGroups") is True,
        internal_guests=scope.get("internalGuests") is True,
    )


def is_internal_guest(user: User) -> bool:
    """A guest whose account was made in the tenant itself: no invitation, no sign-up, no state of either."""
    if (user.user_type or "").casefold() != "guest":
        return False
    return not (user.is_collaboration_user or user.external_user_state or user.creation_type)


def people_in_scope(
    source: Directory, scope: Scope, service_principal_id: str | None, asked: Filter = ()
) -> dict[str, User]:
    """The people in scope by id, in the order of their ids."""
    assigned = None if scope.kind is ScopeKind.ALL else _assigned_ids(source, scope, service_principal_id)
    passing = let_through(source, asked)
    entitled = passing if assigned is None else passing & assigned
    chosen = (user for user in source.users.values() if user.id in entitled)
    return {
        user.id: user
        for user in sorted(chosen, key=lambda user: user.id)
        if is_internal_member(user) or (scope.internal_guests and is_internal_guest(user))
    }


def _assigned_ids(source: Directory, scope: Scope, service_principal_id: str | None) -> set[str]:
    """Directly assigned users and direct members of assigned groups; nested groups are not expanded by Entra
    (https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#assignment-based-scoping),
    and here where the document asks for it."""
    assigned: set[str] = set()
    for assignment in source.assignments:
        if service_principal_id and assignment.resource_id not in (None, service_principal_id):
            continue
        if assignment.principal_type == "Group":
            assigned.update(source.members.get(assignment.principal_id, ()))
        else:
            assigned.add(assignment.principal_id)
    return _expanded(source, assigned) if scope.nested_groups else assigned


def _expanded(source: Directory, ids: set[str]) -> set[str]:
    """These, and the members of the groups among them, until nobody new comes."""
    known = ids
    while new := {member for each in ids for member in source.members.get(each, ())} - known:
        known, ids = known | new, new
    return known
