"""Which values does an expression work with, and how does one kind become another?

An absent attribute is None, and so is one without values. A multi-valued attribute is a tuple; where one value is
needed, a tuple of one is that one. A date is a datetime inside an expression and a text outside of it.
"""

import base64
import binascii
import json
import re
from datetime import datetime
from enum import Enum
from typing import Final, Literal

from shared.expressions.dotnet_dates import DateRefused
from shared.expressions.moments import in_utc, read_moment, written

Scalar = str | int | float | bool | bytes | datetime | None
Value = Scalar | tuple[Scalar, ...]
"""What an attribute holds and what a function returns."""


class Drop(Enum):
    """The flow is dropped: the attribute is left out of the change, whatever the target holds."""

    DROP = "$flow:drop"


DROP: Final = Drop.DROP
Result = Value | Literal[Drop.DROP]
"""What evaluating gives: never a datetime."""


class Unfit(Exception):
    """A value is not of the kind that is needed; the message says which kind it is."""


_DECIMAL: Final = re.compile(r"\s*[+-]?[0-9]{1,19}(?:\.[0-9]{1,19})?\s*")
_HEXADECIMAL: Final = re.compile(r"\s*&[Hh]([0-9A-Fa-f]{1,16})\s*")
_WIDEST: Final = 2**63
"""Whole numbers are those of 64 bits."""


def described(value: Value) -> str:
    """Return what kind of value it is; never the value, which may be a person's."""
    match value:
        case None | ():
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case tuple():
            return f"{len(value)} values" if len(value) > 1 else described(value[0])
        case datetime():
            return "a date"
        case bytes():
            return "bytes"
        case _:
            return "a text"


def one(value: Value) -> Scalar:
    """Return the only value; None where there is none."""
    if not isinstance(value, tuple):
        return value
    if len(value) > 1:
        raise Unfit(described(value))
    return value[0] if value else None


def many(value: Value) -> tuple[Scalar, ...]:
    """Return the values that are there: none, one or several."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(single for single in values if single is not None)


def text(value: Value) -> str | None:
    """Return a value as text: True and False, numbers without a superfluous `.0`, bytes in Base64."""
    match one(value):
        case None:
            return None
        case str(plain):
            return plain
        case bool(truth):
            return str(truth)
        case int(whole):
            return str(_checked(whole))
        case float(broken):
            return _float_text(broken)
        case bytes(octets):
            return base64.b64encode(octets).decode("ascii")
        case date:
            return written(date)


def number(value: Value) -> int | float | None:
    """Return a value as number: a text that is one, in decimal or as `&HF`; true is 1."""
    match one(value):
        case None:
            return None
        case bool(truth):
            return int(truth)
        case int(whole):
            return _checked(whole)
        case float(broken):
            return broken
        case str(plain):
            return _read_number(plain)
        case other:
            raise Unfit(described(other))


def whole_number(value: Value) -> int | None:
    found = number(value)
    if isinstance(found, float):
        if not found.is_integer():
            raise Unfit("a number with a fraction")
        return _checked(int(found))
    return found


def boolean(value: Value) -> bool:
    """Return whether a value is true: a number other than 0, or a text that says so; nothing and "" are false."""
    match one(value):
        case None | "":
            return False
        case str(plain) if plain.strip().casefold() in {"true", "false"}:
            return plain.strip().casefold() == "true"
        case other:
            return number(other) != 0


def moment(value: Value) -> datetime | None:
    match one(value):
        case None | "":
            return None
        case datetime() as found:
            return in_utc(found)
        case str(plain):
            return _read_moment(plain)
        case other:
            raise Unfit(described(other))


def octets(value: Value) -> bytes | None:
    match one(value):
        case None:
            return None
        case bytes(found):
            return found
        case str(plain):
            return _read_base64(plain)
        case other:
            raise Unfit(described(other))


def outside(value: Value) -> Value:
    """Return a value as it leaves an expression: dates as text."""
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, tuple):
        return tuple(written(single) if isinstance(single, datetime) else single for single in value)
    return value


def from_json(decoded: object) -> Value:
    """Return a decoded JSON value as a value: an array is several values, an object its JSON text."""
    if isinstance(decoded, list | tuple):
        return tuple(_scalar_from_json(single) for single in decoded)
    return _scalar_from_json(decoded)


def is_empty(value: Value) -> bool:
    """Whether there is nothing: no value, or only the empty text."""
    return not value if value.__class__ is str else value is None or value in {(), ("",)}


def _scalar_from_json(decoded: object) -> Scalar:
    if decoded is None or isinstance(decoded, Scalar):
        return decoded
    return json.dumps(decoded, ensure_ascii=False, separators=(",", ":"), default=str)


def _checked(whole: int) -> int:
    if not -_WIDEST <= whole < _WIDEST:
        raise Unfit("a number of more than 64 bits")
    return whole


def _float_text(broken: float) -> str:
    return repr(broken).removesuffix(".0").upper()


def _read_number(plain: str) -> int | float:
    if found := _HEXADECIMAL.fullmatch(plain):
        return _checked(int(found[1], 16))
    if not _DECIMAL.fullmatch(plain):
        raise Unfit("a text that is no number")
    return float(plain) if "." in plain else _checked(int(plain))


def _read_moment(plain: str) -> datetime:
    try:
        return read_moment(plain)
    except DateRefused as refused:
        raise Unfit(str(refused)) from refused


def _read_base64(plain: str) -> bytes:
    try:
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unfit("a text that is no Base64") from error
