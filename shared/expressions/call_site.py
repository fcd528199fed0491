"""What does a function know of the place where it is called?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from shared.expressions.environment import Environment
from shared.expressions.errors import ExpressionError, ExpressionRaised, Span
from shared.expressions.limits import Work
from shared.expressions.syntax import Call, Expression
from shared.expressions.values import Value


class Dropped(Exception):
    """The whole flow is dropped, however deep the function stands that says so."""


class Frame(Work):
    """One evaluation: what it reads, and the work it may still do."""

    def __init__(self, attributes: Mapping[str, Value], environment: Environment) -> None:
        self.attributes = attributes
        self.environment = environment


Evaluation = Callable[[Frame], Value]
"""A compiled node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A filled slot: its tree, for what is known before evaluating, and its evaluation, for when its turn comes."""

    tree: Expression
    evaluate: Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSite:
    """A call in a text; None is an empty slot."""

    text: str
    call: Call
    function: str
    arguments: tuple[Argument | None, ...]

    def argument(self, index: int) -> Argument | None:
        """Return a slot's argument; a slot left out at the end is empty."""
        return self.arguments[index] if index < len(self.arguments) else None

    def given(self, index: int) -> Argument:
        """Return the argument of a slot that is known to be filled, because its parameter is required."""
        return cast("Argument", self.arguments[index])

    def error(self, message: str, index: int | None = None) -> ExpressionError:
        """Return an error that points to an argument, or to the whole call."""
        return ExpressionError(f"{self.function}: {message}", text=self.text, span=self._span(index))

    def raised(self, message: str) -> ExpressionRaised:
        """Return the error of a call that is there to raise it."""
        return ExpressionRaised(message, text=self.text, span=self._span())

    def _span(self, index: int | None = None) -> Span:
        argument = None if index is None else self.argument(index)
        return (self.call if argument is None else argument.tree).span or Span(start=0, end=len(self.text))
