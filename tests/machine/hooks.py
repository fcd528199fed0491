"""How does the oracle see what is done to the target, whether or not the answer arrives?"""

from collections.abc import Callable

from sandbox.tenants.change_log import ChangeLog
from sandbox.tenants.exchange import Answer, Request
from sandbox.tenants.people import Person
from sandbox.tenants.recording import Recorder
from sandbox.tenants.simulation import Simulation
from tests.engine.small_world import TARGET

Changed = Callable[[Person, frozenset[str] | None], None]
Asked = Callable[[Request], None]


class WatchedLog(ChangeLog[Person]):
    """The log of changes of a tenant's people; everything that changes one of them comes through here."""

    def __init__(self, log: ChangeLog[Person], tell: Changed) -> None:
        super().__init__()
        for name in ChangeLog.__slots__:
            setattr(self, name, getattr(log, name))
        self._tell = tell

    def append(self, entry: Person, changed: frozenset[str] | None) -> int:
        number = super().append(entry, changed)
        self._tell(entry, changed)
        return number


class Listener(Recorder):
    """Hears each request to the target, alone or in a batch, when it has been answered."""

    def __init__(self, tell: Asked) -> None:
        self._tell = tell

    def note(self, request: Request, answer: Answer | None, tenant: str | None, at: float) -> None:
        if tenant == TARGET and request.path != ("$batch",):
            self._tell(request)

    def close(self) -> None:
        """There is nothing to close."""


def watch(simulation: Simulation, changed: Changed, asked: Asked) -> None:
    """Tell of each change of the target's people and of each request to the target."""
    people = simulation.tenant(TARGET).people
    people.log = WatchedLog(people.log, changed)
    simulation._gateway.recorder = Listener(asked)
