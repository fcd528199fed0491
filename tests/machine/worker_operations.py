"""What do the timer and the queues make the engine do?"""

from datetime import timedelta

from hypothesis import strategies as st

from tests.machine.base import NUMBER, Machine
from tests.machine.operations import operation
from tests.machine.operator_operations import TOUCHES
from tests.machine.post import QUEUES

MOST_SLOW = 3
FEW_TOUCHES = 8
EFFECTS = st.integers(0, 25)


class FunctionOperations(Machine):
    """Functions run to their end, die, or run beside one another."""

    @operation(minutes=st.sampled_from((0, 5, 40)))
    def tick(self, minutes: int) -> None:
        """The timer fires, late or not."""
        self.host.pass_time(timedelta(minutes=minutes))
        self.host.tick()

    @operation(number=NUMBER)
    def read(self, number: int) -> bool:
        self.let_there_be_reading()
        return self.host.deliver("import", number)

    @operation(number=NUMBER)
    def provision(self, number: int) -> bool:
        self.give_work(number)
        return self.host.deliver("provisioning", number)

    @operation(number=NUMBER, effects=EFFECTS)
    def the_reader_dies(self, number: int, effects: int) -> bool:
        if not self.rough:
            return False
        self.let_there_be_reading()
        return self.host.deliver("import", number, dies_after=effects)

    @operation(number=NUMBER, effects=EFFECTS)
    def a_worker_dies(self, number: int, effects: int) -> bool:
        if not self.rough:
            return False
        self.give_work(number)
        return self.host.deliver("provisioning", number, dies_after=effects)

    @operation(first=st.sampled_from(QUEUES), second=st.sampled_from(QUEUES), number=NUMBER)
    def two_at_once(self, first: str, second: str, number: int) -> bool:
        self.give_work(number)
        return self.host.deliver_together(first, second, number)


class WorkerOperations(FunctionOperations):
    """Functions stand still while the world goes on; and all of it oftener."""

    @operation(name=st.sampled_from((*QUEUES, "provisioning", "tick")), number=NUMBER, touches=TOUCHES)
    def begin(self, name: str, number: int, touches: int) -> bool:
        """Start a function that stands still after a while."""
        return len(self.host.started) < MOST_SLOW and self.host.begin(name, number, touches)

    @operation(number=NUMBER, touches=TOUCHES)
    def go_on(self, number: int, touches: int) -> bool:
        self._begin_if_none(number)
        return self.host.go_on(number, touches)

    @operation(number=NUMBER)
    def die_standing(self, number: int) -> bool:
        self._begin_if_none(number)
        return self.host.die(number)

    def _begin_if_none(self, number: int) -> None:
        if not self.host.started:
            self.give_work(number)
            self.host.begin("provisioning", number, number % FEW_TOUCHES)

    read_again = FunctionOperations.read
    two_at_once_again = FunctionOperations.two_at_once
    begin_again = begin
    the_reader_dies_again = FunctionOperations.the_reader_dies
    a_worker_dies_again = FunctionOperations.a_worker_dies
    die_standing_again = die_standing
    go_on_again = go_on
