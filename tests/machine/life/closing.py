"""All has settled: is the target what both sides made of it, by the rules of the document?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.judge import User, read_user
from sandbox.judge.comparison import Difference, differences
from sandbox.tenants.people import Presence
from tests.machine.closing import Closing
from tests.machine.history import Moment
from tests.machine.life.marks import ENABLED, MANAGER, Act, Edit, shown
from tests.machine.life.options import ENFORCE, NOT_LOOKED_AT, Removal, departures, owned, policy, removal
from tests.machine.life.oracle import LifeOracle, values_of
from tests.machine.objects import By, Origin, TargetObject
from tests.machine.truth import Standing

A_FEW_CYCLES = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeClosing(Closing):
    """The target when all has settled, with what others have done there."""

    oracle: LifeOracle

    def is_in_the_way(self, each: TargetObject) -> bool:
        """May the engine not have come to the object, because its person is in escrow or the address is another's?"""
        standing = self.oracle.truth.people[each.owner].now
        if each.owner in self.excused or standing.user is None or len(self.oracle.objects.of(each.owner)) > 1:
            return True
        return each.presence is not Presence.PURGED and self._conflicts(each.owner, standing.user, each)

    def _in_scope(self, source_id: str, standing: Standing) -> Iterator[str]:
        found = self.oracle.objects.of(source_id)
        if not found or found[0].live or found[0].moved is By.ENGINE or standing.user is None:
            yield from Closing._in_scope(self, source_id, standing)
        elif self._comes_back(found[0]) and not self._conflicts(source_id, standing.user, found[0]):
            yield f"{found[0]} should be restored: what the target does is undone"

    def _comes_back(self, each: TargetObject) -> bool:
        """Is a deletion in the target undone?"""
        if each.origin is Origin.DOUBTFUL or not each.owner:
            return False
        if departures(self.oracle.truth.document.now) == ENFORCE:
            return True
        departed = self.oracle.marks[each.id].departed
        return departed is not None and self._is_released(each.owner, each, departed)

    def _is_released(self, source_id: str, each: TargetObject, act: Act) -> bool:
        """Has an operator released the person since, and were they in scope, and drift looked at, from then on?"""
        released = self.oracle.marks[each.id].released
        if released is None or released.number < act.at.number:
            return False
        if any(departures(one) == NOT_LOOKED_AT for one in self.oracle.truth.document.since(released)):
            return False
        return all(one.in_scope for one in self.oracle.truth.standings(source_id, released))

    def _is_known_gone(self, source_id: str) -> bool:
        """Was the object deleted in the target, and is purged, and nobody wants that undone?"""
        gone = [
            each
            for each in self.oracle.objects
            if source_id in each.possible_owners and each.deleted_by is By.ADMINISTRATOR
        ]
        return any(not self._comes_back(each) for each in gone)

    def _different(self, source_id: str, person: User, found: TargetObject) -> Iterator[str]:
        if self._conflicts(source_id, person, found):
            return
        visible = read_user({**found.document, "id": found.id})
        for each in differences(person, visible, visible, adopted=found.origin is not Origin.OURS):
            if not self._is_left(source_id, found, each):
                yield f"{found}: {each.attribute} should be {each.expected!r}, is {each.found!r}"
        yield from self._other_manager(source_id, person, found)

    def _is_left(self, source_id: str, found: TargetObject, each: Difference) -> bool:
        """Is this difference one that is to be left?"""
        document = self.oracle.truth.document.now
        if each.attribute == ENABLED:
            return self._is_enabled_otherwise(source_id, found, expected=each.expected is not False)
        if each.attribute in owned(document):
            return True
        edit = self.oracle.marks[found.id].edits.get(each.attribute)
        if edit is None or edit.value != each.found or policy(document, each.attribute) == ENFORCE:
            return False
        return not self._is_overwritten(source_id, found, edit)

    def _is_enabled_otherwise(self, source_id: str, found: TargetObject, *, expected: bool) -> bool:
        """May it be enabled, or disabled, though its person is not?"""
        document, marks = self.oracle.truth.document.now, self.oracle.marks[found.id]
        if not expected:
            held = self.held or self._is_rejected(source_id, disable=True)
            return held or (ENABLED in marks.edits and policy(document, ENABLED) != ENFORCE)
        if marks.blocked is None or departures(document) == ENFORCE:
            return False
        return not self._is_released(source_id, found, marks.blocked)

    def _is_overwritten(self, source_id: str, found: TargetObject, edit: Edit) -> bool:
        """Has the person changed since the edit, so that all was written? What the target owns is no change."""
        history, level = self.oracle.truth.people[source_id], self.oracle.marks[found.id].level
        left_out = owned(self.oracle.truth.document.now)
        now = values_of(history.now, left_out)
        if level is None or self.held or not history.now.enabled:
            return False
        before = values_of(history.at(level), left_out)
        began = history.began(lambda each: values_of(each, left_out) == now)
        return now != before and began is not None and began > edit.at.time

    def _other_manager(self, source_id: str, person: User, found: TargetObject) -> Iterator[str]:
        wanted, has = self._manager_of(person.manager), shown(MANAGER, found.document.get(MANAGER)) or ""
        if wanted is None or wanted == has:
            return
        edit = self.oracle.marks[found.id].edits.get(MANAGER)
        enforced = policy(self.oracle.truth.document.now, MANAGER) == ENFORCE
        if edit is not None and not enforced and (edit.value or "") == has:
            return
        yield f"{found}: the manager should be {wanted or 'nobody'}, is {has or 'nobody'}"

    def _manager_of(self, source_id: str) -> str | None:
        """Return the object that stands for the manager, empty for none; None where that cannot be said."""
        history = self.oracle.truth.people.get(source_id)
        objects = [] if history is None else self.oracle.objects.of(source_id)
        if history is None or not objects:
            return ""
        found = objects[0]
        certain = found.owner == source_id and len(objects) == 1 and source_id not in self.excused and found.finished
        if not certain:
            return None
        if history.now.in_scope:
            return found.id if found.live else ""
        return None if found.live and (self.held or self._may_stay(found)) else ""

    def _out_of_scope(self, source_id: str) -> Iterator[str]:
        truth = self.oracle.truth
        began = truth.people[source_id].began(lambda each: not each.in_scope) or truth.time
        documents = truth.document.since(Moment(number=truth.moment.number, time=began))
        if any(removal(each).action == "none" for each in documents):
            return
        for each in self.oracle.objects.of(source_id):
            if each.live and each.origin is Origin.OURS and not self.held and not self._may_stay(each):
                yield from self._left_over(each, removal(truth.document.now))

    def _left_over(self, each: TargetObject, said: Removal) -> Iterator[str]:
        marks = self.oracle.marks[each.id]
        if said.deletes_at_once:
            yield f"{each} should be deleted: its owner is out of scope"
        elif not each.disabled and ENABLED not in marks.edits:
            yield f"{each} should be disabled: its owner is out of scope"
        elif said.action == "delete" and marks.left_by and self._is_over(marks.left_by + said.delay):
            yield f"{each} should be deleted: its owner has been out of scope for {said.delay}"

    def _is_over(self, time: datetime) -> bool:
        return self.oracle.truth.time - time > A_FEW_CYCLES
