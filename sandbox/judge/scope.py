"""Who should be in the target at all? Internal members, all or the assigned ones, whom the filter lets through."""

from enum import StrEnum

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


def people_in_scope(
    source: Directory, kind: ScopeKind, service_principal_id: str | None, asked: Filter = ()
) -> dict[str, User]:
    """The internal members in scope by id, in the order of their ids."""
    assigned = None if kind is ScopeKind.ALL else _assigned_ids(source, service_principal_id)
    passing = let_through(source, asked)
    entitled = passing if assigned is None else passing & assigned
    chosen = (user for user in source.users.values() if user.id in entitled)
    return {user.id: user for user in sorted(chosen, key=lambda user: user.id) if is_internal_member(user)}


def _assigned_ids(source: Directory, service_principal_id: str | None) -> set[str]:
    """Directly assigned users and direct members of assigned groups; nested groups are not expanded
    (https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#assignment-based-scoping)."""
    assigned: set[str] = set()
    for assignment in source.assignments:
        if service_principal_id and assignment.resource_id not in (None, service_principal_id):
            continue
        if assignment.principal_type == "Group":
            assigned.update(source.members.get(assignment.principal_id, ()))
        else:
            assigned.add(assignment.principal_id)
    return assigned
