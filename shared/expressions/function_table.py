"""Which functions does the language have? Names are found whatever their case."""

import difflib
from collections.abc import Mapping
from typing import Final

from shared.expressions.functions import (
    casing,
    choosing,
    converting,
    dates,
    directory,
    generated,
    replacing,
    several,
    testing,
    text,
)
from shared.expressions.signature import Function

_TOPICS: Final = (text, casing, replacing, several, testing, converting, dates, choosing, generated, directory)

FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function
    for function in sorted(
        (each for topic in _TOPICS for each in topic.FUNCTIONS), key=lambda each: each.name.casefold()
    )
}
"""All functions by their names, in alphabetical order."""

_FOLDED: Final = {name.casefold(): function for name, function in FUNCTIONS.items()}


def function_named(name: str) -> Function | None:
    """Return the function of a name; Microsoft's own pages spell some in two ways, so that case does not count."""
    return _FOLDED.get(name.casefold())


def unknown_function(name: str) -> str:
    """Return what to say about a name that no function has."""
    near = difflib.get_close_matches(name.casefold()[:64], _FOLDED, n=1)
    hint = f"did you mean {_FOLDED[near[0]].name}?" if near else f"there are {', '.join(FUNCTIONS)}"
    return f"there is no function {name}; {hint}"
