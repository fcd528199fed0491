"""What does a function take and return? In the words of Graph's attributeMappingFunctionSchema.

https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from shared.expressions.call_site import CallSite, Evaluation
from shared.expressions.values import Value


class Kind(StrEnum):
    """What an argument is converted to before the function sees it; the value is what a message says was expected."""

    ANY = "a value"
    TEXT = "a text"
    NUMBER = "a number"
    WHOLE_NUMBER = "a whole number"
    MOMENT = "a date"
    BYTES = "bytes, or their Base64 text"
    MANY = "values"
    WORD = "one of the words it knows"


class Absent(StrEnum):
    """What becomes of a call when an argument has no value."""

    RESULT_IS_NULL = "null"
    FUNCTION_DECIDES = "decides"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: `name` is Graph's key for it, `type` Graph's word for what it holds."""

    name: str
    kind: Kind = Kind.TEXT
    type: str = "String"
    required: bool = True
    repeating: bool = False
    absent: Absent = Absent.REFUSED
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of the language; it has either `apply`, which is given converted values, or `build`, which is lazy."""

    name: str
    description: str
    returns: str
    parameters: tuple[Parameter, ...] = ()
    fewest: int | None = None
    """The least number of arguments, where it is not the number of required parameters."""
    apply: Callable[..., Value] | None = None
    build: Callable[[CallSite], Evaluation] | None = None
    is_volatile: bool = False
    """Whether it may give another value for the same attributes."""

    @property
    def least(self) -> int:
        required = sum(parameter.required for parameter in self.parameters)
        return required if self.fewest is None else self.fewest

    @property
    def most(self) -> int | None:
        """The greatest number of arguments; None is any number."""
        return None if any(parameter.repeating for parameter in self.parameters) else len(self.parameters)

    def parameter_at(self, index: int) -> Parameter:
        """Return the parameter of an argument; the repeating ones take turns."""
        repeating = [parameter for parameter in self.parameters if parameter.repeating]
        first = self.parameters.index(repeating[0]) if repeating else len(self.parameters)
        return self.parameters[index] if index < first else repeating[(index - first) % len(repeating)]
