"""Where do packed bytes of any size stand?

`head:<kind>:<number>` says which generation of parts is whole: `part:<kind>:<number>:<generation>:<index>`. Parts are
written first, under a generation that no head has named yet, then the head is switched, then the parts that it named
before are deleted. So a reader sees the content before or the content after; parts that a crash left behind are seen by
nobody and go with their number.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from shared.adapters.tables.key_order import number_part, within
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.purging import purge
from shared.adapters.tables.row_format import (
    FORMAT_VERSION,
    PART_BYTES,
    VERSION,
    RowFormat,
    check_version,
    joined_bytes,
    split_bytes,
)
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Delete, Insert, Operation, Replace, Row, RowConflict, Rows, Upsert, escape_key
from shared.orchestration.ports import Conflict, Content

# 12 columns of 60 KiB: in base64 they stay below 1 MiB, above which aiohttp warns of holding up the event loop.
PART_ROW_BYTES = 12 * PART_BYTES
PARTS_AT_ONCE = 2
#: As many as an answer of 4 MiB holds, Azure's largest; storage that gives more would have us hold more.
PARTS_IN_PAGE = 4
_TRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the head's row holds; a generation is `<count of saves>-<digest of the content>`."""

    generation: str
    saves: int
    parts: int
    digest: str


HEAD = RowFormat(Head)


class TableSnapshotStore:
    """SnapshotStore on the table `snapshots`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def save(self, configuration_id: str, kind: str, number: int, content: Content) -> None:
        """Replace the content; Conflict only if others replace it all the time."""
        partition, name = escape_key(configuration_id), _name(kind, number)
        for _ in range(_TRIES):
            row = await self._rows.get(partition, f"head:{name}")
            head = _next_head(row, content)
            await self._write_parts(partition, name, head, content)
            try:
                await self._rows.commit(partition, [_switch(name, row, head)])
            except RowConflict:
                continue
            if row is not None:
                await self._delete(partition, *within("part", name, HEAD.value(row).generation))
            return
        raise Conflict(f"Snapshot {name} of {configuration_id!r} does not come to rest.")

    async def load(self, configuration_id: str, kind: str, number: int) -> Content | None:
        partition, name = escape_key(configuration_id), _name(kind, number)
        row = await self._rows.get(partition, f"head:{name}")
        while row is not None:
            content = await self._content(partition, name, HEAD.value(row))
            if content is not None:
                return content
            current = await self._rows.get(partition, f"head:{name}")
            if current is None or current.etag == row.etag:
                return None
            row = current  # it was switched while the parts were read
        return None

    async def prune(self, configuration_id: str, kind: str, before: int) -> None:
        partition = escape_key(configuration_id)
        for section in ("head", "part"):  # heads first: what is half pruned is not there
            first, _ = within(section, escape_key(kind))
            await self._delete(partition, first, f"{first}{number_part(before)}")

    async def purge(self, configuration_id: str, limit: int) -> int:
        return await purge(self._rows, escape_key(configuration_id), limit)

    async def _write_parts(self, partition: str, name: str, head: Head, content: Content) -> None:
        async def write(index: int) -> None:
            """Copied when it is its turn: all parts at once would take several times as much as the content."""
            start = index * PART_ROW_BYTES
            values = split_bytes("content", bytes(content[start : start + PART_ROW_BYTES]))
            key = f"part:{name}:{head.generation}:{number_part(index)}"
            await self._rows.commit(partition, [Upsert(key=key, values={VERSION: FORMAT_VERSION, **values})])

        await in_parallel(map(write, range(head.parts)), PARTS_AT_ONCE)

    async def _content(self, partition: str, name: str, head: Head) -> Content | None:
        keys, _ = within("part", name, head.generation)
        content, parts = bytearray(), 0
        for start in range(0, head.parts, PARTS_IN_PAGE):
            first, before = f"{keys}{number_part(start)}", f"{keys}{number_part(start + PARTS_IN_PAGE)}"
            for row in await self._rows.page(partition, first=first, before=before, limit=PARTS_IN_PAGE):
                content += _part(row)
                parts += 1
        whole = parts == head.parts and _digest(content) == head.digest
        return content if whole else None

    async def _delete(self, partition: str, first: str, before: str) -> None:
        rows = self._rows.scan(partition, first=first, before=before, select=[VERSION])
        operations: Sequence[Operation] = [Delete(key=row.key) async for row in rows]
        await in_parallel(self._rows.commit(partition, batch) for batch in batches(partition, operations))


def _name(kind: str, number: int) -> str:
    return f"{escape_key(kind)}:{number_part(number)}"


def _next_head(row: Row | None, content: Content) -> Head:
    saves = 1 if row is None else HEAD.value(row).saves + 1
    digest = _digest(content)
    parts = -(-len(content) // PART_ROW_BYTES)
    return Head(generation=f"{number_part(saves)}-{digest[:16]}", saves=saves, parts=parts, digest=digest)


def _switch(name: str, row: Row | None, head: Head) -> Operation:
    if row is None:
        return Insert(key=f"head:{name}", values=HEAD.columns(head))
    return Replace(key=f"head:{name}", values=HEAD.columns(head), etag=row.etag)


def _part(row: Row) -> bytes:
    check_version(row)
    return joined_bytes(row, "content")


def _digest(content: Content) -> str:
    return hashlib.sha256(content).hexdigest()
