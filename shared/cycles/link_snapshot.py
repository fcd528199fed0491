"""Who was provisioned when an initial cycle began, and who of them has been seen since?

A packed, sorted table of 26 bytes for each link, because a cycle may be about a million people: 16 bytes of a digest of
the source id, 1 byte of flags, 8 bytes of the flow's digest, 1 byte that says whether the person was seen in scope.
"""

import hashlib
from collections.abc import Iterable
from typing import Self

from shared.provisioning.link import Link, LinkState

_KEY = 16
_RECORD = 26
_ACTIVE = 1
_ENABLED = 2


def _key(source_id: str) -> bytes:
    return hashlib.blake2b(source_id.encode(), digest_size=_KEY).digest()


def _short_digest(digest: str) -> bytes:
    return hashlib.blake2b(digest.encode(), digest_size=8).digest()


class LinkSnapshot:
    """The table; `seen` marks may be set, nothing else changes."""

    def __init__(self, packed: bytes) -> None:
        """Wrap packed bytes; raises ValueError if their length cannot be a table."""
        if len(packed) % _RECORD:
            raise ValueError(f"{len(packed)} bytes are no table of {_RECORD}-byte records")
        self._packed = bytearray(packed)

    @classmethod
    def pack(cls, links: Iterable[Link]) -> Self:
        """Return the table of these links."""
        return cls(b"".join(sorted(_record(link) for link in links)))

    @classmethod
    def merge(cls, parts: Iterable["LinkSnapshot"]) -> Self:
        """Return one table of several."""
        return cls(b"".join(sorted(record for part in parts for record in part.records())))

    @property
    def packed(self) -> bytes:
        return bytes(self._packed)

    @property
    def active(self) -> int:
        """Return how many links were active."""
        return sum(record[_KEY] & _ACTIVE for record in self.records())

    def state(self, source_id: str) -> tuple[bool, bool] | None:
        """Return (active, enabled) of the person's link; None if there was none."""
        index = self._find(source_id)
        if index is None:
            return None
        flags = self._packed[index * _RECORD + _KEY]
        return bool(flags & _ACTIVE), bool(flags & _ENABLED)

    def unchanged(self, source_id: str, digest: str) -> bool:
        """Was the person's flow last written with this digest?"""
        index = self._find(source_id)
        if index is None:
            return False
        start = index * _RECORD + _KEY + 1
        return self._packed[start : start + 8] == _short_digest(digest)

    def mark_seen(self, source_id: str) -> None:
        """Note that the person was seen in scope; people without a link need no mark."""
        index = self._find(source_id)
        if index is not None:
            self._packed[(index + 1) * _RECORD - 1] = 1

    def is_absent(self, source_id: str) -> bool:
        """Was the link active when the cycle began, and the person not seen in scope since?"""
        index = self._find(source_id)
        if index is None:
            return False
        record = self._packed[index * _RECORD : (index + 1) * _RECORD]
        return bool(record[_KEY] & _ACTIVE) and not record[-1]

    def _find(self, source_id: str) -> int | None:
        key = _key(source_id)
        low, high = 0, len(self._packed) // _RECORD
        while low < high:
            middle = (low + high) // 2
            if self._packed[middle * _RECORD : middle * _RECORD + _KEY] < key:
                low = middle + 1
            else:
                high = middle
        start = low * _RECORD
        return low if self._packed[start : start + _KEY] == key else None

    def records(self) -> Iterable[bytes]:
        """Return the records in their order."""
        for start in range(0, len(self._packed), _RECORD):
            yield bytes(self._packed[start : start + _RECORD])


def _record(link: Link) -> bytes:
    flags = (_ACTIVE if link.state is LinkState.ACTIVE else 0) | (_ENABLED if link.enabled else 0)
    return _key(link.source_id) + bytes([flags]) + _short_digest(link.digest) + b"\0"
