"""What a table is to the engine: rows in partitions, read by key and key range, committed atomically with etags."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.orchestration.ports import StorageUnavailable

RowValue = str | int | float | bool | bytes | datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it was read; `etag` names exactly this version of it."""

    partition: str
    key: str
    values: Mapping[str, RowValue]
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """Writes a row that must not exist yet."""

    key: str
    values: Mapping[str, RowValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Writes all values of a row that must still be the version that `etag` names."""

    key: str
    values: Mapping[str, RowValue]
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert:
    """Writes all values of a row, whatever stands there."""

    key: str
    values: Mapping[str, RowValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Removes a row: with an etag that version, which must be there; without one whatever is there, if anything."""

    key: str
    etag: str | None = None


Operation = Insert | Replace | Upsert | Delete


class ConflictReason(StrEnum):
    exists = "exists"
    changed = "changed"
    missing = "missing"


class RowConflict(Exception):
    """A row is not in the state that an operation expects, and nothing of its commit was written.

    An answer can be lost after the write happened, and where the library then repeats the request, our own insert
    shows as `exists`, our own replace as `changed`, our own delete as `missing`; where it does not (a transaction
    whose connection broke), as StorageOutage. Whoever must know reads again.
    """

    def __init__(self, partition: str, key: str, reason: ConflictReason) -> None:
        super().__init__(f"Row {key!r} in partition {partition!r}: {reason}. Read it again and decide again.")
        self.partition = partition
        self.key = key
        self.reason = reason


class RowTooLarge(ValueError):
    """A row or one of its values is larger than a table takes."""


class StorageOutage(StorageUnavailable):
    """Storage did not answer, or asked to wait; whether a write happened is not known."""

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message or self.__doc__)
        self.retry_after = retry_after


class StorageRefused(Exception):
    """Storage refuses the request for good: a missing role assignment, a wrong name, a wrong account."""


class Rows(Protocol):
    """One table.

    Keys are printable ASCII without `/ \\ # ?` (`escape_key` makes them so) and sort by their characters.
    Every method raises StorageOutage or StorageRefused, and ValueError for what can never succeed.
    """

    async def get(self, partition: str, key: str) -> Row | None:
        """The row, or None."""

    async def get_many(self, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        """Those of the rows that exist, by key; each read is as fresh as `get`, together they are no snapshot."""

    def scan(
        self, partition: str, *, first: str = "", before: str | None = None, select: Sequence[str] | None = None
    ) -> AsyncIterator[Row]:
        """All rows with first <= key < before in key order, page after page; no snapshot.

        With `select` only those values (the ones a row has), and the etag all the same.
        """

    async def page(
        self,
        partition: str,
        *,
        first: str = "",
        before: str | None = None,
        limit: int,
        select: Sequence[str] | None = None,
    ) -> list[Row]:
        """The first `limit` rows of such a scan."""

    async def commit(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        """Does all operations or none, and returns the new etags of the rows written, by key.

        At most 100 operations, 4 MiB, and one operation per key, else ValueError before anything is sent;
        `batches` cuts a longer list. The first operation that does not fit raises RowConflict.
        """


_PLAIN = re.compile(r"[A-Za-z0-9_.@-]*")
_UNSAFE = re.compile(rb"[^A-Za-z0-9_.@-]")
_ESCAPED = re.compile(r"(?:[A-Za-z0-9_.@-]|=[0-9A-F]{2})*")


def escape_key(text: str) -> str:
    """Any text as a part of a key, in the characters A-Z a-z 0-9 _ . @ = - only; the order of texts is lost."""
    if _PLAIN.fullmatch(text):
        return text  # ids are, and keys are made of them all the time
    encoded = text.encode("utf-8", "surrogatepass")
    return _UNSAFE.sub(lambda match: b"=%02X" % match[0][0], encoded).decode("ascii")


def unescape_key(part: str) -> str:
    """The text that `escape_key` was given; ValueError for what it cannot have returned."""
    if _PLAIN.fullmatch(part):
        return part
    if not _ESCAPED.fullmatch(part):
        raise ValueError(f"{part!r} is not an escaped part of a key.")
    encoded = re.sub(rb"=(..)", lambda match: bytes.fromhex(match[1].decode()), part.encode("ascii"))
    text = encoded.decode("utf-8", "surrogatepass")
    if escape_key(text) != part:
        raise ValueError(f"{part!r} escapes what needs no escape.")
    return text
