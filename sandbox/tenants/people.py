"""Which users does one tenant have, and who holds which address?

Compact: a person is an id, the packed document and three numbers. Everything that changes a user goes through here, so
that indexes, deleted items and the change log always agree.
"""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from random import Random
from typing import Any

from sandbox.tenants.change_log import ChangeLog
from sandbox.tenants.managers import Managers, manager_of
from sandbox.tenants.properties import packed, unpacked
from sandbox.tenants.replication import Replication

#: https://learn.microsoft.com/graph/api/resources/directory#deleted-items: kept 30 days, then purged.
KEPT_SECONDS = 30 * 86_400.0


class Presence(IntEnum):
    ACTIVE = 0
    DELETED = 1
    PURGED = 2


class Person:
    """One user; identity in the log and the indexes, never handed to callers of the API."""

    __slots__ = ("deleted_at", "id", "presence", "sequence", "stored")

    def __init__(self, person_id: str, stored: bytes) -> None:
        self.id = person_id
        self.stored = stored
        self.sequence = 0
        self.presence = Presence.ACTIVE
        self.deleted_at = 0.0

    @property
    def document(self) -> dict[str, Any]:
        return {"id": self.id, **unpacked(self.stored)}


class AddressIndex:
    """Who holds an address, in any spelling, as mail, otherMails or an SMTP proxy, and who signs in by a name?

    Keyed by the hash of the text, because 100,000 second copies of addresses cost more than reading a document.
    """

    __slots__ = ("_holders",)

    def __init__(self) -> None:
        self._holders: dict[int, Person | tuple[Person, ...]] = {}

    def holders(self, address: str) -> tuple[Person, ...]:
        lower = address.lower()
        return tuple(each for each in self._at(lower) if lower in addresses_of(unpacked(each.stored)))

    def named(self, user_principal_name: str) -> Person | None:
        lower = user_principal_name.lower()
        return next((each for each in self._at(lower) if _name_of(unpacked(each.stored)) == lower), None)

    def add(self, person: Person, document: Mapping[str, Any]) -> None:
        for address in _texts_of(document):
            others = self._at(address)
            self._holders[hash(address)] = (*others, person) if others else person

    def remove(self, person: Person, document: Mapping[str, Any]) -> None:
        for address in _texts_of(document):
            others = tuple(each for each in self._at(address) if each is not person)
            if others:
                self._holders[hash(address)] = others[0] if len(others) == 1 else others
            else:
                self._holders.pop(hash(address), None)

    def _at(self, address: str) -> tuple[Person, ...]:
        found = self._holders.get(hash(address), ())
        return found if isinstance(found, tuple) else (found,)


