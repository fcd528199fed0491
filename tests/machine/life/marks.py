"""What have others than the engine done to an object in the target, and does the engine surely know what was before?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sandbox.judge.mapping import Value, comparable
from tests.machine.history import Moment

ENABLED: Final = "accountEnabled"
MANAGER: Final = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Somebody in the target has given an attribute this value."""

    value: Value
    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A block or a deletion. `sure`: the engine cannot take it for its own; `known`: it has surely seen it."""

    at: Moment
    sure: bool
    known: bool = False


@dataclass(slots=True, kw_only=True)
class Marks:
    """Of one object."""

    edits: dict[str, Edit] = field(default_factory=dict)
    """What others have written, and the engine has not since."""
    blocked: Act | None = None
    departed: Act | None = None
    released: Moment | None = None
    """An operator has released the person since, and it may not have been carried out yet."""
    level: Moment | None = None
    """When all was settled last and the object stood for somebody in scope with nothing in the way: then the engine
    had written all that it had to."""
    removed: datetime | None = None
    """When the engine deleted it last."""
    unassigned: bool = False
    """Was it deleted because the person was not assigned any more?"""
    left_by: datetime | None = None
    """By when its person was out of scope, and the engine knew it."""

    @property
    def touched(self) -> bool:
        """Have others done something to it that may still be so?"""
        return bool(self.edits or self.blocked or self.departed)


def shown(name: str, value: Any) -> Value:  # noqa: ANN401 - whatever a directory holds
    """Return the value as it is compared; of a manager the id."""
    if name == MANAGER:
        return str((value or {}).get("id") or "") or None
    return comparable(value)
