"""What does a person see of a run? One line that moves on a terminal, plain lines elsewhere, and a closing table."""

from collections import Counter
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from sandbox.report import GraphUse, Report
from sandbox.runner.settling import Look
from sandbox.scenarios import Life

#: More disagreements than these are counted, not listed.
LISTED = 20


class Progress(Protocol):
    def show(self, number: int, configuration: str, look: Look, use: GraphUse) -> None: ...
    def lived(self, number: int, life: Life) -> None: ...
    def judged(self, number: int, report: Report) -> None: ...


class ConsoleProgress:
    """Progress on a console; without a terminal the moving line is left out."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = console.status("Starting") if console.is_terminal else None

    def show(self, number: int, configuration: str, look: Look, use: GraphUse) -> None:
        if self._status is None:
            return
        self._status.start()
        work = f"{look.workload.due} due, {look.workload.waiting} waiting, {use.writes} writes to Graph"
        self._status.update(escape(f"Cycle {number} of {configuration}: {work}"))

    def lived(self, number: int, life: Life) -> None:
        self._stop()
        counted = ", ".join(f"{count} {kind}" for kind, count in Counter(each["op"] for each in life.changes).items())
        self._print(f"Life after cycle {number}: {counted or 'nothing'}.")

    def judged(self, number: int, report: Report) -> None:
        self._stop()
        closing = report.closing
        verdict = "source and target agree" if report.agreement else "source and target DO NOT agree"
        counts = f"{closing.in_scope} in scope, {closing.equal} equal, {len(closing.exceptions)} exceptions"
        writes = sum(cycle.graph.writes for cycle in report.cycles)
        self._print(f"Cycle {number}: {verdict}; {counts}; {writes} writes to Graph so far.")

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class SilentProgress:
    """For tests."""

    def show(self, number: int, configuration: str, look: Look, use: GraphUse) -> None:
        """Show nothing."""

    def lived(self, number: int, life: Life) -> None:
        """Show nothing."""

    def judged(self, number: int, report: Report) -> None:
        """Show nothing."""


def print_closing(console: Console, report: Report) -> None:
    """The closing statement: how many people, and what does not agree."""
    table = Table(title="Closing statement", show_header=False)
    for name, count in _counts(report).items():
        table.add_row(name, str(count))
    console.print(table)
    # People who are missing, doubled or foreign come before the attributes of the others: those may be many.
    worst_first = sorted(report.disagreements, key=lambda each: each.attribute is not None)
    for disagreement in worst_first[:LISTED]:
        console.print(f"  {disagreement}", markup=False, highlight=False, soft_wrap=True)
    if len(report.disagreements) > LISTED:
        console.print(f"  ... and {len(report.disagreements) - LISTED} more")


def _counts(report: Report) -> dict[str, int]:
    closing = report.closing
    reasons = Counter(str(each.reason) for each in closing.exceptions)
    return {
        "in scope": closing.in_scope,
        "present in the target": closing.present,
        "equal": closing.equal,
        "unexpected in the target": closing.unexpected,
        **{f"exception: {reason}": count for reason, count in sorted(reasons.items())},
        "disagreements": len(report.disagreements),
    }