class People:
    """The users of one tenant, present and deleted."""

    def __init__(self, random: Random) -> None:
        self.log: ChangeLog[Person] = ChangeLog()
        self.replication = Replication(random)
        self.managers = Managers()
        self._active: dict[str, Person] = {}
        self._deleted: dict[str, Person] = {}
        self._purged: set[str] = set()
        self._addresses = AddressIndex()
        self._deleted_addresses = AddressIndex()

    def __len__(self) -> int:
        return len(self._active)

    def __iter__(self) -> Iterator[Person]:
        return iter(self._active.values())

    def deleted(self) -> Iterator[Person]:
        return iter(self._deleted.values())

    def find(self, person_id: str) -> Person | None:
        return self._active.get(person_id.lower())

    def find_deleted(self, person_id: str) -> Person | None:
        return self._deleted.get(person_id.lower())

    def ever_had(self, person_id: str) -> bool:
        """Whether an id was ever used: it never names another object."""
        key = key_of(person_id)
        return key in self._active or key in self._deleted or key in self._purged

    def find_by_name(self, user_principal_name: str) -> Person | None:
        return self._addresses.named(user_principal_name)

    def holders(self, address: str) -> tuple[Person, ...]:
        return self._addresses.holders(address)

    def deleted_holders(self, address: str) -> tuple[Person, ...]:
        return self._deleted_addresses.holders(address)

    def create(self, person_id: str, document: Mapping[str, Any], now: float) -> Person:
        person = Person(person_id, packed(document))
        self._activate(person, document)
        self.managers.note(person_id, {}, document)
        self.replication.note(key_of(person_id), self.log.append(person, None), now, None)
        return person

    def load_deleted(self, person_id: str, document: Mapping[str, Any], deleted_at: float) -> Person:
        """A user who was deleted before the world began: no entry in the log."""
        person = Person(person_id, packed({**document, "deletedDateTime": None}))
        self._bury(person, document, deleted_at)
        return person

    def update(self, person: Person, changes: Mapping[str, Any], now: float) -> frozenset[str]:
        """Set properties; the names of those that really changed."""
        before = unpacked(person.stored)
        changed = frozenset(name for name, value in changes.items() if before.get(name, _NEVER) != value)
        if not changed:
            return changed
        after = {**before, **changes}
        if changed & _INDEXED:
            self._forget(person, before)
            self._activate(person, after)
        previous, person.stored = person.stored, packed(after)
        self.managers.note(person.id, before, after)
        self.replication.note(key_of(person.id), self.log.append(person, changed), now, previous)
        return changed

    def delete(self, person: Person, now: float) -> None:
        """Soft: whoever reported to them has no manager from now on."""
        document = unpacked(person.stored)
        for report in self.managers.reports(person.id):
            self.update(self._active[key_of(report)], {"manager": None}, now)
        self.managers.note(person.id, document, {})
        self._forget(person, document)
        self._bury(person, document, now)
        self.replication.forget(key_of(person.id))
        self.log.append(person, None)

    def restore(self, person: Person) -> None:
        self._deleted.pop(key_of(person.id))
        document = unpacked(person.stored)
        self._deleted_addresses.remove(person, document)
        if manager_of(document) and not self.find(manager_of(document)):
            document = {**document, "manager": None}
            person.stored = packed(document)
        self._activate(person, document)
        self.managers.note(person.id, {}, document)
        self.log.append(person, None)

    def purge(self, person: Person) -> None:
        self._deleted.pop(key_of(person.id))
        self._deleted_addresses.remove(person, unpacked(person.stored))
        self._purged.add(key_of(person.id))
        person.presence = Presence.PURGED
        person.stored = packed({})
        self.log.append(person, None)

    def expired(self, now: float) -> tuple[Person, ...]:
        """Deleted users whose 30 days are over; the oldest stand first."""
        found = []
        for person in self._deleted.values():
            if person.deleted_at + KEPT_SECONDS > now:
                break
            found.append(person)
        return tuple(found)

    def _activate(self, person: Person, document: Mapping[str, Any]) -> None:
        person.presence = Presence.ACTIVE
        self._active[key_of(person.id)] = person
        self._addresses.add(person, document)

    def _forget(self, person: Person, document: Mapping[str, Any]) -> None:
        self._addresses.remove(person, document)

    def _bury(self, person: Person, document: Mapping[str, Any], now: float) -> None:
        self._active.pop(key_of(person.id), None)
        person.presence = Presence.DELETED
        person.deleted_at = now
        self._deleted[key_of(person.id)] = person
        self._deleted_addresses.add(person, document)


def key_of(object_id: str) -> str:
    """GUIDs compare without case; most are lower case already and stay the same string object."""
    return object_id if object_id.islower() else object_id.lower()


def addresses_of(document: Mapping[str, Any]) -> set[str]:
    """Every address of a user in lower case, SMTP proxies without their prefix."""
    proxies = (each[5:] for each in document.get("proxyAddresses") or () if each[:5].lower() == "smtp:")
    every = (document.get("mail"), *(document.get("otherMails") or ()), *proxies)
    return {address.lower() for address in every if address}


def _texts_of(document: Mapping[str, Any]) -> set[str]:
    """All by which a user is found: addresses and name."""
    name = _name_of(document)
    return addresses_of(document) | {name} if name else addresses_of(document)


def _name_of(document: Mapping[str, Any]) -> str:
    return (document.get("userPrincipalName") or "").lower()


_NEVER = object()
_INDEXED = frozenset({"mail", "otherMails", "proxyAddresses", "userPrincipalName"})
