"""How does a pass over one entry end?

One transaction writes all that a pass leaves behind: link, log record, counters, what stays pending, and the work row,
which then only points to the log record until its copy is in the index. The reader may replace the pending row at any
moment; then all but that row is written (OVERTAKEN). If the lease is not ours any more nothing is written (LOST).

Entries are closed many at a time. Whatever disturbs that (a newer pending row, a lost lease, counters that another
worker of our slot changed, an answer that got lost) is found out by reading each entry again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from weakref import WeakValueDictionary

from shared.adapters.tables.entry_batches import grouped
from shared.adapters.tables.entry_keys import counters_key, due_key, due_of, link_key, pending_key, work_key
from shared.adapters.tables.entry_rows import (
    LINK,
    WORK,
    added,
    counts_columns,
    counts_of,
    exchange_operations,
    record_columns,
    record_key,
    same_pending,
    same_work,
)
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.rows import Delete, Insert, Operation, Replace, Row, RowConflict, Rows, Upsert
from shared.cycles.work import Work
from shared.orchestration.ports import Closing, ClosingResult, Conflict, StorageUnavailable

# Each try can fail only because the reader, or another worker of our slot, was faster.
_TRIES = 20
_MOST_KNOWN = 1000
_ENDED = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What a closing finds when it reads again."""

    work: Row | None
    pending: Row | None
    logged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """A closing, and what of it is to be left out."""

    closing: Closing
    overtaken: bool = False
    logged: bool = False


class EntryClosing:
    """Closes entries of one partition; `slot` names the counters that only this store's workers change."""

    def __init__(self, rows: Rows, slot: str) -> None:
        self._rows = rows
        self._slot = slot
        # Chunks of one process that close in one partition at once would only make each other's counters conflict.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # What this store has written to its own counters last: nobody else writes them but in its place.
        self._counted: dict[tuple[str, str], Row] = {}

    async def close(self, partition: str, closings: Sequence[Closing]) -> list[ClosingResult]:
        attempts = [_Attempt(closing=closing) for closing in closings]
        cycles = {closing.count.cycle for closing in closings if closing.count is not None}
        sized = [(attempt, _operations(attempt)) for attempt in attempts]
        results: dict[str, ClosingResult] = {}
        async with self._turns.setdefault(partition, asyncio.Lock()):
            for batch in grouped(partition, sized, spare=len(cycles)):
                results |= await self._close_batch(partition, batch)
        return [results[closing.work.source_id] for closing in closings]

    async def _close_batch(self, partition: str, batch: list[_Attempt]) -> dict[str, ClosingResult]:
        results: dict[str, ClosingResult] = {}
        in_doubt = False
        for _ in range(_TRIES):
            try:
                await self._commit(partition, batch)
            except RowConflict:
                pass
            except StorageUnavailable:
                if in_doubt:
                    raise
                in_doubt = True  # it may have happened
            else:
                return results | {attempt.closing.work.source_id: _result_of(attempt) for attempt in batch}
            decided = await in_parallel(
                self._decide(partition, attempt.closing, in_doubt=in_doubt) for attempt in batch
            )
            results |= {source_id: end for source_id, end in decided if isinstance(end, ClosingResult)}
            batch = [again for _, again in decided if isinstance(again, _Attempt)]
            if not batch:
                return results
        raise Conflict(f"{len(batch)} entries in {partition!r} do not come to rest.")

    async def _decide(
        self, partition: str, closing: Closing, *, in_doubt: bool
    ) -> tuple[str, ClosingResult | _Attempt]:
        """Read one entry again: how it ended, or what of the closing is still to be written."""
        standing = await self._standing(partition, closing)
        if standing.work is None or standing.work.etag != closing.work.etag:
            return closing.work.source_id, _end_of(closing, standing, in_doubt=in_doubt)
        overtaken = _is_overtaken(closing, standing.pending)
        return closing.work.source_id, _Attempt(closing=closing, overtaken=overtaken, logged=standing.logged)

    async def _standing(self, partition: str, closing: Closing) -> _Standing:
        source_id = closing.work.source_id
        log = None if closing.log is None else record_key(closing.log)
        keys = [work_key(source_id), pending_key(source_id)]
        rows = await self._rows.get_many(partition, keys if log is None else [*keys, log])
        return _Standing(work=rows.get(keys[0]), pending=rows.get(keys[1]), logged=log is not None and log in rows)

    async def _commit(self, partition: str, attempts: Sequence[_Attempt]) -> None:
        operations = [operation for attempt in attempts for operation in _operations(attempt)]
        counters = await self._counters(partition, [attempt.closing for attempt in attempts])
        for counter in counters:
            self._counted.pop((partition, counter.key), None)  # known again once the commit has gone well
        etags = await self._rows.commit(partition, [*operations, *counters])
        if len(self._counted) > _MOST_KNOWN:
            self._counted.clear()
        for counter in counters:
            row = Row(partition=partition, key=counter.key, values=counter.values, etag=etags[counter.key])
            self._counted[partition, counter.key] = row

    async def _counters(self, partition: str, closings: Sequence[Closing]) -> list[Insert | Replace]:
        counted = [closing.count for closing in closings if closing.count is not None]
        keys = {cycle: counters_key(cycle, self._slot) for cycle in sorted({one.cycle for one in counted})}
        rows = {key: row for key in keys.values() if (row := self._counted.get((partition, key))) is not None}
        rows |= await self._rows.get_many(partition, [key for key in keys.values() if key not in rows])
        operations: list[Insert | Replace] = []
        for cycle, key in keys.items():
            row = rows.get(key)
            values = counts_columns(added(counts_of(row), (one for one in counted if one.cycle == cycle)))
            operations.append(
                Insert(key=key, values=values) if row is None else Replace(key=key, values=values, etag=row.etag)
            )
        return operations


