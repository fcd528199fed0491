"""What does a run report? Its types, and the JSON that `--json` writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.judge import Closing, Disagreement, ExceptionEntry

#: Number of entries per action and result, as the API counts them: {"create": {"success": 1, ...}}.
Actions = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphUse:
    requests: int = 0
    writes: int = 0
    throttled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """One judged cycle of one configuration; cycles that only carried its work on are counted with it."""

    configuration: str
    kind: str
    #: In engine time.
    duration_seconds: float
    actions: Actions = field(default_factory=dict)
    graph: GraphUse = field(default_factory=GraphUse)
    storage_transactions: int = 0
    peak_memory_mib: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    agreement: bool
    closing: Closing
    source_tenant_id: str
    target_tenant_id: str
    cycles: tuple[CycleReport, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Exactly the published shape; disagreements are for people and stand on the terminal."""
        return {
            "agreement": self.agreement,
            "closing": closing_to_json(self.closing),
            "tenants": {"source": self.source_tenant_id, "target": self.target_tenant_id},
            "cycles": [_cycle_to_json(cycle) for cycle in self.cycles],
        }


def closing_to_json(closing: Closing) -> dict[str, Any]:
    return {
        "inScope": closing.in_scope,
        "present": closing.present,
        "equal": closing.equal,
        "unexpected": closing.unexpected,
        "exceptions": [{"sourceId": each.source_id, "reason": str(each.reason)} for each in closing.exceptions],
    }


def total_closing(closings: Sequence[Closing]) -> Closing:
    """The closing statement of several configurations together."""
    exceptions: tuple[ExceptionEntry, ...] = tuple(each for closing in closings for each in closing.exceptions)
    return Closing(
        in_scope=sum(each.in_scope for each in closings),
        present=sum(each.present for each in closings),
        equal=sum(each.equal for each in closings),
        unexpected=sum(each.unexpected for each in closings),
        exceptions=exceptions,
    )


def total_actions(parts: Iterable[Actions]) -> dict[str, dict[str, int]]:
    """Every action by result, summed; each action names all three results."""
    total: dict[str, dict[str, int]] = {}
    for actions in parts:
        for action, results in actions.items():
            counted = total.setdefault(action, {"success": 0, "failure": 0, "skipped": 0})
            for result, count in results.items():
                counted[result] = counted.get(result, 0) + count
    return total


def _cycle_to_json(cycle: CycleReport) -> dict[str, Any]:
    return {
        "configuration": cycle.configuration,
        "kind": cycle.kind,
        "durationSeconds": cycle.duration_seconds,
        "actions": {action: dict(results) for action, results in cycle.actions.items()},
        "graph": {
            "requests": cycle.graph.requests,
            "writes": cycle.graph.writes,
            "throttled": cycle.graph.throttled,
        },
        "storage": {"transactions": cycle.storage_transactions},
        "peakMemoryMiB": cycle.peak_memory_mib,
    }
