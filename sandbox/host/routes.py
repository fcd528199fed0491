"""Which function does a path belong to?

Route templates are those of ASP.NET: literals, ``{name}``, ``{name?}`` and ``{*name}``; of two that match, the one with
the more particular segment wins.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import unquote

from sandbox.host.settings import SettingsError

_PARAMETER = re.compile(r"\{(\*{0,2})([A-Za-z_]\w*)(\??)\}")


class _Kind(IntEnum):
    """How particular a segment is; smaller goes first."""

    LITERAL = 0
    PARAMETER = 1
    OPTIONAL = 2
    REST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    kind: _Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The template of one function; no methods means every method."""

    function: str
    methods: frozenset[str]
    segments: tuple[_Segment, ...]

    @property
    def order(self) -> tuple[_Kind, ...]:
        return tuple(segment.kind for segment in self.segments)

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters in this path, as sent by the client; None if the path is not of this route."""
        parts = path.strip("/").split("/") if path.strip("/") else []
        parameters: dict[str, str] = {}
        for segment in self.segments:
            if segment.kind is _Kind.REST:
                return parameters | {segment.text: unquote("/".join(parts))}
            if not parts:
                if segment.kind is _Kind.OPTIONAL:
                    continue
                return None
            part = unquote(parts.pop(0))
            if segment.kind is not _Kind.LITERAL:
                parameters[segment.text] = part
            elif segment.text.lower() != part.lower():
                return None
        return None if parts else parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a request reaches: one function with its parameters, or nothing, with the methods that are allowed there."""

    function: str | None
    parameters: Mapping[str, str]
    allowed: frozenset[str]


def parse(template: str, *, prefix: str, function: str, methods: Iterable[str]) -> Route:
    """The route of a function; its template stands below the prefix of host.json."""
    if prefix and template.startswith("/"):
        raise SettingsError(f"{function}: a route that starts with / does not work below routePrefix {prefix!r}.")
    parts = [part for part in f"{prefix}/{template}".split("/") if part]
    segments = tuple(_segment(part, function) for part in parts)
    return Route(function=function, methods=frozenset(method.upper() for method in methods), segments=segments)


def find(routes: Iterable[Route], *, method: str, path: str) -> Found:
    """The most particular route of this path and method."""
    allowed: set[str] = set()
    for route in sorted(routes, key=lambda route: route.order):
        parameters = route.match(path)
        if parameters is None:
            continue
        if not route.methods or method.upper() in route.methods:
            return Found(function=route.function, parameters=parameters, allowed=route.methods)
        allowed |= route.methods
    return Found(function=None, parameters={}, allowed=frozenset(allowed))


def _segment(part: str, function: str) -> _Segment:
    if "{" not in part and "}" not in part:
        return _Segment(kind=_Kind.LITERAL, text=part)
    match = _PARAMETER.fullmatch(part)
    if match is None:
        raise SettingsError(f"{function}: the local host knows no route segment like {part!r}.")
    star, name, optional = match.groups()
    if star:
        return _Segment(kind=_Kind.REST, text=name)
    return _Segment(kind=_Kind.OPTIONAL if optional else _Kind.PARAMETER, text=name)
