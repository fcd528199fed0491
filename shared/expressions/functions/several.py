"""Which functions are about several values? Places are counted from 1."""

from typing import Final

from shared.expressions import values
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.values import Scalar, Unfit, Value

_VALUES: Final = Parameter(name="attribute", kind=Kind.ANY, absent=Absent.PASSED_ON)


def _count(attribute: Value) -> int:
    return len(values.many(attribute))


def _item(attribute: Value, index: int) -> Scalar:
    found = values.many(attribute)
    if not 1 <= index <= len(found):
        raise Unfit(f"there is no value with this number, only {len(found)}; the first one is 1")
    return found[index - 1]


def _contains(attribute: Value, search: str) -> int:
    """Microsoft uses it to find the primary address by `SMTP:`, so that case counts."""
    places = (place for place, value in enumerate(values.many(attribute), 1) if search in (values.text(value) or ""))
    return next(places, 0)


def _remove_duplicates(attribute: Value) -> Value:
    if attribute is None:
        return None
    # The kind is part of the key, because True equals 1 in Python.
    return tuple({(type(value), value): value for value in values.many(attribute)}.values())


FUNCTIONS: Final = (
    Function(
        name="Count",
        description="How many values there are.",
        returns="Integer",
        parameters=(_VALUES,),
        apply=_count,
    ),
    Function(
        name="Item",
        description="The value with this number; an error where there is none.",
        parameters=(_VALUES, Parameter(name="index", kind=Kind.WHOLE_NUMBER, type="Integer")),
        apply=_item,
    ),
    Function(
        name="Contains",
        description="The number of the first value that contains a text; 0 where none does.",
        returns="Integer",
        parameters=(_VALUES, Parameter(name="search")),
        apply=_contains,
    ),
    Function(
        name="RemoveDuplicates",
        description="The values, each once, in their order.",
        parameters=(_VALUES,),
        apply=_remove_duplicates,
    ),
)
