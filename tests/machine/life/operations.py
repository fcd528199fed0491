"""What do administrators do to people in the target, and operators about it; and who leads whom in the source?"""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st

from shared.orchestration.release_departures import release_departures
from tests.engine.small_world import employee
from tests.machine.base import NUMBER, pick
from tests.machine.host import MOST_SLICES
from tests.machine.life.marks import ENABLED, MANAGER
from tests.machine.life.options import DRIFTS, REMOVALS
from tests.machine.life.settling import LifeSettling
from tests.machine.objects import TargetObject
from tests.machine.operations import operation
from tests.machine.source_operations import CITIES

BOSS = str(employee("boss")["id"])

EDITS: Sequence[tuple[str, object]] = (
    ("city", "Zwickau"),
    ("city", None),
    ("department", "Port"),
    ("department", None),
    ("jobTitle", "Sailor"),
    ("jobTitle", None),
    ("displayName", "X"),
    ("businessPhones", ["+1"]),
    ("businessPhones", []),
    ("showInAddressList", False),
)


class TargetLife(LifeSettling):
    """The target's administrators edit, block and lose our people, and operators let them back."""

    def _ours(self) -> list[TargetObject]:
        """Whoever is there for somebody, as far as that is certain; there is somebody if that can be."""
        found = self._standing()
        if not found and self.people:
            self.bring_somebody()
            found = self._standing()
        return found

    def _standing(self) -> list[TargetObject]:
        return [each for each in self.host.oracle.objects if each.live and each.finished and each.owner]

    def _edit(self, found: TargetObject, **values: object) -> None:
        before = dict(found.document)
        self.change_target({"op": "updateUser", "id": found.id, "set": values})
        self.lives.edited(found.id, before, values)

    @operation(number=NUMBER, edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=3))
    def the_target_edits_some(self, number: int, edits: list[tuple[str, object]]) -> bool:
        """One person after the other, each in one thing."""
        ours = self._ours()
        if ours:
            for place, (name, value) in enumerate(edits):
                self._edit(pick(ours, number + place), **{name: value})
        return bool(ours)

    the_target_edits_others = the_target_edits_some
    the_target_edits_more_of_them = the_target_edits_some

    @operation(number=NUMBER)
    def the_target_blocks_somebody(self, number: int) -> bool:
        free = [each for each in self._ours() if not each.disabled]
        if free:
            self._edit(pick(free, number), **{ENABLED: False})
        return bool(free)

    the_target_blocks_somebody_else = the_target_blocks_somebody

    @operation(number=NUMBER)
    def the_target_enables_somebody(self, number: int) -> bool:
        disabled = [each for each in self._ours() if each.disabled]
        if disabled:
            self._edit(pick(disabled, number), **{ENABLED: True})
        return bool(disabled)

    @operation(number=NUMBER)
    def somebody_leaves_the_target(self, number: int) -> bool:
        return self._act("deleteUser", self._ours(), number)

    @operation(number=NUMBER)
    def the_target_purges_somebody(self, number: int) -> bool:
        return self._act("purgeUser", self._ours(), number)

    @operation(number=NUMBER, other=NUMBER)
    def the_target_gives_another_manager(self, number: int, other: int) -> bool:
        ours = self._ours()
        if ours:
            boss = [BOSS] if self.host.truth.target.people.find(BOSS) else []
            manager = pick([None, *boss, *(each.id for each in ours)], other)
            self._edit(pick(ours, number), **{MANAGER: None if manager is None else {"id": manager}})
        return bool(ours)

    @operation(op=st.sampled_from(("resyncDelta", "expireDeltaTokens")))
    def the_targets_tokens_are_void(self, op: str) -> None:
        self.change_target({"op": op})
        self.chain_may_be_new = True

    @operation(number=NUMBER)
    def release_somebody(self, number: int) -> bool:
        self._let_somebody_depart(number)
        return bool(self._release(number))

    release_somebody_else = release_somebody

    @operation(number=NUMBER, city=st.sampled_from(CITIES))
    def release_somebody_who_changes(self, number: int, city: str) -> bool:
        """And that is read before a worker comes to it."""
        self._let_somebody_depart(number)
        released = self._release(number)
        if released and self.host.truth.source.people.find(released):
            self.change({"op": "updateUser", "id": released, "set": {"city": city}})
            self.start_job()
            self.host.start_due_cycle()
            for _ in range(MOST_SLICES):
                self.host.deliver("import", 0)
        return bool(released)

    def _let_somebody_depart(self, number: int) -> None:
        """Let the target block or delete somebody, and let that be seen, if nobody is gone yet."""
        ours = [] if self._departed() else self._ours()
        if not ours:
            return
        if number % 2:
            self._edit(pick(ours, number), **{ENABLED: False})
        else:
            self._act("deleteUser", ours, number)
        self.have_read()

    def _release(self, number: int) -> str:
        """Release one of those who are gone or blocked; empty if there is none of whom the engine knows."""
        departed = self._departed()
        if not departed:
            return ""
        engine, state = self.host.local.engine, self.host.call(self.host.local.state())
        said = self.host.call(release_departures(engine, state, [pick(departed, number).owner], "operator"))
        self.lives.released(said.released)
        return next(iter(said.released), "")

    def _touched(self) -> list[str]:
        """Whose object the target has blocked, deleted or edited."""
        marks = self.lives.marks
        found = [each for each in self.host.oracle.objects if each.owner and marks[each.id].touched]
        return sorted({each.owner for each in found})

    @operation(number=NUMBER)
    def whom_the_target_has_touched_leaves(self, number: int) -> bool:
        there = [each for each in self._touched() if self.host.truth.source.people.find(each)]
        if there:
            self.let_go(pick(there, number))
        return bool(there)

    @operation(number=NUMBER)
    def whom_the_target_has_touched_comes_back(self, number: int) -> bool:
        people = self.host.truth.source.people
        touched = self._touched()
        gone = [each for each in touched if people.find_deleted(each)]
        if not gone and touched and people.find(pick(touched, number)):
            self.let_go(pick(touched, number))
            self.have_read()
            gone = [pick(touched, number)]
        if gone:
            self.change({"op": "restoreUser", "id": pick(gone, number)})
        return bool(gone)

    @operation(number=NUMBER, enabled=st.booleans(), city=st.sampled_from(CITIES))
    def whom_the_target_has_touched_changes(self, number: int, enabled: bool, city: str) -> bool:
        there = [each for each in self._touched() if self.host.truth.source.people.find(each)]
        if there:
            values = {ENABLED: enabled, "city": city}
            self.change({"op": "updateUser", "id": pick(there, number), "set": values})
        return bool(there)

    def _departed(self) -> list[TargetObject]:
        marks = self.lives.marks
        return [
            each
            for each in self.host.oracle.objects
            if each.owner and (marks[each.id].blocked or marks[each.id].departed) and not marks[each.id].released
        ]


