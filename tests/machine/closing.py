"""Law 1: everything has settled; is the target what it must be?

Each person in scope has what is due to them, nobody else is there, and what is not so has a reason that the oracle can
see in the two directories. Law 10: each of it is told by a log record.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.judge import User, read_user
from sandbox.judge.address import domain_of, external_principal_name, is_invitable
from sandbox.judge.comparison import differences
from sandbox.tenants.people import Presence
from shared.cycles.pending import Verdict
from tests.engine.small_world import TARGET_HOST
from tests.machine.objects import By, Origin, TargetObject
from tests.machine.oracle import Oracle
from tests.machine.truth import Standing

REMEMBERED = timedelta(days=32)
"""A purged object's address is claimed for so long: the engine does not see an administrator purge it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The target when all has settled. `excused` are in escrow since before; while `held`, nobody is removed."""

    oracle: Oracle
    excused: Collection[str] = ()
    held: bool = False

    def problems(self) -> Iterator[str]:
        """What is not as it must be."""
        for source_id, history in self.oracle.truth.people.items():
            if source_id not in self.excused:
                standing = history.now
                problems = self._in_scope(source_id, standing) if standing.in_scope else self._out_of_scope(source_id)
                yield from problems

    def has_conflict(self, found: TargetObject) -> bool:
        """May the owner of this object not have the address that the source says now?"""
        person = self._standing(found.owner).user if found.owner else None
        return person is not None and self._conflicts(found.owner, person, found)

    def _standing(self, source_id: str) -> Standing:
        return self.oracle.truth.people[source_id].now

    def _out_of_scope(self, source_id: str) -> Iterator[str]:
        for each in self.oracle.objects.of(source_id):
            if each.live and each.origin is Origin.OURS and not self.held and not self._may_stay(each):
                yield f"{each} should be deleted: its owner is out of scope"

    def _may_stay(self, each: TargetObject) -> bool:
        """Did an administrator restore it, may it stand for somebody else, or cannot it be proved that it has to go?"""
        owners = [self._standing(owner) for owner in each.possible_owners]
        unproved = self.oracle.truth.nobody_is_assigned and any(owner.internal for owner in owners)
        rejected = any(self._is_rejected(owner, disable=False) for owner in each.possible_owners)
        return each.moved is By.ADMINISTRATOR or unproved or rejected or any(owner.in_scope for owner in owners)

    def _is_rejected(self, source_id: str, *, disable: bool) -> bool:
        return self.oracle.last_verdict_on(source_id, disable=disable) is Verdict.REJECTED

    def _in_scope(self, source_id: str, standing: Standing) -> Iterator[str]:
        person, found = standing.user, self.oracle.objects.of(source_id)
        if person is None:
            return
        if not found:
            yield from self._missing(source_id, person)
        elif found[0].live:
            yield from self._different(source_id, person, found[0])
        elif found[0].moved is By.ENGINE and not self._conflicts(source_id, person, found[0]):
            yield f"{found[0]} should be restored"

    def _different(self, source_id: str, person: User, found: TargetObject) -> Iterator[str]:
        if self._conflicts(source_id, person, found) or self._is_adoption_given_up(found):
            return
        shown = read_user({**found.document, "id": found.id})
        for each in differences(person, shown, shown, adopted=found.origin is not Origin.OURS):
            held = self.held or self._is_rejected(source_id, disable=True)
            if not (held and each.attribute == "accountEnabled"):
                yield f"{found}: {each.attribute} should be {each.expected!r}, is {each.found!r}"

    def _is_adoption_given_up(self, found: TargetObject) -> bool:
        """May the engine not know that its one write has adopted the object, and be forbidden to adopt it by now?"""
        adopts = self.oracle.truth.document.now["adoption"] == "automatic"
        return found.origin is Origin.FOREIGN and found.written <= 1 and not adopts

    def _missing(self, source_id: str, person: User) -> Iterator[str]:
        if person.disabled or not person.mail or self._is_known_gone(source_id):
            return
        if self._conflicts(source_id, person, None):
            return
        holders = self._holders(person, None)
        if not holders:
            yield f"{person.name} should have an object"
        elif len(holders) == 1 and self._must_adopt(person, holders[0]):
            yield f"{holders[0]} should be adopted for {person.name}"

    def _is_known_gone(self, source_id: str) -> bool:
        """Did an administrator delete the object, and is it purged? The engine does not look at the target for that."""
        return any(
            source_id in each.possible_owners and each.deleted_by is By.ADMINISTRATOR for each in self.oracle.objects
        )

    def _conflicts(self, source_id: str, person: User, own: TargetObject | None) -> bool:
        """May the person not have the address: by itself, or because it is, or may be, somebody else's?"""
        if person.mail is None:
            return own is not None and not own.live and bool(self._others(own.addresses, own))
        if not is_invitable(person.mail) or domain_of(person.mail) not in self.oracle.truth.source.verified_domains:
            return True
        names = {person.address, *(own.addresses if own is not None and not own.live else ())}
        if self._has_rival(source_id, person):
            return True
        if own is None:
            return self._is_owned(source_id, person)
        return bool(self._others(names, own)) or self._is_remembered(source_id, person, own)

    def _others(self, names: Collection[str], own: TargetObject) -> list[TargetObject]:
        return [each for each in self.oracle.objects.holding(names) if each is not own]

    def _has_rival(self, source_id: str, person: User) -> bool:
        people = self.oracle.truth.people.items()
        return any(
            other != source_id and history.now.user is not None and history.now.user.address == person.address
            for other, history in people
        )

    def _is_owned(self, source_id: str, person: User) -> bool:
        """Has or had somebody else an object with the address?"""
        return any(
            each.possible_owners - {source_id} and person.address in each.addresses and not self._forgotten(each)
            for each in self.oracle.objects
        )

    def _is_remembered(self, source_id: str, person: User, own: TargetObject) -> bool:
        """Is the new address that of somebody whose object is purged, and who has got no other? It is claimed still.

        A claim stands in the way of a change as it does of an invitation, but nobody needs one for what they have.
        """
        if own.mail == person.address:
            return False
        return any(
            each.presence is Presence.PURGED
            and each.mail == person.address
            and not self._forgotten(each)
            and any(not self.oracle.objects.of(owner) for owner in each.possible_owners - {source_id})
            for each in self.oracle.objects
        )

    def _forgotten(self, each: TargetObject) -> bool:
        """Also of whose owner left after that, the engine learns then only that there is no object any more."""
        owners = (self.oracle.truth.due(owner) for owner in each.possible_owners)
        since = max(each.since, *owners) if each.possible_owners else each.since
        return each.presence is Presence.PURGED and self.oracle.truth.time - since > REMEMBERED

    def _holders(self, person: User, own: TargetObject | None) -> list[TargetObject]:
        names = {person.address, external_principal_name(person.address, TARGET_HOST)}
        return [each for each in self.oracle.objects.holding(names) if each is not own]

    def _must_adopt(self, person: User, holder: TargetObject) -> bool:
        if self.oracle.truth.document.now["adoption"] != "automatic" or holder.origin is Origin.DOUBTFUL:
            return False
        if not holder.live or not holder.invited or self.oracle.truth.target.holds_role(holder.id):
            return False
        if holder.mail and domain_of(holder.mail) not in self.oracle.truth.source.verified_domains:
            return False
        created = datetime.fromisoformat(holder.document["createdDateTime"])
        return person.created is not None and created >= person.created
