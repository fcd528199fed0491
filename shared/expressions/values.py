"""Which values does an expression work with, and how does one kind become another?

An absent attribute is None, and so is one with no values. A multi-valued attribute is a tuple. A moment is a datetime in UTC; it never leaves an
expression: as its result it is the text that Entra gives it.
"""

from datetime import datetime
from enum import Enum
from typing import Final, Literal

Scalar = str | int | float | bool | bytes | datetime | None
Value = Scalar | tuple[Scalar, ...]
"""What an attribute holds and what a function returns."""


class Drop(Enum):
    """The flow is dropped: the attribute is left out of the change, whatever the target holds."""

    DROP = "$flow:drop"


DROP: Final = Drop.DROP
Result = Value | Literal[Drop.DROP]
"""What evaluating gives."""
