"""Which open points are there, and which of them can a run answer?"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cli.live.canaries import Flock

UNVERIFIED = Path(__file__).resolve().parents[2] / "docs" / "unverified.md"


class Verdict(StrEnum):
    """HOLDS and DIFFERS: seen in this run. OPEN: not to be seen in it."""

    HOLDS = "holds"
    DIFFERS = "differs"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    verdict: Verdict
    evidence: str


Probe = Callable[[Flock], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One line of docs/unverified.md, by the words it begins with; without a probe `why_not` says what would answer."""

    behaviour: str
    probe: Probe | None = None
    why_not: str = ""


def listed_points(path: Path = UNVERIFIED) -> tuple[str, ...]:
    """Return the behaviours that the page lists."""
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    firsts = (row.split(" | ")[0].removeprefix("| ").strip() for row in rows)
    return tuple(first for first in firsts if first != "behaviour")


def held(*, is_so: bool, evidence: str) -> Answer:
    return Answer(verdict=Verdict.HOLDS if is_so else Verdict.DIFFERS, evidence=evidence)
