"""How many crash points were passed? Told at the end of a run, whichever processes the tests ran in."""

from collections.abc import Iterable

import pytest

CRASH_POINTS = "crash points"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add the line to the summary, if any were walked."""
    walked = {outcome: _counted(terminalreporter.stats.get(outcome, ())) for outcome in ("passed", "failed")}
    if any(walked.values()):
        verdict = "all passed" if not walked["failed"] else f"{walked['failed']} stories failed"
        terminalreporter.write_line(f"crash points: {walked['passed']}, {verdict}")


def _counted(reports: Iterable[pytest.TestReport]) -> int:
    return sum(int(str(value)) for each in reports for name, value in each.user_properties if name == CRASH_POINTS)
