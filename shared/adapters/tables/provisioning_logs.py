"""Where are all log records of a configuration found by time, newest first?

One partition for each configuration and UTC day, and one that names the days. A day is named before its first record
is inserted, so that no record is ever out of sight. Records are copies of those in the entries' partitions and never
change.
"""

import heapq
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from shared.adapters.tables.entry_rows import record_columns, record_of
from shared.adapters.tables.key_order import inverted_day, inverted_day_of, inverted_time, inverted_time_of
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.row_format import FORMAT_VERSION, VERSION
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Insert, Operation, Row, RowConflict, Rows, Upsert, escape_key
from shared.adapters.tables.skip_tokens import Position, read_token, write_token
from shared.orchestration.ports import LogPage
from shared.provisioning.provisioning_log import ProvisioningLogRecord

_READ = 100


class TableProvisioningLogIndex:
    """ProvisioningLogIndex on the table `provisioninglogs`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._named: set[tuple[str, date]] = set()

    async def add(self, records: Sequence[ProvisioningLogRecord]) -> None:
        by_day: defaultdict[tuple[str, date], dict[str, ProvisioningLogRecord]] = defaultdict(dict)
        for record in records:
            by_day[escape_key(record.configuration_id), _day(record)][_key(record)] = record
        await in_parallel(self._add(name, day, found) for (name, day), found in by_day.items())

    async def page(self, configuration_ids: Sequence[str], top: int, skip: str) -> LogPage:
        """The next `top` records after a skip token ("" is the beginning); ValueError for a bad token."""
        after = read_token(skip) if skip else None
        names = {escape_key(configuration_id) for configuration_id in configuration_ids}
        sources = [_records(self._rows, name, after) for name in sorted(names)]
        try:
            taken = await _merged(sources, top + 1)
        finally:
            await in_parallel(source.aclose() for source in sources)
        more = write_token(taken[top - 1].position) if len(taken) > top else ""
        return LogPage(records=tuple(record_of(found.row) for found in taken[:top]), next=more)

    async def _add(self, name: str, day: date, records: dict[str, ProvisioningLogRecord]) -> None:
        await self._name_day(name, day)
        partition = _partition(name, day)
        operations = [Insert(key=key, values=record_columns(record)) for key, record in records.items()]
        for batch in batches(partition, operations):
            try:
                await self._rows.commit(partition, batch)
            except RowConflict:
                await self._add_missing(partition, batch)

    async def _add_missing(self, partition: str, operations: Sequence[Operation]) -> None:
        there = await self._rows.get_many(partition, [operation.key for operation in operations])
        for operation in operations:
            if operation.key in there:
                continue
            try:
                await self._rows.commit(partition, [operation])
            except RowConflict:
                continue  # somebody else copied it just now: the same record

    async def _name_day(self, name: str, day: date) -> None:
        if (name, day) in self._named:
            return
        await self._rows.commit(_days(name), [Upsert(key=inverted_day(day), values={VERSION: FORMAT_VERSION})])
        self._named.add((name, day))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A record's row and its place in the log."""

    position: Position
    row: Row

    @property
    def place(self) -> tuple[str, str, str]:
        return self.position.time, self.position.configuration, self.position.id


_Source = AsyncGenerator[_Found, None]


async def _merged(sources: Sequence[_Source], count: int) -> list[_Found]:
    """The first `count` of all, in their order; each source is read no further than one record ahead."""
    # All start at once: the first comparison needs the newest record of each.
    heads = await in_parallel(anext(source, None) for source in sources)
    waiting = [(head.place, index, head) for index, head in enumerate(heads) if head is not None]
    heapq.heapify(waiting)
    taken: list[_Found] = []
    while waiting and len(taken) < count:
        _, index, found = waiting[0]
        taken.append(found)
        following = await anext(sources[index], None)
        if following is None:
            heapq.heappop(waiting)
        else:
            heapq.heapreplace(waiting, (following.place, index, following))
    return taken


async def _records(rows: Rows, name: str, after: Position | None) -> _Source:
    """The records of one configuration behind a position, newest first."""
    first_day = "" if after is None else inverted_day(inverted_time_of(after.time).date())
    first = "" if after is None else _first_key(name, after)
    days = [row.key async for row in rows.scan(_days(name), first=first_day, select=[VERSION])]
    for day in days:
        start = first if day == first_day else ""
        while page := await rows.page(_partition(name, inverted_day_of(day)), first=start, limit=_READ):
            for row in page:
                time, _, record_id = row.key.partition(":")
                yield _Found(position=Position(time=time, configuration=name, id=record_id), row=row)
            start = page[-1].key + " "  # no key sorts between


def _day(record: ProvisioningLogRecord) -> date:
    return record.started.astimezone(UTC).date()


def _key(record: ProvisioningLogRecord) -> str:
    return f"{inverted_time(record.started)}:{escape_key(record.id)}"


def _partition(name: str, day: date) -> str:
    return f"{name}:{day.isoformat()}"


def _days(name: str) -> str:
    return f"{name}:days"


def _first_key(name: str, after: Position) -> str:
    """The first key of this configuration that can come behind the position."""
    if name == after.configuration:
        return f"{after.time}:{after.id} "
    return f"{after.time};" if name < after.configuration else f"{after.time}:"
