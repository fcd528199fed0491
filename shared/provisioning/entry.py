"""What do we know about one person in the source and one object in the target?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.configuration.directory_schema import MANAGER

AttributeValue = str | bool | int | tuple[str, ...] | None
Attributes = Mapping[str, AttributeValue]
"""Values by Graph's property names. A name that is absent and a name that maps to None mean the same: no value."""


class SourceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A user of the source tenant, whole, as one read returned it.

    No dataclass: one is made for each person of each page, and that takes seven times as long.
    """

    id: str
    attributes: Attributes
    group_ids: frozenset[str] | None = None
    """The groups of which the person is a direct member, in lower case; None where nobody asked."""

    def in_groups(self, group_ids: Iterable[str] | None) -> "SourceEntry":
        """Return the person with these memberships."""
        known = None if group_ids is None else frozenset(map(str.lower, group_ids))
        return SourceEntry(id=self.id, attributes=self.attributes, group_ids=known)

    def with_manager(self, manager: str) -> "SourceEntry":
        """Return the person with this manager; empty: none."""
        return SourceEntry(id=self.id, attributes={**self.attributes, MANAGER: manager}, group_ids=self.group_ids)

    def text(self, name: str) -> str | None:
        """Return the attribute if it is text that is not empty, else None."""
        value = self.attributes.get(name)
        return value if isinstance(value, str) and value else None

    @property
    def manager(self) -> str | None:
        """Return the id of the manager, empty where there is none; None where the read did not tell.

        It stands among the attributes, and flows as none of them.
        """
        value = self.attributes.get(MANAGER)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetObject:
    """A user of the target tenant as one read returned it; `deleted` if it came from deleted items."""

    id: str
    attributes: Attributes
    created: datetime | None
    deleted: bool = False
    manager: str | None = None
    """The id of its manager, empty where there is none; None where the read did not tell."""
    deleted_at: datetime | None = None
    """When it was deleted; None where it was not, or where nobody asked."""

    def text(self, name: str) -> str | None:
        """Return the attribute if it is text that is not empty, else None."""
        value = self.attributes.get(name)
        return value if isinstance(value, str) and value else None
