"""What does a page of people say? Decoded by type: a page has hundreds of people with dozens of properties each.

The type is made of what was selected. Whatever has another shape is refused as a whole: a page half understood would be
a person lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from shared.configuration.directory_schema import MANAGER, is_extension
from shared.orchestration.ports import Removed, UnexpectedAnswer
from shared.provisioning.entry import SourceEntry

_Plain = str | bool | tuple[str, ...] | None
_Extension = str | bool | int | tuple[str, ...] | None
_Parts = tuple[tuple[str, tuple[str, ...]], ...]
"""Each complex property, and the attributes that are its parts, in the order of its type's fields."""


class _Reference(msgspec.Struct):
    """An entry of manager@delta: whoever is the manager now, or (with @removed) is no longer."""

    id: str
    removed: dict[str, Any] | None = msgspec.field(default=None, name="@removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """The people of a page, and its links as they stand; empty where there is none."""

    entries: tuple[SourceEntry | Removed, ...]
    next_link: str
    delta_link: str


def decoded_people(content: bytes, select: Sequence[str]) -> PeoplePage:
    """Return the page. Raises UnexpectedAnswer. A property that a person lacks has no value, like one that is null."""
    decoder, parts = _decoder(tuple(select))
    try:
        page = decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnexpectedAnswer("Graph answered a page of people of another shape.") from error
    if any(not person.id for person in page.value) or "" in {page.next_link, page.delta_link}:
        raise UnexpectedAnswer("Graph answered a page of people with an empty id or link.")
    entries = tuple(_entry(person, parts) for person in page.value)
    return PeoplePage(entries=entries, next_link=page.next_link or "", delta_link=page.delta_link or "")


def _entry(person: Any, parts: _Parts) -> SourceEntry | Removed:  # noqa: ANN401 - made below
    if person.removed is not None:
        return Removed(id=person.id)
    attributes = msgspec.structs.asdict(person)
    id_ = attributes.pop("id")
    del attributes["removed"]
    if MANAGER in attributes:
        attributes[MANAGER] = _manager(attributes[MANAGER])
    for whole, names in parts:
        found = attributes.pop(whole)
        values = (None,) * len(names) if found is None else msgspec.structs.astuple(found)
        attributes.update(zip(names, values, strict=True))
    return SourceEntry(id=id_, attributes=attributes)


def _manager(entries: list[_Reference] | None) -> str | None:
    """Return the manager as SourceEntry has it. A page that names none says nothing, but in a round from nothing."""
    if entries is None:
        return None
    return next((each.id for each in reversed(entries) if each.removed is None), "")


@lru_cache(maxsize=64)
def _decoder(select: tuple[str, ...]) -> tuple[msgspec.json.Decoder[Any], _Parts]:
    """Return what decodes people with these attributes, and which of them are parts of complex properties."""
    parts = _parts(select)
    complex_ = {whole: _part_type(names) for whole, names in parts}
    fields: list[Any] = [("id", str), ("removed", dict[str, Any] | None, msgspec.field(default=None, name="@removed"))]
    if MANAGER in select:
        fields.append((MANAGER, list[_Reference] | None, msgspec.field(default=None, name=f"{MANAGER}@delta")))
    for name in dict.fromkeys(each.partition("/")[0] for each in select if each not in {"id", MANAGER}):
        kind = complex_.get(name, _Extension if is_extension(name) else _Plain)
        fields.append((name, kind, None))
    person = msgspec.defstruct("Person", fields, gc=False)
    page = msgspec.defstruct(
        "Page",
        [
            ("value", list[person]),  # type: ignore[valid-type]
            ("next_link", str | None, msgspec.field(default=None, name="@odata.nextLink")),
            ("delta_link", str | None, msgspec.field(default=None, name="@odata.deltaLink")),
        ],
    )
    return msgspec.json.Decoder(page), parts


def _parts(select: tuple[str, ...]) -> _Parts:
    wholes = dict.fromkeys(name.partition("/")[0] for name in select if "/" in name)
    return tuple(
        (whole, tuple(dict.fromkeys(name for name in select if name.startswith(f"{whole}/")))) for whole in wholes
    )


def _part_type(names: tuple[str, ...]) -> Any:  # noqa: ANN401 - a type made here
    """Return what decodes a complex property: the parts that were asked for, and no others."""
    fields = [(name.partition("/")[2], str | None, None) for name in names]
    return msgspec.defstruct("Complex", fields, gc=False) | None
