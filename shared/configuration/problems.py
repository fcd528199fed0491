"""What is wrong with a document, and where?"""

from collections.abc import Iterable
from dataclasses import dataclass

# Enough to repair a document in one go; a document with more is another kind of file.
MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to repair: a JSON pointer to it ("" is the document itself) and what to do about it."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path or '(document)'}: {self.message}"


class ConfigurationError(Exception):
    """The configuration document is not valid."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def child_path(path: str, key: str | int) -> str:
    """Extend a JSON pointer by one step (RFC 6901)."""
    step = str(key).replace("~", "~0").replace("/", "~1")
    return f"{path}/{printable(step)}"


def printable(text: str) -> str:
    """Show every character a terminal could act on, and every lone surrogate, as its escape."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def one_per_place(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Keep the first problem of each place: what comes later usually follows from it."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.path, problem)
    return tuple(sorted(first.values(), key=lambda each: each.path)[:MOST_PROBLEMS])
