"""What does one row of the table of calls say?"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

API = "https://learn.microsoft.com/graph/api/"


class Caller(StrEnum):
    """Who asks: the product's application, or an administrator who signed in to set a tenant up."""

    APPLICATION = "application"
    ADMINISTRATOR = "administrator"


BOTH = frozenset(Caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    name: str
    method: str
    #: Segments joined by /; a segment in braces is a parameter.
    path: str
    #: The Microsoft page that describes the call.
    page: str
    #: Permissions of which any one is enough: application permissions, or an administrator's delegated ones.
    permissions: tuple[str, ...]
    options: frozenset[str] = field(default=frozenset())
    #: Options without which the product never sends this call.
    required: frozenset[str] = field(default=frozenset())
    #: Properties that the body may hold; none: no body.
    properties: frozenset[str] = field(default=frozenset())
    units: int = 1
    writes: int = 0
    #: Anybody else who sends it is told that it is no call of the product.
    by: frozenset[Caller] = frozenset({Caller.APPLICATION})

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.split("/"))

    def parameters(self, path: tuple[str, ...]) -> dict[str, str] | None:
        """The values of the path's parameters; None if the path is another one."""
        found: dict[str, str] = {}
        for expected, segment in zip(self.segments, path, strict=True):
            if expected.startswith("{"):
                found[expected[1:-1]] = segment
            elif "{" not in expected:
                if expected.lower() != segment.lower():
                    return None
            elif match := _pattern(expected).fullmatch(segment):
                found |= match.groupdict()
            else:
                return None
        return found


@cache
def _pattern(segment: str) -> re.Pattern[str]:
    """A segment with an alternate key between quotes: servicePrincipals(appId='{appId}')."""
    before, name, after = re.split("[{}]", segment)
    return re.compile(f"{re.escape(before)}(?P<{name}>[^']+){re.escape(after)}", re.IGNORECASE)


def options(*names: str) -> frozenset[str]:
    return frozenset(f"${name}" for name in names)
