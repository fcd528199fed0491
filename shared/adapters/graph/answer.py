"""What did Graph answer, and has it the shape that is documented? Nothing is guessed from another shape."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from shared.configuration.directory_schema import is_extension
from shared.orchestration.ports import UnexpectedAnswer
from shared.provisioning.entry import Attributes, AttributeValue

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, of its own or as an item of a batch; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: object = None
    """The decoded JSON; None if there is none or it is not JSON."""
    content: bytes = b""
    """The body as it came, where somebody decodes it for themselves."""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def decoded(content: bytes) -> object:
    """Return the JSON in the bytes, or None."""
    if not content:
        return None
    try:
        body: object = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return body


def record(body: object) -> Record:
    """Return the body as a JSON object."""
    if not isinstance(body, dict):
        raise UnexpectedAnswer("Graph answered something that is not a JSON object.")
    return body


def records(body: object) -> tuple[Record, ...]:
    """Return the objects of a collection's `value`."""
    value = record(body).get("value")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise UnexpectedAnswer("Graph answered a collection whose `value` is not a list of objects.")
    return tuple(value)


def text(source: Record, name: str) -> str:
    """Return a text that must be there and not be empty."""
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise UnexpectedAnswer(f"Graph answered an object whose `{name}` is not text.")
    return value


def optional_text(source: Record, name: str) -> str:
    """Return a text, empty if the property is absent or null."""
    return "" if source.get(name) is None else text(source, name)


def attributes(source: Record, names: Iterable[str]) -> Attributes:
    """Return the named properties that the object has; those that were never set are absent.

    A name with a slash is a part of a complex property.
    """
    found = dict[str, AttributeValue]()
    for name, whole, part in _split(tuple(names)):
        if whole in source:
            value = source[whole]
            # most values are of these three kinds; a page has hundreds of people with dozens of them
            if not part and (value is None or value.__class__ is str or value.__class__ is bool):
                found[name] = value
            else:
                found[name] = _value(name, _part(whole, value, part) if part else value)
    return found


@lru_cache(maxsize=256)
def _split(names: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Return each name with the property that holds it and its part of that; the same names come again and again."""
    return tuple((name, whole, part) for name in names for whole, _, part in [name.partition("/")])


def selected(names: Iterable[str]) -> tuple[str, ...]:
    """Return what to select for these attributes: of a complex property Graph selects the whole."""
    return tuple(dict.fromkeys(name.partition("/")[0] for name in names))


def body_of(values: Attributes) -> dict[str, object]:
    """Return the JSON of an update; parts of one complex property stand in one object."""
    body: dict[str, object] = {}
    for name, value in values.items():
        whole, _, part = name.partition("/")
        if not part:
            body[name] = value
            continue
        parts = body.setdefault(whole, {})
        if isinstance(parts, dict):
            parts[part] = value
    return body


def _part(name: str, value: object, part: str) -> object:
    if value is not None and not isinstance(value, dict):
        raise UnexpectedAnswer(f"Graph answered a `{name}` that is not a JSON object.")
    return None if value is None else value.get(part)


def _value(name: str, value: object) -> AttributeValue:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and is_extension(name):  # no other property that we read is a number
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise UnexpectedAnswer(f"Graph answered a `{name}` that is neither text, boolean nor a list of texts.")
