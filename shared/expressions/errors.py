"""What is wrong with an expression, and where in it?"""

from dataclasses import dataclass
from typing import Final

_WINDOW: Final = 100
"""Characters of a long expression that a message shows around the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of an expression's text: from `start` up to, not including, `end`."""

    start: int
    end: int


class ExpressionError(Exception):
    """Something is wrong with an expression; `str()` shows the expression and, below it, the place.

    No message holds a value of a person: it says what kind of value was found, never which.
    """

    def __init__(self, message: str, *, text: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.span = span

    def __str__(self) -> str:
        return f"{self.message}\n{pointed(self.text, self.span)}"


class ExpressionSyntaxError(ExpressionError):
    """The text is no expression."""


class ExpressionRaised(ExpressionError):
    """The expression itself says that this entry cannot go on: `Error`, or no unique value is left."""


def pointed(text: str, span: Span) -> str:
    """Return two lines: the text, or a window of a long one, and carets below the span."""
    start = max(0, min(span.start, len(text)) - _WINDOW // 2)
    end = min(len(text), start + _WINDOW)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shown = "".join(character if character.isprintable() else " " for character in text[start:end])
    width = max(1, min(span.end, end) - span.start)
    return f"    {before}{shown}{after}\n    {' ' * (len(before) + span.start - start)}{'^' * width}"
