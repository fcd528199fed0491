"""How is an expression evaluated? Into closures once, then one call for each person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.expressions.environment import Environment
from shared.expressions.syntax import Expression
from shared.expressions.values import Result, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A checked expression."""

    text: str
    is_volatile: bool
    is_redacted: bool
    _evaluate: Callable[[Mapping[str, Value], Environment], Result]

    def evaluate(self, attributes: Mapping[str, Value], environment: Environment) -> Result:
        """Return the value for these attributes, or DROP; raises an ExpressionError."""
        return self._evaluate(attributes, environment)


def compiled(tree: Expression) -> Program:
    """Return the program of a tree, or raise an ExpressionError that points into the tree's canonical text."""
    raise NotImplementedError
