"""Which application permissions does each tenant have to grant, and why?

https://learn.microsoft.com/graph/permissions-reference
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    """Which of the two tenants is set up."""

    SOURCE = "source"
    TARGET = "target"

    @property
    def other(self) -> "Side":
        return Side.TARGET if self is Side.SOURCE else Side.SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One permission; `includes` are greater ones that make it unnecessary."""

    name: str
    reason: str
    includes: frozenset[str] = frozenset()

    def is_in(self, granted: frozenset[str]) -> bool:
        return self.name in granted or not self.includes.isdisjoint(granted)


_USERS: Final = frozenset({"User.ReadWrite.All"})

PERMISSIONS: Final = {
    Side.SOURCE: (
        Permission(name="User.Read.All", reason="reading people and what changed about them", includes=_USERS),
        Permission(
            name="GroupMember.Read.All",
            reason="who is a member of the groups that are assigned, or that a scoping filter names",
            includes=frozenset({"Group.Read.All", "Group.ReadWrite.All"}),
        ),
        Permission(
            name="Application.Read.All",
            reason="the assignments of the enterprise application",
            includes=frozenset({"Application.ReadWrite.All"}),
        ),
        Permission(
            name="Directory.Read.All",
            reason="the assignments of a person, read once more before anybody is removed",
            includes=frozenset({"Directory.ReadWrite.All"}),
        ),
        Permission(
            name="Organization.Read.All",
            reason="the proof that the right tenant answers; its verified domains",
            includes=frozenset({"Organization.ReadWrite.All"}),
        ),
        Permission(name="Policy.Read.All", reason="the redemption setting towards the target"),
    ),
    Side.TARGET: (
        Permission(name="User.Invite.All", reason="inviting people"),
        Permission(name="User.ReadWrite.All", reason="their attributes; disabling, deleting and restoring them"),
        Permission(
            name="Organization.Read.All",
            reason="the initial domain, and the proof that the right tenant answers",
            includes=frozenset({"Organization.ReadWrite.All"}),
        ),
        Permission(name="Policy.Read.All", reason="whether the target still allows it, read with every batch"),
        Permission(
            name="RoleManagement.Read.Directory",
            reason="that nobody who holds a directory role is adopted",
            includes=frozenset({"RoleManagement.ReadWrite.Directory"}),
        ),
    ),
}
"""In the order of docs/operations.md, which says the same."""
