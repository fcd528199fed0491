"""What is different between two configuration documents? Each place as a JSON pointer (RFC 6901), before and after."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place, and the JSON that stands there; None where there is nothing."""

    path: str
    before: str | None
    after: str | None


def document_diff(before: bytes | None, after: bytes | None) -> tuple[Difference, ...]:
    """Return the differences of two JSON documents in the order of their paths; None is no document at all."""
    old = {} if before is None else json.loads(before)
    new = {} if after is None else json.loads(after)
    return tuple(sorted(_differences("", old, new), key=lambda each: each.path))


def _differences(path: str, before: object, after: object) -> Iterator[Difference]:
    left, right = _parts(before), _parts(after)
    if left is None or right is None or type(before) is not type(after):
        if before != after or type(before) is not type(after):
            yield Difference(path=path, before=_text(before), after=_text(after))
        return
    for name in left.keys() | right.keys():
        place = f"{path}/{_escaped(name)}"
        if name not in left:
            yield Difference(path=place, before=None, after=_text(right[name]))
        elif name not in right:
            yield Difference(path=place, before=_text(left[name]), after=None)
        else:
            yield from _differences(place, left[name], right[name])


def _parts(value: object) -> Mapping[str, object] | None:
    """Return the parts of an object or array by name; None for what has none."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {str(index): each for index, each in enumerate(value)}
    return None


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
