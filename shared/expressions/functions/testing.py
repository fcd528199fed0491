"""Which functions ask what a value is, and which turn it into a truth or a number?"""

from typing import Final

from shared.expressions import values
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.values import Value

_EXPRESSION: Final = Parameter(name="Expression", kind=Kind.ANY, absent=Absent.PASSED_ON)


def _is_null(value: Value) -> bool:
    return value is None or value == ()


def _is_present(value: Value) -> bool:
    return not values.is_empty(value)


def _is_string(value: Value) -> bool:
    """Whether CStr would give a text: there is one value."""
    return not _is_null(value) and (not isinstance(value, tuple) or len(value) == 1)


def _not(source: Value) -> str:
    """The texts True and False, as Microsoft's page says, not truth values."""
    return "False" if (values.text(source) or "").strip().casefold() == "true" else "True"


def _bit_and(first: int, second: int) -> int:
    return first & second


_TESTS: Final = (
    ("IsNull", "Whether there is no value.", _is_null),
    ("IsNothing", "Whether there is no value, like IsNull.", _is_null),
    ("IsNullOrEmpty", "Whether there is no value, or only an empty text.", values.is_empty),
    ("IsPresent", "Whether there is a value other than an empty text.", _is_present),
    ("IsString", "Whether there is a value that CStr can turn into a text.", _is_string),
    ("CBool", "Whether the value is true: a number other than 0, or the text True.", values.boolean),
)
FUNCTIONS: Final = (
    *(
        Function(name=name, description=description, returns="Boolean", parameters=(_EXPRESSION,), apply=apply)
        for name, description, apply in _TESTS
    ),
    Function(
        name="Not",
        description="False for True; True for anything else.",
        parameters=(Parameter(name="source", kind=Kind.ANY, type="Boolean", absent=Absent.PASSED_ON),),
        apply=_not,
    ),
    Function(
        name="BitAnd",
        description="The bits that both numbers have.",
        returns="Integer",
        parameters=(
            Parameter(name="value1", kind=Kind.WHOLE_NUMBER, type="Integer", absent=Absent.NULL_RESULT),
            Parameter(name="value2", kind=Kind.WHOLE_NUMBER, type="Integer", absent=Absent.NULL_RESULT),
        ),
        apply=_bit_and,
    ),
)
