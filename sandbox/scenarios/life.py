"""What happens in a company between two cycles? People join, move, marry, are disabled, leave and return."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

from sandbox.judge import Directory, User
from sandbox.judge.mapping import POSITION
from sandbox.judge.scope import is_internal_member
from sandbox.scenarios.managers import other_managers
from sandbox.scenarios.names import CULTURES
from sandbox.scenarios.people import CITIES, DEPARTMENTS, JOB_TITLES, OFFICES, People

Change = dict[str, Any]

#: How many of a hundred people this happens to between two cycles; at least one as long as there is somebody.
OF_A_HUNDRED = {
    "join": 2,
    "move": 4,
    "marry": 1,
    "lose": 2,
    "disable": 1,
    "leave": 1,
    "return": 1,
    "enable": 1,
    "reassign": 1,
    "assign": 1,
    "manage": 2,
}

#: All removals and disables of a run together stay well below the share at which removals are held (20 %).
HIGHEST_SHARE_OF_REMOVALS = 0.15
#: The same for the number (500), in a run and for one kind between two cycles.
MOST_REMOVALS = 300
MOST_REMOVALS_OF_A_KIND = 30
SMALLEST_POPULATION_TO_LEAVE_FROM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeOptions:
    seed: int
    #: Life before the first cycle would be 0; between the first and the second it is 1.
    cycle: int
    service_principal_id: str | None = None
    #: People removed or disabled in earlier cycles of this run.
    removed_so_far: int = 0
    #: What may happen at all; "reassign" comes with "assign".
    kinds: AbstractSet[str] = frozenset(OF_A_HUNDRED)
    #: By kind, the ids of people to whom it must not happen.
    spared: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    #: Addresses that somebody had once: an address is never given to a second person.
    taken: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The changes of the source between two cycles, as the simulated tenants take them."""

    changes: tuple[Change, ...]
    removals: int


def life_between_cycles(source: Directory, options: LifeOptions) -> Life:
    """Seeded: the same directory, seed and cycle give the same changes; nobody is changed in two ways at once."""
    world = _Living(source=source, options=options)
    events = [happen for kind, happen in _EVENTS.items() if kind in options.kinds]
    changes = [change for happen in events for change in happen(world)]
    if "manage" in options.kinds:
        changes += _manage(world, changes)
    return Life(changes=tuple(changes), removals=world.removals)


