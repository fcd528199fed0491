"""What does a function take and return? In the words of Graph's attributeMappingFunctionSchema.

https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from shared.expressions.call_site import CallSite, Evaluation
from shared.expressions.values import Value


class Kind(StrEnum):
    """What an argument is converted to before a function sees it; the value is what a message says was expected."""

    ANY = "a value"
    TEXT = "a text"
    NUMBER = "a number"
    WHOLE_NUMBER = "a whole number"
    MOMENT = "a date"
    WORD = "a word it knows"


class Absent(StrEnum):
    """What becomes of a call when an argument has no value."""

    REFUSED = "the call is an error"
    NULL_RESULT = "the call has no value either"
    PASSED_ON = "the function is given None"


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
    """The words of Kind.WORD; upper and lower case do not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of the language; it has either `apply`, which is given converted values, or `build`, which is lazy."""

    name: str
    description: str
    returns: str = "String"
    parameters: tuple[Parameter, ...] = ()
    short_form: tuple[Parameter, ...] = ()
    """The parameters of a call with just as many arguments, where an older form lacks one in the middle."""
    fewest: int = 0
    """The least number of arguments, where that is more than the number of required parameters."""
    in_pairs: bool = False
    apply: Callable[..., Value] = lambda *_values: None
    build: Callable[[CallSite], Evaluation] | None = None
    is_volatile: bool = False
    """Whether it may give another value for the same attributes."""
    only_outermost: bool = False

    @property
    def least(self) -> int:
        return max(self.fewest, sum(parameter.required for parameter in (self.short_form or self.parameters)))

    @property
    def most(self) -> int | None:
        """The greatest number of arguments; None is any number."""
        return None if any(parameter.repeating for parameter in self.parameters) else len(self.parameters)

    def parameters_for(self, count: int) -> tuple[Parameter, ...]:
        """Return the parameter of each slot of a call with so many arguments; the repeating ones take turns."""
        if self.short_form and count == len(self.short_form):
            return self.short_form
        fixed = tuple(parameter for parameter in self.parameters if not parameter.repeating)
        repeating = tuple(parameter for parameter in self.parameters if parameter.repeating)
        if not repeating:
            return fixed[:count]
        turns = range(count - len(fixed))
        return fixed[:count] + tuple(repeating[turn % len(repeating)] for turn in turns)
