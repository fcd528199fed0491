"""What does the operator do in the middle of everything?"""

from hypothesis import strategies as st

from shared.cycles.pending import Verdict, WorkKind
from shared.orchestration.control_job import pause_job
from shared.orchestration.decide_held import decide_held, held_removals
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, id_of
from tests.machine.base import NUMBER, Machine, pick
from tests.machine.operations import operation
from tests.machine.oracle import Decided
from tests.machine.town import citizen

TOUCHES = st.integers(1, 40)

HOLDS = 2
"""The guard that an operator sets to hold removals."""


class OperatorOperations(Machine):
    """Documents, pauses, starts, and people wanted at once."""

    @operation(kind=st.sampled_from(("all", "assigned")))
    def change_the_scope(self, kind: str) -> None:
        self.configure(scope={"kind": kind})

    @operation(adoption=st.sampled_from(("none", "review", "automatic")))
    def change_the_adoption(self, adoption: str) -> None:
        self.configure(adoption=adoption)

    @operation(count=st.sampled_from((2, 3, 500)))
    def change_the_guard(self, count: int) -> None:
        self.configure(guards={"removals": {"count": count}})

    @operation(on=st.booleans())
    def switch_to_read_only_or_back(self, on: bool) -> None:
        self.set_read_only(on=on)

    def set_read_only(self, *, on: bool) -> None:
        engine, now = self.host.local.engine, self.host.local.clock.now()
        self.host.call(engine.budgets.set_read_only(on=on, by="operator", now=now))
        self.host.truth.read_only.note(self.host.truth.pass_on(), on)

    @operation(verdict=st.sampled_from((Verdict.APPROVED, Verdict.REJECTED)), number=NUMBER)
    def decide_about_what_is_held(self, verdict: Verdict, number: int) -> bool:
        if not self.host.truth.is_held and not self._let_many_have_to_go(number):
            return False
        state = self.host.call(self.host.local.state())
        held = self.host.call(held_removals(self.host.local.engine, state))
        if not held.rows:
            return False
        moment = self.host.truth.pass_on()
        self.host.call(decide_held(self.host.local.engine, state, held.digest, verdict, "operator"))
        self.host.oracle.verdicts |= {
            row.source_id: Decided(verdict=verdict, disable=row.kind is WorkKind.DISABLE, at=moment)
            for row in held.rows
        }
        return True

    def _let_many_have_to_go(self, number: int) -> bool:
        """Let as many be disabled as the guard holds, or leave, and let that be read; False if there are too few."""
        for _ in range(HOLDS - len(self._staying())):
            name = self.newborn()
            self.let_join(citizen(name))
            self.change({"op": "assign", "principalId": id_of(name)})
        if len(self._provisioned()) < HOLDS:
            self._have_read()
        going = self._provisioned()[:HOLDS]
        if len(going) < HOLDS:
            return False
        self.configure(guards={"removals": {"count": HOLDS}})
        for source_id in going:
            if number % 2:
                self.let_go(source_id)
            else:
                self.change({"op": "updateUser", "id": source_id, "set": {"accountEnabled": False}})
        self._have_read()
        return True

    def _have_read(self) -> None:
        """Let the engine read at the next time, and work off what it has found."""
        self.start_job()
        self.host.start_due_cycle()
        self.run_to_quiet()

    def _staying(self) -> list[str]:
        """Everybody who is in scope and enabled."""
        people = self.host.truth.people.items()
        return [source_id for source_id, each in people if each.now.in_scope and each.now.enabled]

    def _provisioned(self) -> list[str]:
        """Those of them who have an object."""
        owners = {owner for each in self.host.oracle.objects if each.live for owner in each.possible_owners}
        return [each for each in self._staying() if each in owners]

    def run_to_quiet(self) -> None:
        """Let the engine work on as things are, until nothing is left to do before the next tick."""
        self.host.run("run to quiet", _work_off(self.host.local))

    @operation()
    def work_until_nothing_is_left(self) -> None:
        self.run_to_quiet()

    @operation()
    def pause(self) -> None:
        self.host.call(pause_job(self.host.local.engine, CONFIGURATION))

    @operation()
    def start(self) -> None:
        self.start_job()

    @operation(number=NUMBER, count=st.integers(1, 2))
    def provision_on_demand(self, number: int, count: int) -> None:
        self.host.provision_on_demand(self._wanted(number, count))

    def _wanted(self, number: int, count: int) -> list[str]:
        known = [*self.host.truth.people]
        return [pick(known, number + each) for each in range(count)]


class BusyOperator(OperatorOperations):
    """Decides oftener, and does not wait for what was asked for."""

    decide_again = OperatorOperations.decide_about_what_is_held
    decide_once_more = OperatorOperations.decide_about_what_is_held
    decide_a_third_time = OperatorOperations.decide_about_what_is_held
    decide_a_fourth_time = OperatorOperations.decide_about_what_is_held
    pause_again = OperatorOperations.pause

    @operation(number=NUMBER, count=st.integers(1, 2), touches=TOUCHES)
    def begin_to_provision_on_demand(self, number: int, count: int, touches: int) -> None:
        self.host.begin_on_demand(self._wanted(number, count), touches)


async def _work_off(local: LocalEngine) -> None:
    while await local._work():
        local.on_step()
