"""May the engine do that to somebody whom others in the target have edited, blocked or deleted?

It knows what was done there from whoever did it (the machine), the source from its directory, and the rules from the
document. What only the engine could know, it does not ask; where a worker died or an answer was lost, it leaves open
what the engine may take for its own (decision 53).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sandbox.judge.mapping import POSITION, Value
from sandbox.tenants.exchange import Request
from sandbox.tenants.people import Person, Presence
from shared.cycles.pending import Verdict
from tests.machine.history import Moment
from tests.machine.life.marks import ENABLED, MANAGER, Act, Edit, Marks, shown
from tests.machine.life.matrix import Row, reach
from tests.machine.life.options import (
    ENFORCE,
    REPORT,
    STICKY,
    TARGET_OWNED,
    Document,
    all_sticky,
    departures,
    owned,
    policy,
    removal,
)
from tests.machine.objects import By, Origin, TargetObject
from tests.machine.oracle import NO_TIME, Oracle
from tests.machine.run import ACTING, Run
from tests.machine.truth import Standing, Truth

CLOCKS = timedelta(minutes=15)
"""What is deleted so soon after we did it, and was restored in between, is taken for what we did."""


class LifeOracle(Oracle):
    """Follows what both sides do to each object."""

    def __init__(self, truth: Truth, released: Callable[[], int]) -> None:
        self.marks = defaultdict[str, Marks](Marks)
        self._cleared: list[tuple[TargetObject, str, Run]] = []
        """Who has lost their manager in a run, if it was not because the manager's object went."""
        self._overruled: dict[tuple[str, bool], Moment] = {}
        """Who was disabled (or, False, removed), whatever was decided about that: by the target, or on demand."""
        super().__init__(truth, released)

    # what others do

    def edited(self, object_id: str, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Hear what an administrator of the target has written; `before` is what was there."""
        known, marks = self.objects.find(object_id), self.marks[object_id]
        if known is None:
            return
        for name, value in values.items():
            found = shown(name, value)
            if found == shown(name, before.get(name)):
                continue
            marks.edits[name] = Edit(value=found, at=self.truth.moment)
            if name == ENABLED:
                self._switched(known, marks, enabled=bool(value))

    def _switched(self, known: TargetObject, marks: Marks, *, enabled: bool) -> None:
        """Somebody has blocked the object, or lifted that. Whoever had been disabled by us is not blocked by them."""
        if enabled:
            marks.blocked = None
        elif self._stayed(known, marks, lambda each: each.in_scope and not each.enabled):
            del marks.edits[ENABLED]
        else:
            sure = self._stayed(known, marks, lambda each: each.in_scope and each.enabled)
            marks.blocked = Act(at=self.truth.moment, sure=sure and not self.truth.troubled)
        if not enabled:
            self._overruled[known.owner, True] = self.truth.moment

    def _verdict_on(self, source_id: str, *, disable: bool) -> Verdict:
        verdict, since = super()._verdict_on(source_id, disable=disable), self._overruled.get((source_id, disable))
        if since is None or verdict is Verdict.NONE:
            return verdict
        return Verdict.NONE if since.number > self.verdicts[source_id].at.number else verdict

    def _check_guard(self, known: TargetObject, run: Run, *, disable: bool) -> None:
        super()._check_guard(known, run, disable=disable)
        if run.on_demand:
            self._overruled[known.owner, disable] = self.truth.moment

    def _stayed(self, known: TargetObject, marks: Marks, so: Callable[[Standing], bool]) -> bool:
        """Was the owner such all the time since the engine had surely written the object?"""
        if marks.level is None or not known.owner:
            return False
        return all(map(so, self.truth.standings(known.owner, marks.level, NO_TIME)))

    def released(self, source_ids: Collection[str]) -> None:
        """Hear whom an operator has released, by what the engine has answered."""
        for each in self.objects:
            if each.possible_owners & set(source_ids):
                self.marks[each.id].released = self.truth.moment

    def changed(self, person: Person, names: frozenset[str] | None) -> None:
        """Hear of a change of the target; of managers too, who go without anybody's word when their object does."""
        known = self.objects.find(person.id)
        before = Presence.PURGED if known is None else known.presence
        super().changed(person, names)
        marks = self.marks[person.id]
        if MANAGER in (names or ()) and (MANAGER in marks.edits or ACTING.get() is None):
            self._other_manager(marks, shown(MANAGER, person.document.get(MANAGER)))
        if known is not None and person.presence is not before:
            self._came_or_went(known, marks, before)

    def _other_manager(self, marks: Marks, now: Value) -> None:
        """What somebody had written is overwritten by the engine, or is gone with the object that it named."""
        if now and ACTING.get() is not None:
            del marks.edits[MANAGER]
        else:
            marks.edits[MANAGER] = Edit(value=now, at=self.truth.moment)

    def _came_or_went(self, known: TargetObject, marks: Marks, before: Presence) -> None:
        if known.presence is Presence.ACTIVE:
            marks.departed = None
        elif before is Presence.ACTIVE and known.moved is By.ADMINISTRATOR:
            just_removed = marks.removed is not None and self.truth.time - marks.removed <= CLOCKS
            stayed = self._stayed(known, marks, lambda each: each.in_scope)
            sure = stayed and not just_removed and not self.truth.troubled
            marks.departed = Act(at=self.truth.moment, sure=sure)
            self._overruled |= {(known.owner, disable): self.truth.moment for disable in (True, False)}
        elif before is Presence.ACTIVE:
            marks.removed = self.truth.time

    # what the engine does

    def asked(self, request: Request) -> None:
        """Hear a request; whose object goes is nobody's manager from then on."""
        super().asked(request)
        if request.method == "DELETE" and len(request.path) == 2:
            self._cleared = [each for each in self._cleared if each[1] != request.path[1]]

    def look_at_cleared(self) -> None:
        """Judge whoever has lost their manager without that one's object having gone."""
        cleared, self._cleared = self._cleared, []
        for known, manager, run in cleared:
            if self._keeps(known, manager, run):
                self._break_in(run, "of managers", f"{known} has lost the manager, who is there and is the source's")

    def _keeps(self, known: TargetObject, manager: str, run: Run) -> bool:
        """Was this object the one of the source's manager, in scope and there all the time?"""
        since = min(self.truth.settled, run.began, key=lambda moment: moment.number)
        sources = {each.user.manager if each.user else "" for each in self.truth.standings(known.owner, since)}
        found = self.objects.find(manager)
        if found is None or sources != {found.owner} or not found.owner or not found.live:
            return False
        leads = all(each.in_scope for each in self.truth.standings(found.owner, since))
        return leads and found.since < since.time and not self.truth.troubled

    def _documents(self, since: Moment, run: Run) -> list[Document]:
        """Every document that was in force since then, or since the run began."""
        return list(self.truth.document.since(min(since, run.began, key=lambda moment: moment.number)))

    def _undoes(self, known: TargetObject, run: Run) -> bool:
        """May what the target has done to the object as a whole be undone?"""
        enforced = any(departures(each) == ENFORCE for each in self._documents(run.began, run))
        return enforced or self.marks[known.id].released is not None

    def _is_kept(self, act: Act | None, known: TargetObject, run: Run) -> bool:
        """Must what the target has done stay, whatever the source does?"""
        if act is None or self.marks[known.id].released is not None or act.at.number > run.began.number:
            return False
        if not all_sticky(self._documents(act.at, run)):
            return False
        return act.known or (act.sure and not self.truth.troubled)

    def _stays_away(self, known: TargetObject, run: Run) -> bool:
        """Is it to stay deleted? A removal that came before anybody had seen that it was gone may have been ours."""
        departed = self.marks[known.id].departed
        if departed is None or not self._is_kept(departed, known, run):
            return False
        return departed.known or all(each.in_scope for each in self.truth.standings(known.owner, departed.at))

    def _made(self, person: Person, run: Run | None) -> None:
        super()._made(person, run)
        made = self.objects.find(person.id)
        if run is None or made is None:
            return
        gone = [each for each in self.objects if each is not made and each.owner and each.owner in made.owners]
        for each in gone:
            if self._stays_away(each, run):
                self._break("of departures", f"{made} was made, and {each} had been deleted in the target")

    def _check_restore(self, known: TargetObject, run: Run) -> None:
        reach(Row.BACK)
        undone = self._undoes(known, run)
        if self._stays_away(known, run):
            self._break("of departures", f"{known} was restored, and it was the target that had deleted it")
        elif known.origin is Origin.FOREIGN and not (known.adopted_by and undone):
            self._break("5", f"{known} was restored")
        elif not any(self._was_in_scope(owner, run.began) for owner in known.possible_owners):
            self._break("1", f"{known} was restored, and its owner was not in scope")
        elif known.deleted_by is By.ADMINISTRATOR and not undone and not self._left_since(known):
            self._break("5", f"{known} was restored, and it was an administrator who had deleted it")

    def _check_removal(self, known: TargetObject, run: Run) -> None:
        super()._check_removal(known, run)
        said = [removal(each) for each in self._documents(run.began, run)]
        deleting = [each.delay for each in said if each.action == "delete"]
        if not deleting:
            self._break("of removal", f"{known} was deleted, and the document deletes nobody")
        elif known.owner and not self._is_out_since(known.owner, min(deleting)):
            self._break("of removal", f"{known} was deleted before the document's days were over")
        row = self._row_of_removal(known, min(deleting, default=NO_TIME))
        self.marks[known.id].unassigned = row is Row.UNASSIGNED
        reach(row)

    def _is_out_since(self, source_id: str, delay: timedelta) -> bool:
        """Was the person out of scope that long ago?"""
        history = self.truth.people.get(source_id)
        return history is None or any(not each.in_scope for each in history.before(self.truth.time - delay))

    def _row_of_removal(self, known: TargetObject, delay: timedelta) -> Row:
        history, people = self.truth.people.get(known.owner), self.truth.source.people
        if delay:
            return Row.DELETED_LATER
        if history is None or history.now.user is None:
            return Row.SOFT_DELETED if people.find_deleted(known.owner) else Row.HARD_DELETED
        if not history.now.internal:
            return Row.ANOTHER_TYPE
        return Row.DISABLED_AND_LEFT if known.disabled and not history.now.enabled else Row.UNASSIGNED

    def _check_update(self, known: TargetObject, document: dict[str, Any], names: frozenset[str], run: Run) -> None:
        finished, before, marks = known.finished, known.document, self.marks[known.id]
        if document.get("employeeId") is None and self._is_orphan_switched_off(known, document, names, run):
            self._check_guard(known, run, disable=False)
            return
        now = shown(MANAGER, document.get(MANAGER))
        if names == {MANAGER} and not now:  # it may just have gone with the manager's object
            self._cleared.append((known, str(shown(MANAGER, before.get(MANAGER)) or ""), run))
            return
        super()._check_update(known, document, names, run)
        if not finished and known.origin is Origin.OURS:
            return  # all of it flows once
        for name in names:
            self._check_edit(known, name, run)
        if ENABLED in names and document.get(ENABLED) is not False:
            self._check_enabled(known, run)
        if MANAGER in names:
            self._check_manager(known, now, run)
        marks.edits = {name: each for name, each in marks.edits.items() if name == MANAGER or name not in names}

    def _check_enabled(self, known: TargetObject, run: Run) -> None:
        marks = self.marks[known.id]
        if self._is_kept(marks.blocked, known, run):
            self._break("of departures", f"{known} was enabled, and it was the target that had blocked it")
        marks.blocked = None
        reach(Row.BACK_BEFORE if marks.left_by else Row.ENABLED_AGAIN)

    def _check_edit(self, known: TargetObject, name: str, run: Run) -> None:
        """May the engine write this attribute: is it not the target's, and not to be left as it is?"""
        marks, documents = self.marks[known.id], self._documents(run.began, run)
        certain = not self.truth.troubled and known.origin is not Origin.DOUBTFUL
        if certain and all(policy(each, name) == TARGET_OWNED for each in documents):
            self._break("of what the target owns", f"{known}: {name} was written")
        edit = marks.edits.get(name)
        if edit is None or run.on_demand or not certain or name in {ENABLED, MANAGER}:
            return
        if edit.at.number < run.began.number and self._is_reported(known, marks, name, run):
            self._break("of drift", f"{known}: {name} is only to be reported, and was written")

    def _is_reported(self, known: TargetObject, marks: Marks, name: str, run: Run) -> bool:
        """Has nothing changed since all was written, so that what differs is to be left?"""
        level = marks.level
        if level is None or known.since > level.time:
            return False
        documents = self._documents(level, run)
        if any(policy(each, name) != REPORT or owned(each) != owned(documents[0]) for each in documents):
            return False
        standings = list(self.truth.standings(known.owner, level))
        same = len({values_of(each, ()) for each in standings}) == 1
        return same and all(each.in_scope and each.enabled for each in standings)

    def _check_manager(self, known: TargetObject, now: Value, run: Run) -> None:
        """Is it the object of whom the source names, or was named while the run went on?"""
        manager = self.objects.find(str(now))
        standings = self.truth.standings(known.owner, run.began)
        meant = {each.user.manager for each in standings if each.user is not None}
        if manager is None or not manager.possible_owners & meant:
            self._break("of managers", f"{known} got {manager or now}, and the source's manager is {sorted(meant)}")

    def _check_values(
        self, known: TargetObject, owner: str, document: dict[str, Any], names: frozenset[str], run: Run
    ) -> None:
        if not self._is_switched_off(owner, document, names, run):
            super()._check_values(known, owner, document, names, run)

    def _is_switched_off(self, owner: str, document: dict[str, Any], names: frozenset[str], run: Run) -> bool:
        """Is somebody disabled because they have left?"""
        if names != {ENABLED} or document.get(ENABLED) is not False:
            return False
        disables = any(removal(each).disables for each in self._documents(run.began, run))
        return disables and any(not each.in_scope for each in self.truth.standings(owner, run.began))

    def _is_orphan_switched_off(
        self, known: TargetObject, document: dict[str, Any], names: frozenset[str], run: Run
    ) -> bool:
        """Was it invited by a worker that died, and for somebody who has left before anything was written?"""
        owners = known.possible_owners if known.origin is Origin.OURS else frozenset[str]()
        return any(self._is_switched_off(each, document, names, run) for each in owners)

    def _check_disable(self, known: TargetObject, owner: str, run: Run) -> None:
        if not self._is_switched_off(owner, dict(known.document, **{ENABLED: False}), frozenset({ENABLED}), run):
            reach(Row.DISABLED)
            super()._check_disable(known, owner, run)
            return
        reach(Row.DISABLED_ON_LEAVING)
        self.marks[known.id].left_by = self.truth.time
        if self.last_verdict_on(owner, disable=True) is not Verdict.APPROVED:
            self._check_guard(known, run, disable=False)

    # what is settled

    def note_level(self, blocked_by_others: Callable[[TargetObject], bool]) -> None:
        """All is settled: from now on the engine knows of each object what it was before, but of these it may not."""
        for each in self.objects:
            history = self.truth.people.get(each.owner)
            if history is None:
                continue
            marks, standing = self.marks[each.id], history.now
            if standing.in_scope:
                marks.left_by = None
                self._note_in_scope(each, marks, standing, sure=not blocked_by_others(each))
            elif marks.left_by is None:
                marks.left_by = self.truth.time

    def _note_in_scope(self, each: TargetObject, marks: Marks, standing: Standing, *, sure: bool) -> None:
        sticky = departures(self.truth.document.now) == STICKY
        if sure and each.live:
            marks.level = self.truth.moment
            if marks.blocked is not None and standing.enabled and sticky:
                marks.blocked = replace(marks.blocked, known=True)
        if sure and marks.departed is not None and sticky:
            marks.departed = replace(marks.departed, known=True)
        if sure and marks.released is not None:
            # it was lost where the person left before it was carried out; of whom the source disables nobody can tell
            marks.released = None
            if marks.blocked is not None and not standing.enabled:
                marks.blocked = replace(marks.blocked, sure=False, known=False)

    def _break_in(self, run: Run, law: str, what: str) -> None:
        self.broken.append(f"law {law} broken by {run.name}: {what}")


def values_of(standing: Standing, without: Collection[str]) -> tuple[Value, ...]:
    """What the mapping makes of a person, but for these attributes."""
    if standing.user is None:
        return ()
    left_out = {POSITION[each] for each in without if each in POSITION}
    return tuple(value for place, value in enumerate(standing.user.values) if place not in left_out)
