"""In which order did the objects of a tenant change, and what changed in each step?

The log only grows; an object knows its newest entry, so an older entry of the same object is recognized as stale. Delta
reads walk it from a position, and what changes while a round is read is found further on in the same walk.
"""

from array import array
from typing import Generic, Protocol, TypeVar


class Logged(Protocol):
    """Anything that can stand in a log: it carries the number of its newest entry, 0 before the first."""

    sequence: int


Entry = TypeVar("Entry", bound=Logged)


class ChangeLog(Generic[Entry]):
    """Numbered changes, starting at 1; about 20 bytes each."""

    __slots__ = ("_changed", "_entries", "_interned", "_previous")

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._changed: list[frozenset[str] | None] = []
        self._previous = array("L")
        self._interned: dict[frozenset[str], frozenset[str]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, entry: Entry, changed: frozenset[str] | None) -> int:
        """Note a change; `changed` None is everything (created, restored, deleted)."""
        self._entries.append(entry)
        self._changed.append(None if changed is None else self._interned.setdefault(changed, changed))
        self._previous.append(entry.sequence)
        entry.sequence = len(self._entries)
        return entry.sequence

    def at(self, sequence: int) -> Entry:
        return self._entries[sequence - 1]

    def changed_since(self, entry: Entry, since: int) -> frozenset[str] | None:
        """All properties of the object that changed after `since`; None is everything."""
        names: frozenset[str] = frozenset()
        sequence = entry.sequence
        while sequence > since:
            changed = self._changed[sequence - 1]
            if changed is None:
                return None
            names |= changed
            sequence = self._previous[sequence - 1]
        return names
