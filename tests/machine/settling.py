"""All is calm: does everything settle, agree, and stay as it is?"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from hypothesis import strategies as st

from shared.cycles.cycle import CycleState
from shared.cycles.doubt import Doubt
from shared.cycles.pending import Pending, PendingState
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, TARGET
from tests.machine.base import Broken
from tests.machine.bookkeeping import bookkeeping_problems
from tests.machine.guarding import WINDOW
from tests.machine.operations import operation
from tests.machine.operator_operations import OperatorOperations
from tests.machine.surroundings_operations import GraphOperations
from tests.machine.target_operations import TargetOperations
from tests.machine.truth import LAG, standing_state

MOST_CYCLES = 6
LONGEST = timedelta(hours=12)
"""A cycle and what it has found are worked off by then."""

_DISPUTES = frozenset({"DuplicateSourceEntries", "EntryConflict"})
"""Why somebody is in escrow who wants what is, or was, another's."""

_RETRIED = _DISPUTES | {Doubt.NOBODY_KNOWN}
"""Why a retry may succeed that nothing hastens: that somebody can be seen again is no change of who is to go."""


class SettlingOperations(GraphOperations, OperatorOperations, TargetOperations):
    """Law 1 and law 10, after any history; a full cycle where an incremental one cannot know."""

    @operation(anyway=st.booleans())
    def settle_by_what_changed(self, anyway: bool) -> bool:
        """After a lie only a full cycle can know, so there is one before, or nothing is done."""
        if self.lied and not anyway:
            return False
        if self.lied:
            self.settle(full=True)
        self.settle(full=False)
        return True

    settle_again_by_what_changed = settle_by_what_changed

    @operation()
    def settle_by_reading_all(self) -> None:
        self.settle(full=True)

    def teardown(self) -> None:
        """Whatever happened, in the end it settles."""
        try:
            if not self.failed:
                self.settle(full=True)
        finally:
            self.host.close()

    def settle(self, *, full: bool) -> None:
        """Let all be calm, run cycles, and compare; what the guard holds is let go only after that was looked at."""
        self._calm(full=full)
        self._run_cycles()
        if self._is_held:
            self._look_at_hold(full=full)
            self.configure(guards={"removals": {"count": 500}})
            self._run_cycles()
        if self._is_held:
            raise Broken(f"law 1 broken: removals are held for nothing: {standing_state(self.host.local).quarantine}")
        self._compare(full=full)
        self._run_once_more(full=full)
        self.host.oracle.note_settled()

    @property
    def _is_held(self) -> bool:
        return self.host.truth.is_held

    def _calm(self, *, full: bool) -> None:
        self.host.local.simulation.set_faults("none")
        self.tell_the_truth()
        self.set_policy(allowed=True)
        self.set_read_only(on=False)
        self.block_invitations(blocked=False)
        self.host.finish()
        self.look_at_laws()
        self.start_job()
        self.host.pass_time(LAG)  # until every replica has what was done
        if full:
            self.change({"op": "resyncDelta"})
            self.lied = False

    def _run_cycles(self) -> None:
        """Run cycles until one has come to its end and changed nothing: what one gives up another gets in the next.

        Whose removal is staged after one has settled, or undecided since somebody else may have to go, is for the next.
        """
        for _ in range(MOST_CYCLES):
            writes = len(self.host.oracle.written)
            self._run_cycle("cycle")
            self.look_at_laws()
            completed = self.host.call(self.host.local.cycle()).state is CycleState.COMPLETED
            undecided = [] if self._is_held else self.host.call(_undecided(self.host.local))
            if completed and len(self.host.oracle.written) == writes and not undecided:
                return
        raise Broken(f"law 1 broken: {MOST_CYCLES} cycles, and each of them has changed something")

    def _run_cycle(self, name: str) -> None:
        """Run one to its end, however long: after many blocks the breaker lets nobody be invited for up to a day."""
        local = self.host.local
        state, invitations = self.host.call(local.state()), self.host.call(local.engine.budgets.invitations(TARGET))
        limit = LONGEST + invitations.closed_for(local.clock.now())
        self.host.run(name, local.settle({CONFIGURATION: state.cycle + 1}, limit=limit))

    def _look_at_hold(self, *, full: bool) -> None:
        limit = self.settings.get("guards", {}).get("removals", {}).get("count", 500)
        # whoever was tried in vain, and waits for the next time, is judged when nothing is held
        waiting = [row.source_id for row in self._open(PendingState.WAITING) if row.reason]
        closing = self.closing(held=True, excused=[*waiting, *(() if full else self._escrowed())])
        lately = self.host.oracle.lately_to_go(WINDOW)
        if full and self.settings["scope"]["kind"] == "all" and not self.lied_within(WINDOW) and len(lately) < limit:
            raise Broken(f"law 1 broken: removals are held from {limit} on, and only {sorted(lately)} had to go lately")
        self._raise_for(list(closing.problems()))

    def _compare(self, *, full: bool) -> None:
        """Whoever waited for what another has given up, or for somebody to be seen, is judged when tried again."""
        problems, retried = self._problems(full=full), self._in_escrow(_RETRIED)
        if problems and retried:
            due = max(row.due for row in retried)
            self.host.pass_time(max(due - self.host.local.clock.now(), timedelta(0)))
            self._run_cycles()
            problems = self._problems(full=full, excused=self._unproved())
        self._raise_for(problems)

    def _problems(self, *, full: bool, excused: Sequence[str] = ()) -> list[str]:
        closing = self.closing(excused=excused if full else self._escrowed())
        return [*closing.problems(), *self.host.call(bookkeeping_problems(self.host, closing))]

    def _escrowed(self) -> list[str]:
        return [row.source_id for row in self._in_escrow()]

    def _unproved(self) -> list[str]:
        """Whoever is to go, and nobody is in scope who would prove that others are seen: the escrow tells of it."""
        if any(history.now.in_scope for history in self.host.truth.people.values()):
            return []
        return [row.source_id for row in self._in_escrow({Doubt.NOBODY_KNOWN})]

    def _in_escrow(self, reasons: Collection[str] = ()) -> list[Pending]:
        return [row for row in self._open(PendingState.ESCROWED) if not reasons or row.reason in reasons]

    def _open(self, state: PendingState) -> list[Pending]:
        return self.host.call(_rows_in(self.host.local, list(self.host.truth.people), state))

    def _raise_for(self, problems: list[str]) -> None:
        if problems:
            raise Broken("law 1 or 10 broken:\n" + "\n".join(problems))

    def _run_once_more(self, *, full: bool) -> None:
        """Who is in escrow waits for a retry, after full cycles for another: it may succeed in this very cycle."""
        excused = [row.source_id for row in self._in_escrow(_DISPUTES if full else ())]
        writes = len(self.host.oracle.written)
        self._run_cycle("quiet cycle")
        self.look_at_laws()
        changed = [each for each in self.host.oracle.written[writes:] if each.owner not in excused]
        if changed:
            raise Broken(f"law 1 broken: a further cycle changed {', '.join(map(str, changed))}")


async def _undecided(local: LocalEngine) -> list[Pending]:
    """Return the removals and disables that neither a guard nor somebody has decided about."""
    state = await local.state()
    staged = await local.engine.entries.staged(state)
    return [row for row in staged if row.staged_cycle > state.released_cycle and not row.verdict]


async def _rows_in(local: LocalEngine, people: list[str], state: PendingState) -> list[Pending]:
    rows = await local.engine.entries.read(await local.state(), people)
    return [row.pending for row in rows.values() if row.pending and row.pending.state is state]
