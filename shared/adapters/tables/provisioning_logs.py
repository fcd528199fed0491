"""Where are the log records of a configuration found by time, by person, by outcome, by cycle?

Records are copies of those in the entries' partitions and never change. A day is named before its first record is
inserted, so that no record is ever out of sight; what points to a record is inserted together with it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from shared.adapters.tables.entry_batches import grouped
from shared.adapters.tables.entry_rows import record_of
from shared.adapters.tables.key_order import inverted_day_of
from shared.adapters.tables.log_keys import DAY, Placed, day_keys, day_of, days_of, naming, partition_of
from shared.adapters.tables.log_reading import LogReading
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.purging import purge
from shared.adapters.tables.row_format import FORMAT_VERSION, VERSION
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Delete, Insert, Operation, RowConflict, Rows, Upsert, escape_key, unescape_key
from shared.adapters.tables.skip_tokens import read_token
from shared.orchestration.ports import Clock, ExpiredLogs, LogPage, LogQuery
from shared.provisioning.provisioning_log import ProvisioningLogRecord

# No escaped id begins with ":", so no configuration can be called like this partition.
REMOVED = ":removed"

_EVERY = LogQuery()


class TableProvisioningLogIndex:
    """ProvisioningLogIndex on the table `provisioninglogs`; a person's records are read beside their entry."""

    def __init__(self, rows: Rows, entries: Rows, clock: Clock) -> None:
        self._rows = rows
        self._entries = entries
        self._clock = clock
        self._named: set[tuple[str, str]] = set()

    async def add(self, records: Sequence[ProvisioningLogRecord], *, alone: bool = False) -> None:
        by_day: defaultdict[tuple[str, date], dict[str, Placed]] = defaultdict(dict)
        for record in records:
            placed = Placed(record=record, alone=alone)
            by_day[placed.configuration, placed.day][placed.key] = placed
        await in_parallel(self._add(name, day, list(found.values())) for (name, day), found in by_day.items())

    async def page(self, configuration_ids: Sequence[str], top: int, skip: str, query: LogQuery = _EVERY) -> LogPage:
        """The next `top` records after a skip token ("" is the beginning); ValueError for a bad token."""
        reading = LogReading(self._rows, self._entries, query, read_token(skip) if skip else None)
        return await reading.page(sorted(set(configuration_ids)), top)

    async def expired(self, configuration_id: str, before: date, limit: int) -> ExpiredLogs | None:
        name = escape_key(configuration_id)
        first, _ = day_keys(before - DAY, ["x"])
        days = [row.key async for row in self._rows.scan(days_of(name), first=first, before=":", select=[VERSION])]
        if not days:
            return None
        day = inverted_day_of(days[-1])
        found = await self._rows.page(partition_of(name, day), before=":", limit=limit)
        return ExpiredLogs(day=day, records=tuple(record_of(row) for row in found))

    async def forget(self, configuration_id: str, expired: ExpiredLogs, limit: int) -> int:
        name = escape_key(configuration_id)
        partition = partition_of(name, expired.day)
        if not expired.records:
            return await self._forget_day(name, expired.day, limit)
        deletions: list[Operation] = [Delete(key=Placed(record=one).key) for one in expired.records]
        await in_parallel(self._rows.commit(partition, batch) for batch in batches(partition, deletions))
        return len(deletions)

    async def keep_for(self, configuration_id: str, days: int) -> None:
        row = Upsert(key=escape_key(configuration_id), values={VERSION: FORMAT_VERSION, "days": days})
        await self._rows.commit(REMOVED, [row])

    async def kept(self) -> Mapping[str, int]:
        rows = [row async for row in self._rows.scan(REMOVED)]
        return {unescape_key(row.key): days for row in rows if isinstance(days := row.values["days"], int)}

    async def keep_no_longer(self, configuration_id: str) -> None:
        await self._rows.commit(REMOVED, [Delete(key=escape_key(configuration_id))])

    async def _forget_day(self, name: str, day: date, limit: int) -> int:
        """Delete what pointed to the records of a day; its name goes last, so that the rest is found again."""
        count = await purge(self._rows, partition_of(name, day), limit)
        if count >= limit:
            return count
        [key] = day_keys(day, [])
        buckets = [
            row.key
            async for row in self._rows.scan(days_of(name), first=":", select=[VERSION])
            if row.key.endswith(f":{key}")
        ]
        deletions: list[Operation] = [Delete(key=each) for each in (*buckets, key)]
        for batch in batches(days_of(name), deletions):
            await self._rows.commit(days_of(name), batch)
        return count + len(deletions)

    async def _add(self, name: str, day: date, found: Sequence[Placed]) -> None:
        await self._name(name, day, sorted({bucket for placed in found for bucket in placed.buckets}))
        partition = partition_of(name, day)
        groups = [(insertions, insertions) for placed in found if (insertions := placed.insertions())]
        for batch in grouped(partition, groups):
            try:
                await self._rows.commit(partition, [operation for group in batch for operation in group])
            except RowConflict:
                await self._add_missing(partition, batch)

    async def _add_missing(self, partition: str, groups: Sequence[Sequence[Insert]]) -> None:
        there = await self._rows.get_many(partition, [group[0].key for group in groups])
        for group in groups:
            if group[0].key in there:
                continue
            try:
                await self._rows.commit(partition, group)
            except RowConflict:
                continue  # somebody else copied it just now: the same record

    async def _name(self, name: str, day: date, buckets: Sequence[str]) -> None:
        keys = [key for key in day_keys(day, buckets) if (name, key) not in self._named]
        for batch in batches(days_of(name), [naming(key) for key in keys]):
            await self._rows.commit(days_of(name), batch)
        if day >= day_of(self._clock.now()) - DAY:  # the name of an older day may have been forgotten meanwhile
            self._named.update((name, key) for key in keys)
