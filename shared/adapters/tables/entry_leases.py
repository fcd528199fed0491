"""Who may work on an entry? One row for each entry that is worked on; the reader never touches it.

A lease is free if there is no work row, or if it has run out; then whoever takes it takes the intent with it, because
what was begun must be looked up before it is repeated. A work row that points to a log record (`log_key`) is closed,
but it is not free: a lease over it would lose the pointer. Whoever meets one copies the record into the index first
(`finish_log`, then `drop_works`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from shared.adapters.tables.entry_keys import WORKS, work_key
from shared.adapters.tables.entry_rows import WORK, same_work, work_of
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Delete, Insert, Operation, Replace, Row, RowConflict, Rows
from shared.cycles.work import Work
from shared.orchestration.ports import Clock

Decision = Callable[[Work, Row | None], Work | None]
"""The work to write over the row that stands, with that row's etag; None if it must be left."""


class EntryLeases:
    """Work rows of one partition at a time; the clock says which leases have run out."""

    def __init__(self, rows: Rows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    async def lease(self, partition: str, works: Sequence[Work]) -> list[Work]:
        """The leases that were won, with the intents that stand there, in the order given.

        A work with an etag was made of a row that was read: what it says of intent and record may be past by now, so
        only what stands counts.
        """
        return await self._write(partition, [_wanted(work) for work in works], self._leased)

    async def save(self, partition: str, works: Sequence[Work]) -> list[Work]:
        """Those of the works that were still ours, as saved."""
        return await self._write(partition, works, _unchanged)

    async def all(self, partition: str) -> list[Work]:
        first, before = WORKS
        return [work_of(row) async for row in self._rows.scan(partition, first=first, before=before)]

    async def drop(self, partition: str, works: Sequence[Work]) -> None:
        """Delete unchanged rows; a kept intent stays, without its pointer to a log record."""
        operations = [_dropping(work) for work in works]
        for batch in batches(partition, operations):
            try:
                await self._rows.commit(partition, batch)
            except RowConflict:
                await self._each(partition, batch)

    async def _each(self, partition: str, operations: Sequence[Operation]) -> None:
        for operation in operations:
            try:
                await self._rows.commit(partition, [operation])
            except RowConflict:
                continue  # it was changed, or dropped already

    async def _write(self, partition: str, works: Sequence[Work], decide: Decision) -> list[Work]:
        try:
            return await self._committed(partition, works)
        except RowConflict:
            pass
        won = await in_parallel(self._write_one(partition, work, decide) for work in works)
        return [work for work in won if work is not None]

    async def _write_one(self, partition: str, work: Work, decide: Decision) -> Work | None:
        row = await self._rows.get(partition, work_key(work.source_id))
        wanted = decide(work, row)
        if wanted is None:
            return _if_same(work, row)
        try:
            return (await self._committed(partition, [wanted]))[0]
        except RowConflict:
            return _if_same(wanted, await self._rows.get(partition, work_key(work.source_id)))

    async def _committed(self, partition: str, works: Sequence[Work]) -> list[Work]:
        operations = [_writing(work) for work in works]
        etags: dict[str, str] = {}
        for batch in batches(partition, operations):
            etags |= await self._rows.commit(partition, batch)
        return [replace(work, etag=etags[work_key(work.source_id)]) for work in works]

    def _leased(self, work: Work, row: Row | None) -> Work | None:
        if row is None:
            return work
        standing = work_of(row)
        if standing.log_key or standing.held_by_other(work.owner, self._clock.now()):
            return None
        return replace(work, intent=work.intent or standing.intent, etag=row.etag)


def _wanted(work: Work) -> Work:
    return replace(work, intent=None if work.etag else work.intent, log_key="", etag="")


def _unchanged(work: Work, row: Row | None) -> Work | None:
    return work if row is not None and row.etag == work.etag else None


def _if_same(work: Work, row: Row | None) -> Work | None:
    # our own write whose answer was lost
    return replace(work, etag=row.etag) if row is not None and same_work(row, work) else None


def _writing(work: Work) -> Operation:
    key, values = work_key(work.source_id), WORK.columns(work)
    return Replace(key=key, values=values, etag=work.etag) if work.etag else Insert(key=key, values=values)


def _dropping(work: Work) -> Operation:
    if work.log_key and work.intent is not None:
        kept = replace(work, log_key="")
        return Replace(key=work_key(work.source_id), values=WORK.columns(kept), etag=work.etag)
    return Delete(key=work_key(work.source_id), etag=work.etag)
