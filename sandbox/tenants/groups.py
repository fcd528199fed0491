"""Which groups does one tenant have, and who is in them?

Memberships are numbered events in one log, so that a delta of members is a walk along it: the newest event of a member
in a group counts, older ones are stale.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.tenants.people import key_of


class Group:
    """A group; `events` maps each member that ever was to its newest event, negative when it left."""

    __slots__ = ("description", "display_name", "events", "gone", "id", "sequence")

    def __init__(self, group_id: str, display_name: str, description: str | None = None) -> None:
        self.id = group_id
        self.display_name = display_name
        self.description = description
        self.events: dict[str, int] = {}
        self.gone = False
        self.sequence = 0

    def members(self) -> Iterator[tuple[int, str]]:
        """Present members with their event numbers, ascending."""
        return ((number, member) for member, number in self.events.items() if number > 0)


@dataclass(frozen=True, slots=True)
class MembershipEvent:
    """A member came or went; without a member the group itself changed."""

    group: Group
    member: str | None


class Groups:
    """All groups of one tenant with the log of what happened to them."""

    def __init__(self) -> None:
        self.log: list[MembershipEvent] = []
        self._groups: dict[str, Group] = {}
        self._of_member: dict[str, list[Group]] = {}
        self._of_absent: dict[str, list[Group]] = {}
        self._ever: set[str] = set()

    def __iter__(self) -> Iterator[Group]:
        return iter(self._groups.values())

    def find(self, group_id: str) -> Group | None:
        return self._groups.get(group_id.lower())

    def of(self, member_id: str) -> tuple[Group, ...]:
        """The groups somebody is a direct member of."""
        return tuple(self._of_member.get(key_of(member_id), ()))

    def all_of(self, member_id: str) -> tuple[Group, ...]:
        """The groups somebody is in, directly or by groups within groups; a cycle is walked once."""
        found = dict[str, Group]()
        edge = self.of(member_id)
        while edge:
            found |= {key_of(group.id): group for group in edge}
            outer = (group for inner in edge for group in self.of(inner.id))
            edge = tuple({key_of(group.id): group for group in outer if key_of(group.id) not in found}.values())
        return tuple(found.values())

    def ever_had(self, group_id: str) -> bool:
        """Is, or was, this the id of a group?"""
        return key_of(group_id) in self._ever

    def create(self, group_id: str, display_name: str, description: str | None = None) -> Group:
        group = Group(group_id, display_name, description)
        self._groups[key_of(group_id)] = group
        self._ever.add(key_of(group_id))
        group.sequence = self._note(group, None)
        return group

    def rename(self, group: Group, display_name: str) -> None:
        group.display_name = display_name
        group.sequence = self._note(group, None)

    def delete(self, group: Group) -> None:
        """Gone for good: https://learn.microsoft.com/graph/api/group-delete keeps only Microsoft 365 groups."""
        for outer in self.of(group.id):
            self.remove(outer, group.id)
        for _, member in list(group.members()):
            self._of_member[key_of(member)].remove(group)
        del self._groups[key_of(group.id)]
        group.gone = True
        group.events.clear()
        group.sequence = self._note(group, None)
        for absent in self._of_absent.values():
            if group in absent:
                absent.remove(group)

    def add(self, group: Group, member_id: str) -> bool:
        """Add a member; False if it is one already."""
        if group.events.get(member_id, 0) > 0:
            return False
        group.events.pop(member_id, None)  # back to the end: the order of the dict is the order of the events
        group.events[member_id] = self._note(group, member_id)
        self._of_member.setdefault(key_of(member_id), []).append(group)
        return True

    def remove(self, group: Group, member_id: str) -> bool:
        """Remove a member; False if it is none."""
        if group.events.get(member_id, 0) <= 0:
            return False
        group.events.pop(member_id)
        group.events[member_id] = -self._note(group, member_id)
        self._of_member[key_of(member_id)].remove(group)
        return True

    def hide(self, member_id: str) -> None:
        """A soft-deleted user leaves every group; which ones is remembered for the restore."""
        groups = self.of(member_id)
        for group in groups:
            self.remove(group, member_id)
        if groups:
            self._of_absent[key_of(member_id)] = list(groups)

    def show(self, member_id: str) -> None:
        """A restored user is back in the groups that still exist."""
        for group in self._of_absent.pop(key_of(member_id), ()):
            self.add(group, member_id)

    def forget(self, member_id: str) -> None:
        """A purged user has no groups to come back to."""
        self._of_absent.pop(key_of(member_id), None)

    def _note(self, group: Group, member: str | None) -> int:
        self.log.append(MembershipEvent(group, member))
        return len(self.log)
