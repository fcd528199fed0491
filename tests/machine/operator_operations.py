"""What does the operator do in the middle of everything?"""

from hypothesis import strategies as st

from shared.orchestration.control_job import pause_job, start_job
from tests.engine.small_world import CONFIGURATION
from tests.machine.base import NUMBER, Machine, pick
from tests.machine.operations import operation

TOUCHES = st.integers(1, 40)


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

    @operation()
    def pause(self) -> None:
        self.host.call(pause_job(self.host.local.engine, CONFIGURATION))

    @operation()
    def start(self) -> None:
        self.host.call(start_job(self.host.local.engine, CONFIGURATION))

    start_again = start
    start_once_more = start

    @operation(number=NUMBER, count=st.integers(1, 2))
    def provision_on_demand(self, number: int, count: int) -> None:
        self.host.provision_on_demand(self._wanted(number, count))

    @operation(number=NUMBER, count=st.integers(1, 2), touches=TOUCHES)
    def begin_to_provision_on_demand(self, number: int, count: int, touches: int) -> None:
        self.host.begin_on_demand(self._wanted(number, count), touches)

    def _wanted(self, number: int, count: int) -> list[str]:
        known = [*self.host.truth.people]
        return [pick(known, number + each) for each in range(count)]
