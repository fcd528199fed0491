"""What does the judge look at? Two directories now, the target as it was, and the pairs known so far."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from sandbox.judge.directory import Directory, User
from sandbox.judge.history import History, Pair
from sandbox.judge.membership import Filter
from sandbox.judge.scope import Scope, people_in_scope


class Adoption(StrEnum):
    NONE = "none"
    REVIEW = "review"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What of a configuration decides who should be in the target."""

    scope: Scope = field(default_factory=Scope)
    adoption: Adoption = Adoption.REVIEW
    service_principal_id: str | None = None
    filter: Filter = ()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One configuration at one moment."""

    rules: Rules
    source: Directory
    #: The target at the previous judgement; before the first one, the target at the start.
    previous: Directory
    current: Directory
    history: History = field(default_factory=History)
    #: Target objects of other configurations: theirs to judge.
    others: frozenset[str] = frozenset()
    #: The moment of the judgement, to tell a purge after 30 days from a deletion for good.
    now: datetime | None = None

    @cached_property
    def people(self) -> dict[str, User]:
        return people_in_scope(self.source, self.rules.scope, self.rules.service_principal_id, self.rules.filter)

    @cached_property
    def owners(self) -> dict[str, str]:
        """The person each known target object belongs to, by the id of the object."""
        return {pair.target_id: source_id for source_id, pair in self.history.pairs.items()}

    @cached_property
    def holders(self) -> Mapping[str, list[User]]:
        return _by_address(self.previous.users.values())

    @cached_property
    def deleted_holders(self) -> Mapping[str, list[User]]:
        return _by_address(user for user in self.previous.deleted.values() if not self.is_purged(user.id))

    @cached_property
    def appeared(self) -> dict[str, User]:
        """Objects of the target that were not there at the previous judgement, not even deleted."""
        known = (self.previous.users, self.previous.deleted)
        return {user.id: user for user in self.current.users.values() if not any(user.id in there for there in known)}

    @cached_property
    def appeared_by_address(self) -> Mapping[str, list[User]]:
        return _by_address(self.appeared.values())

    @cached_property
    def active(self) -> list[Pair]:
        """Pairs whose object was there at the previous judgement."""
        return [pair for pair in self.history.pairs.values() if pair.target_id in self.previous.users]

    @cached_property
    def leaving(self) -> list[Pair]:
        """Of those, the ones whose person is no longer in scope."""
        return [pair for pair in self.active if pair.source_id not in self.people]

    @cached_property
    def disabled(self) -> list[Pair]:
        """Of those, the ones whose person has been disabled since."""
        staying = (pair for pair in self.active if pair.source_id in self.people)
        return [
            pair
            for pair in staying
            if self.people[pair.source_id].disabled and not self.previous.users[pair.target_id].disabled
        ]

    def is_purged(self, target_id: str) -> bool:
        """Whether a deleted object is gone because it has had its 30 days
        (https://learn.microsoft.com/graph/api/resources/directory)."""
        item = self.previous.deleted.get(target_id)
        if item is None or item.deleted is None or self.now is None:
            return False
        there = target_id in self.current.users or target_id in self.current.deleted
        return not there and (self.now - item.deleted).days >= 30


def _by_address(users: Iterable[User]) -> Mapping[str, list[User]]:
    found: defaultdict[str, list[User]] = defaultdict(list)
    for user in users:
        for address in user.addresses:
            found[address].append(user)
    return found
