"""The machine for the life of people in the target: its world, and all its operations."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.engine.small_world import id_of
from tests.machine.life.leaving import Leaving
from tests.machine.life.operations import Leading, Options, TargetLife
from tests.machine.life.options import DRIFTS, REMOVALS
from tests.machine.source_operations import LifeOperations, ScopeOperations
from tests.machine.surroundings_operations import TimeOperations
from tests.machine.worker_operations import FunctionOperations


class LifeMachine(
    TargetLife, Leaving, Options, Leading, LifeOperations, ScopeOperations, TimeOperations, FunctionOperations
):
    """All operations but the lies of the source, which are the other machine's."""

    @initialize(
        scope=st.sampled_from(({"kind": "all"}, {"kind": "assigned"}, {"kind": "all", "internalGuests": True})),
        adoption=st.sampled_from(("none", "review", "automatic")),
        drift=st.sampled_from((*sorted(DRIFTS), "enforced", "some owned")),
        removal=st.sampled_from(sorted(REMOVALS)),
        ways=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    )
    def open_the_world(
        self, scope: dict[str, object], adoption: str, drift: str, removal: str, ways: tuple[bool, bool, bool]
    ) -> None:
        """Most worlds begin with everybody in their places; in some of them nothing breaks but what people break."""
        self.rough, self.removed_at_last, unled = ways
        self.open({"scope": scope, "adoption": adoption, "drift": DRIFTS[drift], "removal": REMOVALS[removal]})
        if not unled:
            for name in ("bert", "cleo", "dora"):
                self.change({"op": "updateUser", "id": id_of(name), "set": {"manager": {"id": id_of("ada")}}})
        self.settle(full=False)
