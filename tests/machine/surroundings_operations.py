"""What goes wrong around the engine: Graph, its short reads, the queues?"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from shared.adapters.memory.queue import Message
from tests.engine.lying_source import as_other_tenant, blind, removed
from tests.engine.small_world import SOURCE, TARGET
from tests.machine.base import NUMBER, Machine, pick
from tests.machine.operations import operation

#: The profiles that the sandbox documents, and one in which a few requests are enough to meet everything.
PROFILES = ("none", "throttled", "flaky", "storm")
STORM: Mapping[str, Any] = {
    "throttle_reads": 0.05,
    "throttle_writes": 0.1,
    "unavailable_before": 0.05,
    "unavailable_after": 0.15,
    "cut_after": 0.1,
    "conflicts": 0.05,
    "lag_seconds": 8.0,
}

SHORT_READS: Mapping[str, Mapping[str, Any]] = {
    "an empty answer with a valid delta link": {"empty_delta": 1.0},
    "a chain that ends early": {"early_end": 1.0, "short_pages": 1.0},
    "no assignments": {"empty_assignments": 1.0},
    "a group that reads empty": {"early_end": 1.0, "members_per_page": 1},
    "everything at once": {"empty_delta": 0.5, "early_end": 0.5, "empty_assignments": 0.5},
}

SPANS = tuple(timedelta(seconds=seconds) for seconds in (5, 31, 65, 300, 900, 2400))


class GraphOperations(Machine):
    """Graph fails, throttles and lags."""

    @operation(profile=st.sampled_from(PROFILES))
    def graph_behaves(self, profile: str) -> bool:
        if not self.rough:
            return False
        self.host.truth.troubled |= profile != "none"
        simulation = self.host.local.simulation
        if profile == "storm":
            simulation.set_faults("flaky", switches=STORM)
        else:
            simulation.set_faults(profile)
        return True

    @operation(reinvite=st.sampled_from(("same", "conflict")))
    def inviting_again_answers(self, reinvite: str) -> None:
        self.host.local.simulation.set_faults(tenant_id=TARGET, switches={"reinvite": reinvite})

    @operation(op=st.sampled_from(("resyncDelta", "expireDeltaTokens")))
    def delta_tokens_are_void(self, op: str) -> None:
        self.change({"op": op})

    def tell_the_truth(self) -> None:
        if self.lied:
            self.lie()  # until now
        self.host.network.on = False
        self.host.truth.hides_assignments.note(self.host.truth.pass_on(), False)
        honest = {"empty_delta": 0.0, "early_end": 0.0, "empty_assignments": 0.0, "members_per_page": 500}
        self.host.local.simulation.set_faults(tenant_id=SOURCE, switches=honest)


class LyingOperations(GraphOperations):
    """The source says what is not so."""

    @operation(lie=st.sampled_from(sorted(SHORT_READS)))
    def the_source_is_read_short(self, lie: str) -> None:
        self.lie()
        if "empty_assignments" in SHORT_READS[lie]:
            self.host.truth.hides_assignments.note(self.host.truth.pass_on(), True)
        self.host.local.simulation.set_faults(tenant_id=SOURCE, switches=SHORT_READS[lie])

    @operation(credential=st.sampled_from(("of the other tenant", "that sees nobody")))
    def the_credential_is_one(self, credential: str) -> None:
        """And somebody is wanted at once, by whom it may not be taken for the truth."""
        self.lie()
        self.host.network.meddle = blind if credential == "that sees nobody" else as_other_tenant
        self.host.network.on = True
        self.host.provision_on_demand([pick([*self.host.truth.people], self.born)])

    @operation(number=NUMBER, count=st.integers(1, 4))
    def the_delta_says_removed(self, number: int, count: int) -> None:
        self.lie()
        self.host.network.meddle = removed([pick(self.people, number + each).id for each in range(count)])
        self.host.network.on = True

    @operation()
    def the_source_tells_the_truth(self) -> None:
        self.tell_the_truth()


class TimeOperations(Machine):
    """Time passes."""

    @operation(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.host.pass_time(span)

    @operation()
    def eight_days_pass(self) -> None:
        self.host.pass_time(timedelta(days=8))


class QueueOperations(TimeOperations):
    """Messages are lost, come twice, and too early."""

    @operation(number=NUMBER)
    def a_message_is_lost(self, number: int) -> bool:
        return self._with_message(number, self.host.post.lose)

    another_message_is_lost = a_message_is_lost

    @operation(number=NUMBER)
    def a_message_comes_twice(self, number: int) -> bool:
        return self._with_message(number, self.host.post.repeat)

    @operation(number=NUMBER)
    def a_message_comes_early(self, number: int) -> bool:
        return self._with_message(number, self.host.post.hasten)

    a_message_comes_early_again = a_message_comes_early

    def _with_message(self, number: int, act: Callable[[str, Message], None]) -> bool:
        if not self.host.post.all():
            self.host.start_due_cycle()
        messages = self.host.post.all()
        if messages:
            act(*pick(messages, number))
        return bool(messages)
