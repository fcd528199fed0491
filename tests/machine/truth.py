"""What is really so in the source, and what does the operator want? The oracle's own reading of both.

Nothing of this is asked of the engine, nor of Graph: it is read from the simulated directory itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.judge import User, read_user
from sandbox.judge.mapping import POSITION, Value
from sandbox.judge.scope import is_internal_guest, is_internal_member
from sandbox.tenants.people import Person
from sandbox.tenants.tenant import Tenant
from shared.adapters.tables.configurations import STATE, STATES
from shared.cycles.state import ConfigurationState, QuarantineReason
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import APPLICATION, CONFIGURATION, SOURCE, TARGET
from tests.machine.history import History, Moment

BADGE = POSITION["employeeId"]

LAG = timedelta(seconds=30)
"""Replicas show the state before a change for so long; see `lag_seconds` of the profiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One person of the source at one moment; without `user` they are not there."""

    user: User | None
    entitled: bool = False
    principals: frozenset[str] = frozenset()
    """Assigned to one of these they are entitled: themselves, and the groups that they are in."""
    guests: bool = False
    """Does the document let guests of the source come who have an account of its own?"""

    @property
    def internal(self) -> bool:
        if self.user is None:
            return False
        return is_internal_member(self.user) or (self.guests and is_internal_guest(self.user))

    @property
    def in_scope(self) -> bool:
        return self.entitled and self.internal

    @property
    def enabled(self) -> bool:
        return self.user is not None and not self.user.disabled


GONE = Standing(user=None)


class Truth:
    """The people of the source, the document and the partner policy, now and as they were."""

    def __init__(self, local: LocalEngine) -> None:
        self._local = local
        self._number = 0
        self._read: dict[tuple[str, int], User] = {}
        #: Whose employee id is it? Nobody shares one, and it never changes.
        self.badges: dict[Value, str] = {}
        now = self.moment
        #: When all was settled last.
        self.settled = now
        self.people: dict[str, History[Standing]] = {}
        self.document: History[Mapping[str, Any]] = History(now, local.documents[0])
        self.policy: History[bool] = History(now, _allows(self.target))
        self.assigned: History[frozenset[str]] = History(now, self._assigned())
        """Who is assigned, people and groups."""
        self.held: History[bool] = History(now, False)
        self.read_only: History[bool] = History(now, False)
        self.hides_assignments: History[bool] = History(now, False)
        """Does the source say of everybody that they are not assigned, whichever way it is asked?"""
        self.troubled = False
        """Since all was settled last, may a write have been lost, or its answer, or somebody who was about to write?"""
        self.look()

    @property
    def moment(self) -> Moment:
        return Moment(number=self._number, time=self._local.clock.now())

    @property
    def source(self) -> Tenant:
        return self._local.simulation.tenant(SOURCE)

    @property
    def target(self) -> Tenant:
        return self._local.simulation.tenant(TARGET)

    @property
    def time(self) -> datetime:
        return self._local.clock.now()

    def pass_on(self) -> Moment:
        """Let a new moment begin; what the engine says of its quarantine is noted with it."""
        self._number += 1
        self.held.note(self.moment, self.is_held)
        return self.moment

    @property
    def is_held(self) -> bool:
        """Does the engine say, at this very moment, that it holds removals?"""
        quarantine = standing_state(self._local).quarantine
        return quarantine is not None and quarantine.reason is QuarantineReason.TOO_MANY_DELETES

    def look(self) -> None:
        """Note what has changed since the last look; called after each change that anybody but the engine makes."""
        self._number += 1
        moment = self.moment
        self.document.note(moment, self._local.documents[0])
        self.policy.note(moment, _allows(self.target))
        self.assigned.note(moment, self._assigned())
        present = {person.id: self._standing(person) for person in self.source.people}
        for source_id in {**self.people, **present}:
            standing = present.get(source_id, GONE)
            history = self.people.get(source_id)
            if history is None:
                self.people[source_id] = History(moment, standing)
            else:
                history.note(moment, standing)

    def standings(self, source_id: str, began: Moment, slack: timedelta = LAG) -> Iterator[Standing]:
        """How the person stood at any moment since then."""
        history = self.people.get(source_id)
        yield from (GONE,) if history is None else history.since(began, slack)

    def due(self, source_id: str) -> datetime:
        """Since when has the person not been in scope and enabled?"""
        history = self.people.get(source_id)
        if history is None:
            return self.time
        return history.began(lambda standing: not (standing.in_scope and standing.enabled)) or self.time

    def who_had(self, mail: str, began: Moment) -> Iterator[str]:
        """Everybody who had this address at any moment since then, and was in scope since all was settled.

        Whom a cycle found to be entitled is not asked once more before the invitation.
        """
        for source_id in self.people:
            had = any(each.internal and _address(each) == mail for each in self.standings(source_id, began))
            if had and self.seemed_in_scope(source_id, began):
                yield source_id

    def seemed_in_scope(self, source_id: str, began: Moment) -> bool:
        """Can a cycle since all was settled, or since then, have seen the person in scope?

        It reads the assignments and the memberships one after the other: neither has to have been there with the other.
        """
        settled = min(self.settled, began, key=lambda moment: moment.number)
        standings = [each for each in self.standings(source_id, settled) if each.internal]
        assigned = frozenset[str]().union(*self.assigned.since(settled, LAG))
        return any(each.entitled or not assigned.isdisjoint(each.principals) for each in standings)

    @property
    def nobody_is_assigned(self) -> bool:
        """Is the list of assignments empty? Then being in none of them proves nothing."""
        if self._entitles_everybody:
            return False
        return not any(self.source.is_present(each.principal_id) for each in self.source.assignments.to(APPLICATION))

    def _standing(self, person: Person) -> Standing:
        key = (person.id, person.sequence)
        if key not in self._read:
            self._read[key] = read_user(person.document)
            self.badges[self._read[key].values[BADGE]] = person.id
        guests = self._local.documents[0]["scope"].get("internalGuests", False)
        principals = frozenset({person.id, *(group.id for group in self.source.groups.of(person.id))})
        entitled = self._entitles_everybody or not self._assigned().isdisjoint(principals)
        return Standing(user=self._read[key], entitled=entitled, principals=principals, guests=guests)

    @property
    def _entitles_everybody(self) -> bool:
        return bool(self._local.documents[0]["scope"]["kind"] == "all")

    def _assigned(self) -> frozenset[str]:
        return frozenset(each.principal_id for each in self.source.assignments.to(APPLICATION))


def standing_state(local: LocalEngine) -> ConfigurationState:
    """The state row as it stands in storage, without giving way to anybody."""
    row = local.tables.rows("configurations")._partitions[STATES].rows[CONFIGURATION]
    return STATE.value(row, configuration_id=CONFIGURATION, etag=row.etag)


def _address(standing: Standing) -> str:
    return standing.user.address if standing.user is not None else ""


def _allows(target: Tenant) -> bool:
    partner = target.partners.get(SOURCE, {})
    inbound = (partner.get("identitySynchronization") or {}).get("userSyncInbound") or {}
    return bool(inbound.get("isSyncAllowed"))
