"""How does a JSON object become a typed value and come back out exactly as it came in?

A record names the members that we know; each becomes a field. What else the object has is kept as text that nobody
looks into, and written again. So is the spelling of a known member where ours would be another one: left out, null, a
flag written in another order. It is written again only as long as the field still means the same.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Generic, Protocol, TypeVar

_FIELD = "as_written"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsWritten:
    """What an object had besides its meaning: members by name, as JSON text; None is a member that was left out."""

    unknown: tuple[tuple[str, str], ...] = ()
    spelled: tuple[tuple[str, str | None], ...] = ()


class _HasAsWritten(Protocol):
    @property
    def as_written(self) -> AsWritten: ...


Value = TypeVar("Value", bound=_HasAsWritten)


def _same(value: Any) -> Any:  # noqa: ANN401 - JSON as it is
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One known member; null and left out mean the field's default. `nested` values keep their spelling themselves."""

    name: str
    field: str
    read: Callable[[Any], Any] = _same
    write: Callable[[Any], Any] = _same
    nested: bool = False


class Record(Generic[Value]):
    """Reads and writes one kind of object; its shape has been checked before."""

    def __init__(self, type_: Callable[..., Value], *members: Member) -> None:
        self._type = type_
        self._members = members
        self._known = frozenset(each.name for each in members)
        self._defaults = dict(_defaults(type_))

    def read(self, value: Mapping[str, Any]) -> Value:
        """Return the value that the object stands for."""
        read = {each.field: each.read(value[each.name]) for each in self._members if value.get(each.name) is not None}
        meant = self._type(**read)
        spelled = tuple(self._spellings(value, meant))
        unknown = tuple((name, _text(each)) for name, each in value.items() if name not in self._known)
        if not spelled and not unknown:
            return meant
        return self._type(**read, as_written=AsWritten(unknown=unknown, spelled=spelled))

    def write(self, value: Value) -> dict[str, Any]:
        """Return the object that stands for the value."""
        written: dict[str, Any] = {}
        spelled = dict(value.as_written.spelled)
        for member in self._members:
            meant = getattr(value, member.field)
            if member.name not in spelled or self._meaning(member, spelled[member.name]) != meant:
                written[member.name] = member.write(meant) if meant is not None else None
                continue
            text = spelled[member.name]
            if text is not None:
                written[member.name] = json.loads(text)
        return written | {name: json.loads(text) for name, text in value.as_written.unknown}

    def read_all(self, values: list[Mapping[str, Any]]) -> tuple[Value, ...]:
        return tuple(map(self.read, values))

    def write_all(self, values: tuple[Value, ...]) -> list[dict[str, Any]]:
        return list(map(self.write, values))

    def _spellings(self, value: Mapping[str, Any], meant: Value) -> Iterator[tuple[str, str | None]]:
        for member in self._members:
            if member.name not in value:
                yield member.name, None
            elif value[member.name] is None or not member.nested:
                ours = getattr(meant, member.field)
                text = _text(value[member.name])
                if text != _text(member.write(ours) if ours is not None else None):
                    yield member.name, text

    def _meaning(self, member: Member, text: str | None) -> object:
        value = None if text is None else json.loads(text)
        return self._defaults.get(member.field) if value is None else member.read(value)


def _defaults(type_: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - a dataclass
    for each in fields(type_):
        if each.default is not MISSING:
            yield each.name, each.default


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
