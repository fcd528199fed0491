"""Whose removal or disable has a guard released lately? Counted again until the guard's window is over.

A packed table of 21 bytes for each: 16 of a digest of the source id, 4 of the minute since 1970 in which they were
last released, 1 of the kind. Who was approved is not in it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from shared.cycles.pending import WorkKind

_KEY = 16
_RECORD = 21
_KINDS = (WorkKind.REMOVE, WorkKind.DISABLE)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """By kind, digest of the source id and minute of the last release."""

    minutes: Mapping[WorkKind, Mapping[bytes, int]] = field(default_factory=dict)

    @classmethod
    def unpack(cls, packed: bytes | bytearray) -> Self:
        """Return the table; raises ValueError if the bytes are not one."""
        if len(packed) % _RECORD:
            raise ValueError(f"{len(packed)} bytes are no table of {_RECORD}-byte records")
        found: dict[WorkKind, dict[bytes, int]] = {kind: {} for kind in _KINDS}
        for start in range(0, len(packed), _RECORD):
            key, minute = bytes(packed[start : start + _KEY]), packed[start + _KEY : start + _KEY + 4]
            found[_KINDS[packed[start + _RECORD - 1]]][key] = int.from_bytes(minute)
        return cls(minutes=found)

    def pack(self) -> bytes:
        """Return the bytes that `unpack` takes."""
        return b"".join(
            key + minute.to_bytes(4) + bytes([_KINDS.index(kind)])
            for kind, minutes in self.minutes.items()
            for key, minute in sorted(minutes.items())
        )

    def count(self, staged: Mapping[WorkKind, Iterable[str]], since: datetime) -> int:
        """Count these people together with those released since, for the same kinds; each once, whatever is due."""
        first = _minute(since)
        counted = {_key(source_id) for source_ids in staged.values() for source_id in source_ids}
        for kind in staged:
            counted |= {key for key, minute in self.minutes.get(kind, {}).items() if minute >= first}
        return len(counted)

    def with_more(self, released: Mapping[WorkKind, Iterable[str]], now: datetime, since: datetime) -> "Released":
        """Return the table with these people, as of now, and without those from before `since`.

        Who was released before may have come back since, and be let go once more.
        """
        first, minute = _minute(since), _minute(now)
        kept = {
            kind: {key: earlier for key, earlier in self.minutes.get(kind, {}).items() if earlier >= first}
            for kind in _KINDS
        }
        new = {kind: dict.fromkeys(map(_key, released.get(kind, ())), minute) for kind in _KINDS}
        return Released(minutes={kind: kept[kind] | new[kind] for kind in _KINDS})


def _key(source_id: str) -> bytes:
    return hashlib.blake2b(source_id.encode(), digest_size=_KEY).digest()


def _minute(time: datetime) -> int:
    return max(0, (time - _EPOCH) // _MINUTE)
