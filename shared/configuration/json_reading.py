"""Is this text JSON as we accept it, and if not, what is wrong and where?

Python's reader lets pass what other readers of the same document refuse or understand differently: repeated
properties, NaN, numbers without a finite value, halves of surrogate pairs. All of these are problems here.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.configuration.problems import ConfigurationError, Problem, child_path, one_per_place

MOST_BYTES = 1024 * 1024
# each call within an expression is three levels of its tree of parameters
MOST_LEVELS = 128
MOST_DIGITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _RefusedNumber:
    text: str


class _Object(dict[str, object]):
    """A JSON object that remembers which of its properties were written more than once."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs) if len(pairs) > len(self) else {}
        self.repeated = tuple(key for key, count in counts.items() if count > 1)


def read_json(document: bytes | str | Mapping[str, object]) -> tuple[object, tuple[Problem, ...]]:
    """Return the value with the problems found in it; raise ConfigurationError where there is no value at all."""
    text = _text(document)
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise _whole(f"is {size} bytes long; the limit is {MOST_BYTES} (1 MiB)")
    value = _load(text)
    return value, one_per_place(_inspect(value, path="", level=1))


def _text(document: bytes | str | Mapping[str, object]) -> str:
    if isinstance(document, Mapping):
        return _dump(document)
    if isinstance(document, str):
        return document.removeprefix("\ufeff")
    if len(document) > MOST_BYTES:
        raise _whole(f"is {len(document)} bytes long; the limit is {MOST_BYTES} (1 MiB)")
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _whole(f"is not UTF-8 text (byte {error.start + 1}); save the file as UTF-8") from error


def _dump(document: Mapping[str, object]) -> str:
    try:
        return json.dumps(dict(document))
    except (TypeError, ValueError) as error:
        raise _whole(f"holds a value that JSON cannot express: {error}") from error
    except RecursionError as error:
        raise _too_deep() from error


def _load(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_Object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=lambda name: _RefusedNumber(text=name),
        )
    except json.JSONDecodeError as error:
        raise _whole(f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise _too_deep() from error


def _integer(text: str) -> int | _RefusedNumber:
    return int(text) if len(text) <= MOST_DIGITS else _RefusedNumber(text=text[:MOST_DIGITS] + "...")


def _number(text: str) -> float | _RefusedNumber:
    number = float(text)
    return number if math.isfinite(number) else _RefusedNumber(text=text[:MOST_DIGITS])


def _inspect(value: object, *, path: str, level: int) -> Iterator[Problem]:
    if level > MOST_LEVELS:
        raise _too_deep()
    if isinstance(value, _RefusedNumber):
        yield Problem(path=path, message=f"{value.text} is not a number that can be used here; write a finite one")
    if isinstance(value, str) and _has_lone_surrogate(value):
        yield Problem(path=path, message="holds half of a surrogate pair; write the whole character")
    if isinstance(value, _Object):
        yield from _inspect_names(value, path)
    for step, child in _children(value):
        yield from _inspect(child, path=child_path(path, step), level=level + 1)


def _inspect_names(value: _Object, path: str) -> Iterator[Problem]:
    for name in value.repeated:
        yield Problem(path=child_path(path, name), message="is written more than once; keep one of them")
    for name in filter(_has_lone_surrogate, value):
        yield Problem(path=child_path(path, name), message="has half of a surrogate pair in its name; remove it")


def _children(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items()
    if isinstance(value, list):
        yield from enumerate(value)


def _has_lone_surrogate(text: str) -> bool:
    return any("\ud800" <= each <= "\udfff" for each in text)


def _too_deep() -> ConfigurationError:
    return _whole(f"is nested too deeply; the limit is {MOST_LEVELS} levels")


def _whole(message: str) -> ConfigurationError:
    return ConfigurationError([Problem(path="", message=message)])
