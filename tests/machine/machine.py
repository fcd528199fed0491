"""The property machine: any life, any fault, any order; the laws hold after each step, and calm brings agreement."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.machine.operator_operations import BusyOperator
from tests.machine.settling import SettlingOperations
from tests.machine.source_operations import LifeOperations, ScopeOperations
from tests.machine.surroundings_operations import LyingOperations, QueueOperations
from tests.machine.worker_operations import WorkerOperations


class PropertyMachine(
    SettlingOperations,
    LyingOperations,
    BusyOperator,
    LifeOperations,
    ScopeOperations,
    QueueOperations,
    WorkerOperations,
):
    """All operations."""

    @initialize(
        kind=st.sampled_from(("all", "assigned")),
        adoption=st.sampled_from(("none", "review", "automatic")),
        begun=st.booleans(),
    )
    def open_the_world(self, kind: str, adoption: str, begun: bool) -> None:
        self.open({"scope": {"kind": kind}, "adoption": adoption})
        if begun:
            self.settle(full=False)
