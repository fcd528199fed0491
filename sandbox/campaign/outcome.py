"""What came of one seed, and of all of them together?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.judge import Disagreement, Kind
from sandbox.storage_proxy import StorageFault
from sandbox.tenants.faults import FAULTS

#: What is counted of everything that can be wrong.
COUNTED = (Kind.DOUBLED, Kind.LOST, Kind.WRONGLY_REMOVED)

#: Everything that a campaign has to try.
CLASSES = (
    "SIGKILL",
    "wrong clock",
    "several hosts",
    "timers on several hosts",
    *(f"graph profile: {profile}" for profile in ("flaky", "throttled")),
    *(f"graph: {name}" for name in FAULTS),
    *(f"storage: {fault}" for fault in StorageFault),
)
#: What has happened fewer times has hardly been tried.
ENOUGH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One seed."""

    seed: int
    about: str = ""
    seconds: float = 0.0
    disagreements: tuple[Disagreement, ...] = ()
    #: Why the run did not come to a judgement.
    problem: str | None = None
    #: Where the logs of a failed run are.
    logs: Path | None = None
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    cycles: int = 0

    @property
    def agreement(self) -> bool:
        return not self.disagreements and self.problem is None

    def count(self, kind: Kind) -> int:
        """So many people or objects are wrong in this way."""
        return len({each.target_id or each.source_id for each in self.disagreements if each.kind is kind})

    def to_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "agreement": self.agreement,
            **{str(kind): self.count(kind) for kind in COUNTED},
            "faults": dict(sorted(self.faults.items())),
            "kills": self.kills,
            "cycles": self.cycles,
            "seconds": round(self.seconds, 1),
            "problems": [*map(str, self.disagreements), *([self.problem] if self.problem else [])],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All seeds of a campaign."""

    outcomes: Sequence[Outcome]

    @property
    def agreed(self) -> int:
        return sum(each.agreement for each in self.outcomes)

    @property
    def agreement(self) -> bool:
        return self.agreed == len(self.outcomes)

    @property
    def faults(self) -> Counter[str]:
        """How often each class has happened; those that never did stand there too."""
        fired = Counter(dict.fromkeys(CLASSES, 0))
        for each in self.outcomes:
            fired.update(each.faults)
        return fired

    @property
    def rare(self) -> list[str]:
        """What has happened too rarely to tell anything."""
        return sorted(name for name, count in self.faults.items() if count < ENOUGH)

    def count(self, kind: Kind) -> int:
        return sum(each.count(kind) for each in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        return {
            "seeds": len(self.outcomes),
            "agreed": self.agreed,
            **{str(kind): self.count(kind) for kind in COUNTED},
            "faults": dict(sorted(self.faults.items())),
            "rare": self.rare,
            "kills": sum(each.kills for each in self.outcomes),
            "cycles": sum(each.cycles for each in self.outcomes),
            "runs": [each.to_json() for each in sorted(self.outcomes, key=lambda each: each.seed)],
        }
