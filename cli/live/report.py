"""What is told of a run? Markdown to attach to an issue: no names, no addresses, no ids of people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cli.live.points import Answer, Point, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    behaviour: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReport:
    """`left` is what could not be removed."""

    version: str
    findings: tuple[str, ...]
    provisioned: tuple[str, ...]
    points: tuple[Answered, ...]
    left: tuple[str, ...] = field(default=())

    @property
    def succeeded(self) -> bool:
        """Was everybody provisioned, nothing left behind, and nothing otherwise than we count on?"""
        differs = any(each.answer.verdict is Verdict.DIFFERS for each in self.points)
        return not differs and not self.left and {each.casefold() for each in self.provisioned} == {"success"}


def unanswered(listed: Sequence[str], points: Sequence[Point]) -> tuple[Answered, ...]:
    """Return an open answer for each listed behaviour that has no probe."""
    return tuple(
        Answered(behaviour=each, answer=_open(each, points)) for each in listed if _probed(each, points) is None
    )


def _probed(behaviour: str, points: Sequence[Point]) -> Point | None:
    return next((each for each in points if each.probe and behaviour.startswith(each.behaviour)), None)


def _open(behaviour: str, points: Sequence[Point]) -> Answer:
    known = next((each for each in points if behaviour.startswith(each.behaviour)), None)
    return Answer(verdict=Verdict.OPEN, evidence=known.why_not if known else "nobody has written a probe for it yet")


def markdown(report: LiveReport) -> str:
    """Write the report."""
    counts = {each: report.provisioned.count(each) for each in sorted(set(report.provisioned))}
    lines = [
        "# tenantsync between two live tenants",
        "",
        f"Version {report.version}. Canaries: {len(report.provisioned)} provisioned on demand, {counts}.",
        "",
        "| point | verdict | seen |",
        "|---|---|---|",
        *(f"| {each.behaviour} | {each.answer.verdict} | {each.answer.evidence} |" for each in report.points),
        "",
        "Doctor: " + ("nothing to say." if not report.findings else ", ".join(report.findings) + "."),
        "",
        "Left behind: " + ("nothing." if not report.left else f"{len(report.left)} objects, named on the terminal."),
        "",
    ]
    return "\n".join(lines)