@dataclass(kw_only=True)
class _Living:
    """Draws people, each at most once."""

    source: Directory
    options: LifeOptions
    chance: Random = field(init=False)
    removals: int = 0
    _remaining: list[User] = field(init=False)
    _population: int = field(init=False)
    _taken_addresses: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(f"life {self.options.seed} {self.options.cycle}")
        self._remaining = sorted(_ordinary(self.source), key=lambda user: user.id)
        self._population = len(self._remaining)
        self.chance.shuffle(self._remaining)
        everybody = (*self.source.users.values(), *self.source.deleted.values())
        self._taken_addresses = {address for user in everybody for address in user.addresses} | self.options.taken

    def draw(
        self, kind: str, *, is_removal: bool = False, among: Callable[[User], bool] = lambda _: True
    ) -> list[User]:
        """So many people as the kind of event happens to; of removals, no more than may go in this run."""
        wanted = (
            min(self.count(kind), MOST_REMOVALS_OF_A_KIND, self._removals_left()) if is_removal else self.count(kind)
        )
        spared = self.options.spared.get(kind, frozenset())
        suitable = (user for user in self._remaining if user.id not in spared and among(user))
        drawn = list(islice(suitable, wanted))
        ids = {user.id for user in drawn}
        self._remaining = [user for user in self._remaining if user.id not in ids]
        if is_removal:
            self.removals += len(drawn)
        return drawn

    def count(self, kind: str) -> int:
        return max(1, self._population * OF_A_HUNDRED[kind] // 100)

    @property
    def undisturbed(self) -> list[str]:
        """Those to whom nothing has happened."""
        return sorted(user.id for user in self._remaining)

    def free_address(self, wanted: str) -> str:
        """The wanted address, or one with a number: an address is never given to a second person."""
        local, _, domain = wanted.partition("@")
        number, address = 1, wanted
        while address.casefold() in self._taken_addresses:
            number += 1
            address = f"{local}{number}@{domain}"
        self._taken_addresses.add(address.casefold())
        return address

    def _removals_left(self) -> int:
        highest = min(int(self._population * HIGHEST_SHARE_OF_REMOVALS), MOST_REMOVALS)
        budget = highest - self.options.removed_so_far - self.removals
        if self._population < SMALLEST_POPULATION_TO_LEAVE_FROM:
            return 0
        # A company too small for the share has room for a few removals: the guard counts from 50 people up.
        return max(budget, 1 if self._population < 50 else 0)


def _ordinary(source: Directory) -> Iterator[User]:
    """Enabled internal members whose mail is their own: what the odd ones show must not be lived away."""
    holders: dict[str, int] = {}
    for user in source.users.values():
        holders[user.address] = holders.get(user.address, 0) + 1
    for user in source.users.values():
        domain = user.address.rpartition("@")[2]
        own = user.address and holders[user.address] == 1 and domain in source.verified_domains
        if own and is_internal_member(user) and not user.disabled:
            yield user


def _join(world: _Living) -> Iterator[Change]:
    options = world.options
    domains = tuple(sorted({user.address.rpartition("@")[2] for user in _ordinary(world.source)}))
    if not domains:
        return
    people = People(seed=f"join {options.seed} {options.cycle}", company="Lindenhof Mills", domains=domains)
    for number in range(world.count("join")):
        person = people.person(accountEnabled=True, createdDateTime=None)
        mail = world.free_address(person["mail"])
        nickname = mail.partition("@")[0].replace("'", "")
        changed = {"mail": mail, "userPrincipalName": mail, "mailNickname": nickname}
        yield {"op": "createUser", "user": {**person, **changed}}
        yield from _enrol(world, person["id"], directly=number % 2 == 0)


def _enrol(world: _Living, person_id: str, *, directly: bool) -> Iterator[Change]:
    """A newcomer is assigned, directly or as a member of an assigned group, where assignments exist."""
    assignments = [each for each in world.source.assignments if _is_ours(world, each.resource_id)]
    groups = sorted(each.principal_id for each in assignments if each.principal_type == "Group")
    if groups and not directly:
        yield {"op": "addMember", "groupId": world.chance.choice(groups), "memberId": person_id}
    elif assignments:
        yield _assign(world, person_id)


def _move(world: _Living) -> Iterator[Change]:
    for user in world.draw("move"):
        city, state, postal_code, street = world.chance.choice(CITIES)
        moved = {
            "department": f"{world.chance.choice(DEPARTMENTS)} {world.options.cycle}",
            "jobTitle": world.chance.choice(JOB_TITLES),
            "officeLocation": world.chance.choice(OFFICES),
            "city": city,
            "state": state,
            "postalCode": postal_code,
            "streetAddress": street,
        }
        yield _update(user, moved)


def _marry(world: _Living) -> Iterator[Change]:
    for user in world.draw("marry"):
        surname, latin = world.chance.choice(world.chance.choice(CULTURES).surnames)
        local, _, domain = user.address.partition("@")
        mail = world.free_address(f"{local.partition('.')[0]}.{latin}@{domain}")
        given = str(user.values[POSITION["givenName"]] or "Alex")
        yield _update(
            user,
            {"surname": surname, "displayName": f"{given} {surname}", "mail": mail, "userPrincipalName": mail},
        )


def _lose(world: _Living) -> Iterator[Change]:
    for user in world.draw("lose"):
        lost = world.chance.sample(("jobTitle", "department", "mobilePhone", "officeLocation", "employeeId"), 3)
        yield _update(user, {**dict.fromkeys(lost), "businessPhones": []})


def _disable(world: _Living) -> Iterator[Change]:
    for user in world.draw("disable", is_removal=True):
        yield _update(user, {"accountEnabled": False})


def _leave(world: _Living) -> Iterator[Change]:
    for user in world.draw("leave", is_removal=True):
        yield {"op": "deleteUser", "id": user.id}


def _return(world: _Living) -> Iterator[Change]:
    """The longest gone first; an address that somebody has meanwhile would keep Graph from restoring."""
    held = {address for user in world.source.users.values() for address in user.addresses}
    spared = world.options.spared.get("return", frozenset())
    deleted = (user for user in world.source.deleted.values() if user.id not in spared)
    gone = [user for user in deleted if is_internal_member(user) and not user.addresses & held]
    gone.sort(key=lambda user: (user.deleted is None, user.deleted, user.id))
    for user in gone[: world.count("return")]:
        yield {"op": "restoreUser", "id": user.id}


def _enable(world: _Living) -> Iterator[Change]:
    """Somebody who was disabled comes back to work, known to the target or not."""
    everybody = sorted(world.source.users.values(), key=lambda user: user.id)
    resting = [user for user in everybody if user.disabled and user.mail and is_internal_member(user)]
    for user in world.chance.sample(resting, min(len(resting), world.count("enable"))):
        yield _update(user, {"accountEnabled": True})


def _reassign(world: _Living) -> Iterator[Change]:
    """Somebody loses an assignment, somebody leaves a group, and others are assigned or join a group."""
    ours = [each for each in world.source.assignments if _is_ours(world, each.resource_id)]
    direct = {each.principal_id for each in ours if each.principal_type == "User"}
    groups = [each.principal_id for each in ours if each.principal_type == "Group"]
    members = {member: group for group in groups for member in world.source.members.get(group, ())}
    for user in world.draw("reassign", is_removal=True, among=lambda user: user.id in direct - members.keys()):
        yield {"op": "unassign", "principalId": user.id}
    for user in world.draw("reassign", is_removal=True, among=lambda user: user.id in members.keys() - direct):
        yield {"op": "removeMember", "groupId": members[user.id], "memberId": user.id}
    outside = _outside(members.keys() | direct)
    for user in world.draw("assign", among=outside) if ours else ():
        yield _assign(world, user.id)
    for user in world.draw("assign", among=outside) if groups else ():
        yield {"op": "addMember", "groupId": world.chance.choice(sorted(groups)), "memberId": user.id}


def _manage(world: _Living, changes: Sequence[Change]) -> Iterator[Change]:
    """Some report to another one, one of them to a newcomer; draws of its own keep all others as they are."""
    chance = Random(f"managers {world.options.seed} {world.options.cycle}")
    newcomers = [change["user"]["id"] for change in changes if change["op"] == "createUser"]
    for person, manager in other_managers(world.undisturbed, newcomers, world.count("manage"), chance):
        yield {"op": "updateUser", "id": person, "set": {"manager": {"id": manager} if manager else None}}


def _outside(assigned: AbstractSet[str]) -> Callable[[User], bool]:
    return lambda user: user.id not in assigned


def _assign(world: _Living, principal_id: str) -> Change:
    change = {"op": "assign", "principalId": principal_id, "principalType": "User"}
    resource_id = world.options.service_principal_id
    return change if resource_id is None else {**change, "resourceId": resource_id}


def _is_ours(world: _Living, resource_id: str | None) -> bool:
    return resource_id is None or world.options.service_principal_id in (None, resource_id)


def _update(user: User, values: Mapping[str, object]) -> Change:
    return {"op": "updateUser", "id": user.id, "set": values}


_EVENTS: Mapping[str, Callable[[_Living], Iterator[Change]]] = {
    "leave": _leave,
    "enable": _enable,
    "disable": _disable,
    "marry": _marry,
    "move": _move,
    "lose": _lose,
    "reassign": _reassign,
    "return": _return,
    "join": _join,
}
