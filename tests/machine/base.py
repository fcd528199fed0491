"""What do all operations of the machine share: the host, the people one can name, and the look at the laws?"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from sandbox.tenants.people import Person
from shared.configuration.document import parse
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.control_job import start_job
from tests.engine.small_world import CONFIGURATION, SOURCE, TARGET, Document, document
from tests.machine.closing import Closing
from tests.machine.guarding import overrun
from tests.machine.host import Host
from tests.machine.town import citizen, town

_Value = TypeVar("_Value")

#: A choice among as many as there are.
NUMBER = st.integers(0, 30)

FEWEST_PEOPLE = 3
MOST_PEOPLE = 12


class Broken(AssertionError):
    """A law was broken."""


def pick(values: Sequence[_Value], number: int) -> _Value:
    return values[number % len(values)]


class Machine(RuleBasedStateMachine):
    """The base of all operations: a town in the source, its target, and the engine between them."""

    host: Host
    hosted_by: type[Host] = Host
    rough = True
    """May functions die, and Graph fail, in this world?"""

    def __init__(self) -> None:
        super().__init__()
        self.settings: Document = {"scope": {"kind": "all"}, "adoption": "automatic"}
        self.lied = False
        """Has the source said what was not so since the last full cycle?"""
        self._lied_last: datetime | None = None
        self.failed = False
        self.born = 0

    def open(self, settings: Document) -> None:
        """Begin the world with a configuration of these settings, as it is before the first cycle."""
        # the oracle counts the records of a whole life, which may last for months
        self.settings |= {"logRetention": "P3650D", **settings}
        self.host = self.hosted_by(town(self.settings))

    def step(self, operation: Callable[[], bool | None]) -> bool:
        """Carry out an operation, then look at the laws."""
        try:
            done = operation()
            self.look_at_laws()
        except BaseException:
            self.failed = True
            raise
        return done is not False

    def look_at_laws(self) -> None:
        """Raise Broken if the engine has done something that it may not do."""
        self.host.truth.pass_on()
        broken = [*self.host.oracle.broken]
        if self.host.oracle.removed:
            broken += self.host.call(overrun(self.host))
        if broken:
            raise Broken("\n".join(broken))

    def change(self, *changes: Mapping[str, Any]) -> None:
        """Let somebody act in the source."""
        self.host.local.simulation.change(SOURCE, changes)
        self.host.truth.look()

    def change_target(self, *changes: Mapping[str, Any]) -> None:
        """Let an administrator act in the target."""
        self.host.local.simulation.change(TARGET, changes)
        self.host.truth.look()

    def configure(self, **changes: object) -> None:
        """Let the operator declare something else."""
        self.settings |= changes
        wanted = document(**self.settings)
        self.host.call(apply_configuration(self.host.local.engine, parse(wanted)))
        self.host.local.documents = (wanted,)
        self.host.truth.look()

    def start_job(self) -> None:
        """Let the operator start the configuration, paused or not."""
        self.host.call(start_job(self.host.local.engine, CONFIGURATION))

    def update(self, number: int, **values: object) -> None:
        """Let somebody of the source become another."""
        self.change({"op": "updateUser", "id": pick(self.people, number).id, "set": values})

    def newborn(self) -> str:
        self.born += 1
        return f"child{self.born}"

    def let_join(self, user: Document) -> None:
        """Let somebody join; where there are too many, somebody else leaves before."""
        if len(self.people) >= MOST_PEOPLE:
            self.let_leave(self.born)
        self.change({"op": "createUser", "user": user})

    def let_leave(self, number: int) -> None:
        """Let somebody leave the source."""
        self.let_go(pick(self.people, number).id)

    def let_go(self, source_id: str) -> None:
        """Let a person leave the source; where there are too few, somebody else joins before."""
        if len(self.people) <= FEWEST_PEOPLE:
            self.change({"op": "createUser", "user": citizen(self.newborn())})
        self.change({"op": "deleteUser", "id": source_id})

    def let_somebody_be_gone(self, number: int) -> None:
        """See that there is somebody who has left and can be restored."""
        if not self.gone:
            self.let_leave(number)

    def let_there_be_reading(self) -> None:
        """See that reading can go on, or begin when it is due: a pause ends."""
        if not self.host.has_work("import"):
            self.start_job()

    def give_work(self, number: int) -> None:
        """See that a worker has something to do, if that can be: change somebody, and let it be read."""
        if self.host.has_work("provisioning"):
            return
        self.born += 1
        self.update(number, city=f"Town {self.born}")
        self.host.read_on()

    def lie(self) -> None:
        """Let the source say what is not so, from now on or still."""
        self.lied, self._lied_last = True, self.host.local.clock.now()

    def lied_within(self, window: timedelta) -> bool:
        """Has the source lied lately? The guard counts for a day whom it released on the word of a lie."""
        return self._lied_last is not None and self.host.local.clock.now() - self._lied_last <= window

    @property
    def people(self) -> list[Person]:
        """Everybody who is in the source now."""
        return list(self.host.truth.source.people)

    @property
    def gone(self) -> list[Person]:
        """Everybody who can be restored."""
        return list(self.host.truth.source.people.deleted())

    def closing(self, *, held: bool = False, excused: Sequence[str] = ()) -> Closing:
        return Closing(oracle=self.host.oracle, held=held, excused=excused)