class Options(LifeSettling):
    """The operator says otherwise."""

    @operation(name=st.sampled_from(sorted(DRIFTS)))
    def change_the_drift(self, name: str) -> None:
        self.configure(drift=DRIFTS[name])
        self.chain_may_be_new = True

    change_the_drift_again = change_the_drift

    @operation()
    def eight_days_pass(self) -> None:
        """Tokens of deltas are void after seven."""
        self.host.pass_time(timedelta(days=8))
        self.chain_may_be_new = True

    @operation(name=st.sampled_from(sorted(REMOVALS)))
    def change_the_removal(self, name: str) -> None:
        self.configure(removal=REMOVALS[name])

    @operation(on=st.booleans())
    def let_internal_guests_come_or_not(self, on: bool) -> None:
        self.configure(scope={**self.settings["scope"], "internalGuests": on})


class Leading(LifeSettling):
    """People of the source get managers, lose them, and lead themselves or each other."""

    @operation(number=NUMBER, other=NUMBER)
    def get_a_manager(self, number: int, other: int) -> None:
        self.update(number, manager={"id": pick(self.people, other).id})

    get_another_manager = get_a_manager

    @operation(number=NUMBER)
    def a_manager_is_a_guest_for_a_while(self, number: int) -> None:
        """Whoever reports to them has no manager meanwhile."""
        led = [str(manager["id"]) for each in self.people if (manager := each.document.get("manager"))]
        here = [each for each in led if self.host.truth.source.people.find(each)]
        if not here:
            self.update(number + 1, manager={"id": pick(self.people, number).id})
            here = [pick(self.people, number).id]
        for kind in ("Guest", "Member"):
            self.change({"op": "updateUser", "id": pick(here, number), "set": {"userType": kind}})
            self.have_read()

    @operation(number=NUMBER)
    def have_no_manager(self, number: int) -> bool:
        led = [each for each in self.people if each.document.get("manager")]
        if led:
            self.change({"op": "updateUser", "id": pick(led, number).id, "set": {"manager": None}})
        return bool(led)
