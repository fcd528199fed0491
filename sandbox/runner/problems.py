"""What keeps a run from reaching a judgement?"""

from pathlib import Path


class UnusableInputError(Exception):
    """The run cannot start with what it was given; the message says what and what to do."""


class GaveUpError(Exception):
    """The local world did not get where it should; the message says what was waited for."""


class ChildFailedError(GaveUpError):
    """A process of the local world ended by itself; its last lines are in the message."""

    def __init__(self, name: str, status: int | None, log: Path) -> None:
        ended = "did not answer in time" if status is None else f"ended with status {status}"
        super().__init__(f"{name} {ended}. Its log is {log}; the last lines:\n{last_lines(log)}")


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, indented; nothing where there is none."""
    if not log.exists():
        return "  (no log)"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    return "\n".join(f"  {line}" for line in lines) or "  (empty)"
