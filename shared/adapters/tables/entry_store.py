"""Where does everything about a source object stand: link, pending work, lease, log records, counters?"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import datetime
from typing import TypeVar

from shared.adapters.tables.close_reading import read_close
from shared.adapters.tables.entry_batches import grouped
from shared.adapters.tables.entry_closing import EntryClosing
from shared.adapters.tables.entry_counts import count_ends, count_open, staged, statement, unsettled
from shared.adapters.tables.entry_keys import (
    LINKS,
    PENDING,
    counters_of,
    due_entry,
    due_key,
    due_until,
    link_key,
    one_partition,
    partition_key,
    pending_key,
    shard_of,
    source_id_of,
    work_key,
)
from shared.adapters.tables.entry_leases import EntryLeases
from shared.adapters.tables.entry_rows import (
    exchange_operations,
    link_of,
    pending_of,
    record_key,
    record_of,
    staged_operations,
    work_of,
)
from shared.adapters.tables.key_order import within
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.purging import delete_keys, delete_range, purge
from shared.adapters.tables.row_format import VERSION, check_version
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Delete, Operation, Row, RowConflict, Rows, escape_key
from shared.adapters.tables.shard_hints import ShardHints
from shared.cycles.counters import Counters
from shared.cycles.pending import DueClass, DueEntry, Pending, Workload
from shared.cycles.state import ConfigurationState, holds_removals
from shared.cycles.statement import Statement, summed
from shared.cycles.work import Work
from shared.orchestration.ports import WHOLE_ENTRY, Clock, Closing, ClosingResult, EntryPart, EntryRows, Unsettled
from shared.provisioning.link import Link
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus


class TableEntryStore:
    """EntryStore on the table `entries`.

    `slot` names the rows of counters that this store writes: each process has its own, and may keep it for ever.
    """

    def __init__(self, rows: Rows, clock: Clock, slot: str) -> None:
        self._rows = rows
        self._leases = EntryLeases(rows, clock)
        self._closing = EntryClosing(rows, slot)
        self._hints = ShardHints(rows)

    def shard(self, source_id: str, shards: int) -> int:
        return shard_of(source_id, shards)

    async def read(
        self, state: ConfigurationState, source_ids: Sequence[str], *, parts: frozenset[EntryPart] = WHOLE_ENTRY
    ) -> Mapping[str, EntryRows]:
        by_partition = _by_partition(state, {source_id: source_id for source_id in source_ids})
        found = await in_parallel(self._read(partition, ids, parts) for partition, ids in by_partition.items())
        entries = {entry.source_id: entry for part in found for entry in part}
        return {source_id: entries[source_id] for source_id in source_ids}

    async def links(self, configuration_id: str, shard: int, *, behind: str = "") -> AsyncIterator[Link]:
        first, before = LINKS
        past = link_key(behind) if behind else ""
        async for row in self._rows.scan(partition_key(configuration_id, shard), first=past or first, before=before):
            if row.key != past:
                yield link_of(row)

    async def pending_ids(self, configuration_id: str, shard: int) -> AsyncIterator[str]:
        first, before = PENDING
        partition = partition_key(configuration_id, shard)
        async for row in self._rows.scan(partition, first=first, before=before, select=[VERSION]):
            check_version(row)
            yield source_id_of(row.key)

    async def stage(self, state: ConfigurationState, rows: Sequence[Pending]) -> None:
        """Write each row together with its due row; the last of several for one object counts.

        The due row of what stood there before stays behind: whoever finds it sees what the pending row says.
        """
        by_partition = _by_partition(state, {pending.source_id: pending for pending in rows})
        await in_parallel(
            self._rows.commit(partition, [operation for pending in batch for operation in staged_operations(pending)])
            for partition, staged in by_partition.items()
            for batch in grouped(partition, [(pending, staged_operations(pending)) for pending in staged])
        )

    async def exchange(self, state: ConfigurationState, changes: Sequence[tuple[Pending | None, Pending]]) -> None:
        """Each row on its own: one that was changed meanwhile keeps no other from being written."""
        await in_parallel(self._exchange(state, read, following) for read, following in changes)

    async def _exchange(self, state: ConfigurationState, read: Pending | None, following: Pending) -> None:
        partition = one_partition(state.configuration_id, [following.source_id], state.shards)
        with suppress(RowConflict):
            await self._rows.commit(partition, exchange_operations(read, following))

    async def due(
        self, configuration_id: str, shard: int, due_class: DueClass, until: datetime, limit: int
    ) -> Sequence[DueEntry]:
        return await self._due(configuration_id, shard, due_until(due_class, until), limit)

    async def open_due(self, configuration_id: str, shard: int, limit: int) -> Sequence[DueEntry]:
        return await self._due(configuration_id, shard, within("due"), limit)

    async def _due(self, configuration_id: str, shard: int, keys: tuple[str, str], limit: int) -> list[DueEntry]:
        partition = partition_key(configuration_id, shard)
        rows = await self._rows.page(partition, first=keys[0], before=keys[1], limit=limit, select=[VERSION])
        return [_due(row) for row in rows]

    async def forget_due(self, configuration_id: str, shard: int, stale: Sequence[DueEntry]) -> None:
        operations: list[Operation] = [Delete(key=key) for key in dict.fromkeys(map(due_key, stale))]
        partition = partition_key(configuration_id, shard)
        await in_parallel(self._rows.commit(partition, batch) for batch in batches(partition, operations))

    async def begin_hint(self, configuration_id: str, shard: int, now: datetime, until: datetime) -> bool:
        return await self._hints.begin(partition_key(configuration_id, shard), now, until)

    async def is_hinted(self, configuration_id: str, shard: int, now: datetime) -> bool:
        return await self._hints.is_under_way(partition_key(configuration_id, shard), now)

    async def extend_hint(self, configuration_id: str, shard: int, until: datetime) -> None:
        await self._hints.extend(partition_key(configuration_id, shard), until)

    async def end_hint(self, configuration_id: str, shard: int) -> None:
        await self._hints.end(partition_key(configuration_id, shard))

    async def lease(self, state: ConfigurationState, works: Sequence[Work]) -> Sequence[Work]:
        return await self._leases.lease(_partition_of(state, works), works) if works else []

    async def save_works(self, state: ConfigurationState, works: Sequence[Work]) -> Sequence[Work]:
        return await self._leases.save(_partition_of(state, works), works) if works else []

    async def close(self, state: ConfigurationState, closings: Sequence[Closing]) -> Sequence[ClosingResult]:
        if not closings:
            return []
        partition = _partition_of(state, [closing.work for closing in closings])
        return await self._closing.close(partition, closings)

    async def open_works(self, configuration_id: str, shard: int) -> Sequence[Work]:
        """All work rows of a shard: leased, run out, kept for their intent, and closed ones."""
        return await self._leases.all(partition_key(configuration_id, shard))

    async def finish_log(
        self, configuration_id: str, shard: int, works: Sequence[Work]
    ) -> Sequence[ProvisioningLogRecord]:
        keys = [work.log_key for work in works if work.log_key]
        rows = await self._rows.get_many(partition_key(configuration_id, shard), keys)
        return [record_of(rows[key]) for key in keys if key in rows]

    async def drop_works(self, configuration_id: str, shard: int, works: Sequence[Work]) -> None:
        """Delete work rows that are unchanged; of one that keeps an intent only the pointer to its record goes."""
        await self._leases.drop(partition_key(configuration_id, shard), works)

    async def purge(self, configuration_id: str, shard: int, limit: int) -> int:
        return await purge(self._rows, partition_key(configuration_id, shard), limit)

    async def counters(self, state: ConfigurationState, cycle: int) -> Counters:
        found = await in_parallel(count_ends(self._rows, partition, cycle) for partition in _partitions(state))
        total: Counter[tuple[ProvisioningAction, ProvisioningStatus]] = Counter()
        for part in found:
            total.update(part)
        return Counters(values=dict(total))

    async def forget_counters(self, state: ConfigurationState, cycle: int) -> None:
        await in_parallel(delete_range(self._rows, partition, *counters_of(cycle)) for partition in _partitions(state))

    async def forget_logs(self, state: ConfigurationState, records: Sequence[ProvisioningLogRecord]) -> None:
        by_shard: defaultdict[int, set[str]] = defaultdict(set)
        for record in records:
            by_shard[shard_of(record.source.id, state.shards)].add(record_key(record))
        await in_parallel(
            delete_keys(self._rows, partition_key(state.configuration_id, shard), sorted(keys))
            for shard, keys in by_shard.items()
        )

    async def workload(self, state: ConfigurationState, now: datetime) -> Workload:
        released = 0 if holds_removals(state) else state.released_cycle
        found = await in_parallel(count_open(self._rows, partition, released, now) for partition in _partitions(state))
        total = sum(found, Counter[str]())
        return Workload(**{each.name: total[each.name] for each in fields(Workload)})

    async def statement(self, state: ConfigurationState) -> Statement:
        return summed(await in_parallel(statement(self._rows, partition) for partition in _partitions(state)))

    async def staged(self, state: ConfigurationState) -> Sequence[Pending]:
        found = await in_parallel(staged(self._rows, partition) for partition in _partitions(state))
        return [pending for part in found for pending in part]

    async def unsettled(self, state: ConfigurationState, now: datetime) -> Unsettled:
        released = state.released_cycle
        found = await in_parallel(unsettled(self._rows, partition, released, now) for partition in _partitions(state))
        return Unsettled(
            undecided=tuple(source_id for part in found for source_id in part.undecided),
            mature=tuple(source_id for part in found for source_id in part.mature),
        )

    async def log_records(
        self, state: ConfigurationState, source_id: str, limit: int
    ) -> Sequence[ProvisioningLogRecord]:
        """Newest first."""
        first, before = within("log", escape_key(source_id))
        partition = one_partition(state.configuration_id, [source_id], state.shards)
        return [record_of(row) for row in await self._rows.page(partition, first=first, before=before, limit=limit)]

    async def _read(self, partition: str, source_ids: Sequence[str], parts: frozenset[EntryPart]) -> list[EntryRows]:
        rows = dict[str, Row]()
        # The link last: of a pass that ends in between, its pending row is seen, or the link as it has left it.
        for part in sorted(parts, reverse=True):
            rows |= await read_close(self._rows, partition, [_KEYS[part](source_id) for source_id in source_ids])
        return [_entry_rows(source_id, rows) for source_id in source_ids]


_KEYS = {EntryPart.LINK: link_key, EntryPart.PENDING: pending_key, EntryPart.WORK: work_key}


def _entry_rows(source_id: str, rows: Mapping[str, Row]) -> EntryRows:
    link, pending, work = (rows.get(key(source_id)) for key in _KEYS.values())
    return EntryRows(
        source_id=source_id,
        link=None if link is None else link_of(link),
        pending=None if pending is None else pending_of(pending),
        work=None if work is None else work_of(work),
    )


def _due(row: Row) -> DueEntry:
    check_version(row)
    return due_entry(row.key)


def _partition_of(state: ConfigurationState, works: Sequence[Work]) -> str:
    return one_partition(state.configuration_id, [work.source_id for work in works], state.shards)


def _partitions(state: ConfigurationState) -> list[str]:
    return [partition_key(state.configuration_id, shard) for shard in range(state.shards)]


_Item = TypeVar("_Item")


def _by_partition(state: ConfigurationState, items: Mapping[str, _Item]) -> Mapping[str, list[_Item]]:
    """The items by the partition of the source id that each is filed under."""
    found: defaultdict[str, list[_Item]] = defaultdict(list)
    for source_id, item in items.items():
        found[partition_key(state.configuration_id, shard_of(source_id, state.shards))].append(item)
    return found
