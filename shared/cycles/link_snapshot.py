"""Who was provisioned or worked on when an initial cycle began, and who of them has been seen since?

A packed, sorted table of 26 bytes for each person, because a cycle may be about a million people: 16 bytes of a digest
of the source id, 1 byte of flags, 8 bytes of the flow's digest and the manager, 1 byte that says whether the person was
seen in scope. Whoever was unknown when the cycle began, and is seen, gets a place too: a page may be read, and given to
workers, by a slice that dies, and not show the person when it is read again. So a link alone does not say that the
person was seen by the read that counts.

Workers go on while the cycle reads, so what stands here of a person with open work (a busy one) may be outdated.
"""

import hashlib
from collections.abc import Collection, Iterable
from typing import Self

from shared.provisioning.link import Link, LinkState

_KEY = 16
_RECORD = 26
_ACTIVE = 1
_ENABLED = 2
_BUSY = 4
_UNLINKED = 8
_NEWCOMER = bytes([_UNLINKED]) + b"\0" * 8 + b"\1"


def _key(source_id: str) -> bytes:
    return hashlib.blake2b(source_id.encode(), digest_size=_KEY).digest()


def _short_digest(digest: str, manager: str) -> bytes:
    told = f"{digest} {manager}" if manager else digest
    return hashlib.blake2b(told.encode(), digest_size=8).digest()


class LinkSnapshot:
    """The table; `seen` and `busy` marks may be set and newcomers added, nothing else changes."""

    def __init__(self, packed: bytes | bytearray) -> None:
        """Wrap packed bytes, which nobody else may change; raises ValueError if their length cannot be a table."""
        if len(packed) % _RECORD:
            raise ValueError(f"{len(packed)} bytes are no table of {_RECORD}-byte records")
        self._packed = packed if isinstance(packed, bytearray) else bytearray(packed)
        self._newcomers = set[bytes]()
        """Keys of people who have been seen and have no place yet."""
        self.changed = False
        """Has anything been marked since it was packed, or saved?"""

    @classmethod
    def pack(cls, links: Iterable[Link], busy: Collection[str] = ()) -> Self:
        """Return the table of these links, and of the people with open work whether they have a link or not."""
        packing = Packing()
        packing.add(links, busy)
        return cls(packing.table())

    def __len__(self) -> int:
        """Return how many people have a place."""
        return len(self._packed) // _RECORD

    @property
    def packed(self) -> bytearray:
        """Return the table itself: a copy of it would be as large."""
        self._give_places()
        return self._packed

    @property
    def active(self) -> int:
        """Return how many links were active."""
        return sum(record[_KEY] & _ACTIVE for record in self.records())

    def state(self, source_id: str) -> tuple[bool, bool] | None:
        """Return (active, enabled) of the person's link; None if there was none."""
        flags = self._flags(source_id)
        if flags & _UNLINKED:
            return None
        return bool(flags & _ACTIVE), bool(flags & _ENABLED)

    def unchanged(self, source_id: str, digest: str, manager: str = "") -> bool:
        """Is the person as last written and read: this digest, this manager, and has nobody worked on it since?"""
        index = self._find(source_id)
        if index is None or self.is_busy(source_id):
            return False
        start = index * _RECORD + _KEY + 1
        return self._packed[start : start + 8] == _short_digest(digest, manager)

    def is_busy(self, source_id: str) -> bool:
        """Has the person had open work since the cycle began?"""
        return bool(self._flags(source_id) & _BUSY)

    def mark_busy(self, source_ids: Iterable[str]) -> None:
        """Note that there is work for these people now."""
        for source_id in source_ids:
            index = self._find(source_id)
            if index is not None:
                self._packed[index * _RECORD + _KEY] |= _BUSY
                self.changed = True

    def mark_seen(self, source_id: str) -> None:
        """Note that the person was seen in scope."""
        index = self._find(source_id)
        if index is None:
            self._newcomers.add(_key(source_id))
        else:
            self._packed[(index + 1) * _RECORD - 1] = 1
        self.changed = True

    def is_absent(self, source_id: str) -> bool:
        """Was the link active when the cycle began, and the person not seen in scope since?"""
        return bool(self._flags(source_id) & _ACTIVE) and not self.is_seen(source_id)

    def is_unexpected(self, source_id: str) -> bool:
        """Was no link active when the cycle began, and the person not seen in scope since?"""
        return not self._flags(source_id) & _ACTIVE and not self.is_seen(source_id)

    def is_seen(self, source_id: str) -> bool:
        """Was the person seen in scope?"""
        index = self._find(source_id)
        if index is None:
            return _key(source_id) in self._newcomers
        return bool(self._packed[(index + 1) * _RECORD - 1])

    def _flags(self, source_id: str) -> int:
        index = self._find(source_id)
        return _UNLINKED if index is None else self._packed[index * _RECORD + _KEY]

    def _find(self, source_id: str) -> int | None:
        key = _key(source_id)
        place = self._place(key)
        start = place * _RECORD
        return place if self._packed[start : start + _KEY] == key else None

    def _place(self, key: bytes) -> int:
        """Return before how many records the key does not come."""
        low, high = 0, len(self._packed) // _RECORD
        while low < high:
            middle = (low + high) // 2
            if self._packed[middle * _RECORD : middle * _RECORD + _KEY] < key:
                low = middle + 1
            else:
                high = middle
        return low

    def _give_places(self) -> None:
        """Put the newcomers between the others."""
        if not self._newcomers:
            return
        parts, end = list[bytes | bytearray](), 0
        for key in sorted(self._newcomers):
            start = self._place(key) * _RECORD
            parts += [self._packed[end:start], key + _NEWCOMER]
            end = start
        self._packed = bytearray(b"".join([*parts, self._packed[end:]]))
        self._newcomers.clear()

    def records(self) -> Iterable[bytes]:
        """Return the records in their order."""
        self._give_places()
        return _records(self._packed)


class Packing:
    """Makes a table of people who come in any order, some thousands at a time, in little more than its own size.

    Into few buckets: the memory of those that are large goes back to the system while the table grows.
    """

    def __init__(self) -> None:
        self._buckets = [bytearray() for _ in range(16)]

    def add(self, links: Iterable[Link], busy: Collection[str] = ()) -> None:
        """Add these links, and the people with open work whether they have a link or not; nobody is added twice."""
        unlinked = {source_id: _key(source_id) + bytes([_UNLINKED | _BUSY]) + b"\0" * 9 for source_id in busy}
        linked = {link.source_id: _record(link, busy=link.source_id in unlinked) for link in links}
        for record in (unlinked | linked).values():
            self._buckets[record[0] >> 4] += record

    def table(self) -> bytearray:
        """Return the sorted table; of the parts nothing is left."""
        table = bytearray()
        for bucket in self._buckets:
            table += b"".join(sorted(_records(bucket)))
            bucket.clear()
        return table


def _records(packed: bytearray) -> Iterable[bytes]:
    for start in range(0, len(packed), _RECORD):
        yield bytes(packed[start : start + _RECORD])


def _record(link: Link, *, busy: bool) -> bytes:
    flags = (_ACTIVE if link.state is LinkState.ACTIVE else 0) | (_ENABLED if link.enabled else 0)
    flags |= _BUSY if busy else 0
    return _key(link.source_id) + bytes([flags]) + _short_digest(link.digest, link.manager) + b"\0"
