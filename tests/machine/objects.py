"""What does the oracle know of each object of the target: whose work it is, and for whom it stands?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sandbox.tenants.people import Presence, addresses_of
from tests.machine.history import Moment


class Origin(StrEnum):
    OURS = "ours"
    """An invitation of the engine made it."""
    FOREIGN = "foreign"
    DOUBTFUL = "doubtful"
    """An administrator made it while the engine was about to invite the same address: nobody could tell whose it is."""


class By(StrEnum):
    ENGINE = "engine"
    ADMINISTRATOR = "administrator"


@dataclass(slots=True, kw_only=True)
class TargetObject:
    """An object; several owners are those who had the address, until its attributes say who it is."""

    id: str
    origin: Origin
    document: Mapping[str, Any]
    presence: Presence = Presence.ACTIVE
    owners: frozenset[str] = frozenset()
    adopted_by: str = ""
    finished: bool = False
    """Its attributes have been written once."""
    written: int = 0
    """How often its attributes have been written."""
    moved: By = By.ADMINISTRATOR
    """Who deleted, restored or made it last."""
    deleted_by: By = By.ADMINISTRATOR
    deleted_at: Moment | None = None
    removed: bool = False
    """Was the last that the engine did to it a removal?"""
    since: datetime
    """When it was deleted, restored or made last."""
    addresses: frozenset[str] = field(default=frozenset())

    @property
    def owner(self) -> str:
        """The person whom it stands for; empty while that is not certain, or if it stands for nobody."""
        if self.adopted_by:
            return self.adopted_by
        return next(iter(self.owners)) if len(self.owners) == 1 else ""

    @property
    def possible_owners(self) -> frozenset[str]:
        return frozenset({self.adopted_by}) if self.adopted_by else self.owners

    @property
    def live(self) -> bool:
        return self.presence is Presence.ACTIVE

    @property
    def mail(self) -> str:
        return (self.document.get("mail") or "").casefold()

    @property
    def badge(self) -> str:
        return self.document.get("employeeId") or ""

    @property
    def disabled(self) -> bool:
        return self.document.get("accountEnabled") is False

    @property
    def invited(self) -> bool:
        """Is it a B2B user?"""
        name = self.document.get("userPrincipalName") or ""
        return self.document.get("creationType") == "Invitation" or "#EXT#" in name.upper()

    def show(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.addresses = frozenset({*addresses_of(document), (document.get("userPrincipalName") or "").casefold()})

    def __str__(self) -> str:
        return f"{self.origin} object {self.id} <{self.mail}> of {self.badge or sorted(self.possible_owners)}"


class TargetObjects:
    """Every object that the target has or had."""

    def __init__(self) -> None:
        self._known: dict[str, TargetObject] = {}

    def __iter__(self) -> Iterator[TargetObject]:
        return iter(self._known.values())

    def add(self, found: TargetObject) -> TargetObject:
        self._known[found.id] = found
        found.show(found.document)
        return found

    def find(self, object_id: str) -> TargetObject | None:
        return self._known.get(object_id)

    def of(self, source_id: str) -> list[TargetObject]:
        """The objects that may stand for a person and are not purged, present ones first."""
        found = [each for each in self if source_id in each.possible_owners and each.presence is not Presence.PURGED]
        return sorted(found, key=lambda each: each.presence)

    def holding(self, names: Iterable[str]) -> list[TargetObject]:
        """Present and deleted objects that have one of these addresses or names."""
        wanted = frozenset(names)
        return [each for each in self if each.presence is not Presence.PURGED and wanted & each.addresses]
