"""Where do rows stand, and which changes to them are taken? In SQLite: pages come from an index, whatever the size.

The body of a row is kept as it was sent, the JSON of its properties without the braces: most requests read many rows
and write few, and no row is looked into unless a query asks for some of its properties.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec


class WriteKind(StrEnum):
    INSERT = "insert"
    REPLACE = "replace"
    UPSERT = "upsert"
    MERGE = "merge"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One change to one row; `match` is the version that it must have, 0: any."""

    kind: WriteKind
    partition: str
    key: str
    body: bytes = b""
    match: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    partition: str
    key: str
    version: int
    body: bytes


class StorageError(Exception):
    """A request is refused; carries what the answer says."""

    def __init__(self, status: int, code: str, index: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        #: In a transaction, which of its operations is refused.
        self.index = index


_SCHEMA = """
CREATE TABLE IF NOT EXISTS places (id INTEGER PRIMARY KEY, name TEXT, part TEXT, UNIQUE (name, part));
CREATE TABLE IF NOT EXISTS tables (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS rows (place INTEGER, key TEXT, version INTEGER, body BLOB, PRIMARY KEY (place, key))
WITHOUT ROWID;
"""
_LAST_KEY = "\U0010ffff"


class Database:
    """The tables of one account, in memory or in a file that nobody else has open."""

    def __init__(self, path: Path | None = None) -> None:
        self._connection = sqlite3.connect(str(path) if path else ":memory:", isolation_level=None)
        for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "temp_store = MEMORY", "cache_size = -65536"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        self._places: dict[tuple[str, str], int] = {
            (name, part): place for place, name, part in self._connection.execute("SELECT id, name, part FROM places")
        }
        self._tables = {name for (name,) in self._connection.execute("SELECT name FROM tables")}
        self._version: int
        (self._version,) = self._connection.execute("SELECT COALESCE(MAX(version), 0) FROM rows").fetchone()

    def close(self) -> None:
        self._connection.close()

    def create_table(self, table: str) -> None:
        if table in self._tables:
            raise StorageError(409, "TableAlreadyExists")
        self._tables.add(table)
        self._connection.execute("INSERT INTO tables VALUES (?)", (table,))

    def get(self, table: str, partition: str, key: str) -> Stored:
        self._check(table)
        row = self._row(self._places.get((table, partition), 0), key)
        if row is None:
            raise StorageError(404, "ResourceNotFound")
        return Stored(partition, key, *row)

    def page(self, table: str, partition: str, first: str, before: str | None, limit: int) -> list[Stored]:
        """Rows in the order of their keys, from `first` on and below `before`."""
        self._check(table)
        found = self._connection.execute(
            "SELECT key, version, body FROM rows WHERE place = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?",
            (self._places.get((table, partition), 0), first, _LAST_KEY if before is None else before, limit),
        )
        return [Stored(partition, key, version, body) for key, version, body in found]

    def commit(self, table: str, writes: Sequence[Write]) -> list[int]:
        """Do all of it or nothing; the new version of each row."""
        self._check(table)
        with self._transaction():
            return [self._write(table, write, index) for index, write in enumerate(writes)]

    def fill(self, table: str, rows: Iterable[tuple[str, str, bytes]]) -> None:
        """Insert any number of rows (partition, key, body) that are not there yet."""
        if table not in self._tables:
            self.create_table(table)
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO rows VALUES (?, ?, ?, ?)",
                ((self._place(table, partition), key, self._next_version(), body) for partition, key, body in rows),
            )

    def _write(self, table: str, write: Write, index: int) -> int:
        place = self._place(table, write.partition)
        row = self._row(place, write.key)
        _check_fits(write, None if row is None else row[0], index)
        if write.kind is WriteKind.DELETE:
            self._connection.execute("DELETE FROM rows WHERE place = ? AND key = ?", (place, write.key))
            return 0
        version = self._next_version()
        body = write.body if write.kind is not WriteKind.MERGE or row is None else _merged(row[1], write.body)
        self._connection.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", (place, write.key, version, body))
        return version

    def _row(self, place: int, key: str) -> tuple[int, bytes] | None:
        found = self._connection.execute("SELECT version, body FROM rows WHERE place = ? AND key = ?", (place, key))
        row: tuple[int, bytes] | None = found.fetchone()
        return row

    def _place(self, table: str, partition: str) -> int:
        place = self._places.get((table, partition))
        if place is None:
            place = self._places[table, partition] = len(self._places) + 1
            self._connection.execute("INSERT INTO places VALUES (?, ?, ?)", (place, table, partition))
        return place

    def _next_version(self) -> int:
        self._version += 1
        return self._version

    def _check(self, table: str) -> None:
        if table not in self._tables:
            raise StorageError(404, "TableNotFound")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        places = dict(self._places)
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._places = places
            raise
        self._connection.execute("COMMIT")


def _merged(before: bytes, body: bytes) -> bytes:
    properties = [msgspec.json.decode(b"{" + each + b"}", type=dict[str, Any]) for each in (before, body)]
    return msgspec.json.encode({**properties[0], **properties[1]})[1:-1]


def _check_fits(write: Write, version: int | None, index: int) -> None:
    if write.kind is WriteKind.INSERT and version is not None:
        raise StorageError(409, "EntityAlreadyExists", index)
    if write.kind in {WriteKind.REPLACE, WriteKind.DELETE} and version is None:
        raise StorageError(404, "ResourceNotFound", index)
    if write.match and write.match != version:
        raise StorageError(412, "UpdateConditionNotSatisfied", index)