def closed_work(closing: Closing) -> Work | None:
    """The work row as the closing leaves it; None if it goes."""
    keeps = closing.keep_intent and closing.work.intent is not None
    log = "" if closing.log is None else record_key(closing.log)
    if not keeps and not log:
        return None
    return replace(closing.work, intent=closing.work.intent if keeps else None, expires=_ENDED, log_key=log)


def _operations(attempt: _Attempt) -> list[Operation]:
    closing = attempt.closing
    operations = [_work_operation(closing)]
    if not attempt.overtaken:
        operations += _pending_operations(closing)
    if closing.link is not None:
        operations.append(Upsert(key=link_key(closing.link.source_id), values=LINK.columns(closing.link)))
    if closing.log is not None and not attempt.logged:
        operations.append(Insert(key=record_key(closing.log), values=record_columns(closing.log)))
    return operations


def _work_operation(closing: Closing) -> Operation:
    key, etag = work_key(closing.work.source_id), closing.work.etag
    work = closed_work(closing)
    return Delete(key=key, etag=etag) if work is None else Replace(key=key, values=WORK.columns(work), etag=etag)


def _pending_operations(closing: Closing) -> list[Operation]:
    read, following = closing.pending, closing.next
    if following is not None:
        return exchange_operations(read, following)
    if read is None:
        return []
    return [Delete(key=pending_key(read.source_id), etag=read.etag), Delete(key=due_key(due_of(read)))]


def _is_overtaken(closing: Closing, pending: Row | None) -> bool:
    read = closing.pending
    if read is None:
        return closing.next is not None and pending is not None
    return pending is None or pending.etag != read.etag


def _result_of(attempt: _Attempt) -> ClosingResult:
    return ClosingResult.OVERTAKEN if attempt.overtaken else ClosingResult.CLOSED


def _end_of(closing: Closing, standing: _Standing, *, in_doubt: bool) -> ClosingResult:
    """The work row is not as we had it: because our own closing happened, or because the lease was lost?"""
    if not _happened(closing, standing, in_doubt=in_doubt):
        return ClosingResult.LOST
    newer = standing.pending is not None and (closing.next is None or not same_pending(standing.pending, closing.next))
    return ClosingResult.OVERTAKEN if newer else ClosingResult.CLOSED


def _happened(closing: Closing, standing: _Standing, *, in_doubt: bool) -> bool:
    left = closed_work(closing)
    if standing.work is not None:
        return left is not None and same_work(standing.work, left)
    # Gone: copied and dropped where there is a record. Without one nothing but our doubt tells it from a lost lease.
    return standing.logged if closing.log is not None else in_doubt and left is None
