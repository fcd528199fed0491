"""What do tables do, in memory?"""

import asyncio
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from shared.adapters.tables.row_limits import PAGE_ROWS, check_commit, check_key, check_limit, check_range
from shared.adapters.tables.rows import (
    ConflictReason,
    Delete,
    Insert,
    Operation,
    Replace,
    Row,
    RowConflict,
    RowValue,
    Upsert,
)


class MemoryTables:
    """The tables of one storage account; a name always gives the same rows."""

    def __init__(self) -> None:
        self._tables: dict[str, MemoryRows] = {}

    def rows(self, name: str) -> "MemoryRows":
        return self._tables.setdefault(name, MemoryRows())


@dataclass(slots=True)
class _Partition:
    keys: list[str] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)

    def put(self, row: Row) -> None:
        if row.key not in self.rows:
            insort(self.keys, row.key)
        self.rows[row.key] = row

    def drop(self, key: str) -> None:
        if self.rows.pop(key, None) is not None:
            del self.keys[bisect_left(self.keys, key)]


class MemoryRows:
    """One table. Every call gives way to other tasks before it acts, as a request would. A deep copy is a backup."""

    def __init__(self) -> None:
        self._partitions: defaultdict[str, _Partition] = defaultdict(_Partition)
        self._version = 0

    def __deepcopy__(self, memo: dict[int, object]) -> "MemoryRows":
        backup = MemoryRows()
        memo[id(self)] = backup
        backup._version = self._version
        for name, stored in self._partitions.items():  # rows are never changed, only replaced
            backup._partitions[name] = _Partition(keys=stored.keys.copy(), rows=stored.rows.copy())
        return backup

    async def get(self, partition: str, key: str) -> Row | None:
        check_key(partition)
        check_key(key)
        await asyncio.sleep(0)
        return self._partitions[partition].rows.get(key)

    async def get_many(self, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        rows = [await self.get(partition, key) for key in dict.fromkeys(keys)]
        return {row.key: row for row in rows if row is not None}

    async def scan(
        self, partition: str, *, first: str = "", before: str | None = None, select: Sequence[str] | None = None
    ) -> AsyncIterator[Row]:
        check_range(partition, first, before)
        rows = await self._page(partition, first, before, PAGE_ROWS)
        while rows:
            for row in rows:
                yield _selected(row, select)
            if len(rows) < PAGE_ROWS:
                return  # a page that is not full says that nothing follows
            rows = await self._page(partition, rows[-1].key + " ", before, PAGE_ROWS)  # no key sorts between

    async def page(
        self,
        partition: str,
        *,
        first: str = "",
        before: str | None = None,
        limit: int,
        select: Sequence[str] | None = None,
    ) -> list[Row]:
        check_range(partition, first, before)
        check_limit(limit)
        return [_selected(row, select) for row in await self._page(partition, first, before, limit)]

    async def commit(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        check_commit(partition, operations)
        await asyncio.sleep(0)
        stored = self._partitions[partition]
        for operation in operations:
            _check_fits(partition, stored.rows.get(operation.key), operation)
        return {
            row.key: row.etag
            for operation in operations
            if (row := self._perform(partition, stored, operation)) is not None
        }

    async def _page(self, partition: str, first: str, before: str | None, limit: int) -> list[Row]:
        await asyncio.sleep(0)
        stored = self._partitions[partition]
        start = bisect_left(stored.keys, first)
        end = len(stored.keys) if before is None else bisect_left(stored.keys, before)
        return [stored.rows[key] for key in stored.keys[start : min(end, start + limit)]]

    def _perform(self, partition: str, stored: _Partition, operation: Operation) -> Row | None:
        if isinstance(operation, Delete):
            stored.drop(operation.key)
            return None
        values = {name: _plain(value) for name, value in operation.values.items()}
        self._version += 1
        row = Row(partition=partition, key=operation.key, values=values, etag=f'W/"{self._version}"')
        stored.put(row)
        return row


def _check_fits(partition: str, row: Row | None, operation: Operation) -> None:
    match operation:
        case Insert():
            if row is not None:
                raise RowConflict(partition, operation.key, ConflictReason.exists)
        case Replace(etag=str(etag)) | Delete(etag=str(etag)):
            if row is None:
                raise RowConflict(partition, operation.key, ConflictReason.missing)
            if row.etag != etag:
                raise RowConflict(partition, operation.key, ConflictReason.changed)
        case Upsert() | Delete():
            return
        case _:
            assert_never(operation)


def _selected(row: Row, select: Sequence[str] | None) -> Row:
    if select is None:
        return row  # rows are never changed, only replaced
    values = {name: value for name, value in row.values.items() if name in select}
    return Row(partition=row.partition, key=row.key, values=values, etag=row.etag)


def _plain(value: RowValue) -> RowValue:
    match value:
        case bool() | float() | bytes():
            return value
        case int():
            return int(value)
        case str():
            return str(value)
        case datetime():
            return datetime.combine(value.astimezone(UTC).date(), value.astimezone(UTC).time(), tzinfo=UTC)
