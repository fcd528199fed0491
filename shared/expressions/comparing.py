"""When is one value equal to, less or greater than another one?

| first, second                       | compared as                                              |
|-------------------------------------|----------------------------------------------------------|
| nothing or "", nothing or ""        | equal                                                    |
| nothing, anything else              | not equal; neither less nor greater                      |
| a date, a date or a text            | dates                                                    |
| a truth, a truth or a text          | truths                                                   |
| a number, a number or a text        | numbers; a text that is none is not equal, and else an error |
| else                                | texts, character by character; upper and lower case differ |
"""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from shared.expressions import values
from shared.expressions.syntax import Operator
from shared.expressions.values import Scalar, Unfit, Value

_TESTS: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
}


def compare(sign: Operator, first: Value, second: Value) -> bool:
    """Return whether the comparison holds; raises Unfit where the two cannot be compared."""
    one, other = values.one(first), values.one(second)
    if one is None or other is None:
        equal = (one or None) == (other or None) if {one, other} <= {None, ""} else False
        return equal if sign in _SAME else sign is Operator.NOT_EQUAL and not equal
    convert = _conversion(one, other)
    if convert is values.number and sign in {Operator.EQUAL, Operator.NOT_EQUAL}:
        return _numbers_equal(one, other) is (sign is Operator.EQUAL)
    return _TESTS[sign](convert(one), convert(other))


_SAME: Final = frozenset({Operator.EQUAL, Operator.LESS_OR_EQUAL, Operator.GREATER_OR_EQUAL})


def _conversion(one: Scalar, other: Scalar) -> Callable[[Value], Value]:
    for kind, convert in ((datetime, values.moment), (bool, values.boolean), (int | float, values.number)):
        if isinstance(one, kind) or isinstance(other, kind):
            return convert
    return values.text


def _numbers_equal(one: Scalar, other: Scalar) -> bool:
    try:
        return values.number(one) == values.number(other)
    except Unfit:
        return False
