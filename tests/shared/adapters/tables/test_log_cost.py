"""How many storage requests does a page of the log cost, however long the log is? docs/logs.md names these numbers."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.memory.rows import MemoryRows
from shared.adapters.tables.entry_keys import partition_key, shard_of
from shared.adapters.tables.entry_rows import record_columns, record_key
from shared.adapters.tables.log_keys import Placed, day_keys, days_of, naming, partition_of
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.rows import Insert, Operation, Row
from shared.orchestration.ports import LogQuery
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningLogRecord,
    ProvisioningStatus,
)
from tests.shared.adapters.tables.values import NOW, record

DAYS = 400
A_DAY = 2_500
PEOPLE = 19_000
PAGE = 50
CYCLES_A_DAY = 10
DAY = timedelta(days=1)
STEP = DAY / A_DAY


def record_number(number: int) -> ProvisioningLogRecord:
    """One of a million: number 0 is the oldest."""
    return record(
        f"person {number % PEOPLE}",
        configuration_id="c",
        id=f"r{number}",
        started=NOW + number * STEP,
        cycle=1 + number * CYCLES_A_DAY // A_DAY,
        action=ProvisioningAction.DISABLE if number % 50 == 7 else ProvisioningAction.UPDATE,
        status=ProvisioningStatus.FAILURE if number % 100 == 3 else ProvisioningStatus.SUCCESS,
        target=Identity(id=f"target {number % PEOPLE}"),
    )


def day_number(day: int) -> range:
    return range(day * A_DAY, (day + 1) * A_DAY)


@dataclass
class LongLog:
    """A log of a million records that comes to be where it is looked at, and counts how often it is asked."""

    rows: MemoryRows = field(default_factory=MemoryRows)
    requests: int = 0
    written: set[str] = field(default_factory=set)

    async def get(self, partition: str, key: str) -> Row | None:
        self.requests += 1
        await self._look(partition)
        return await self.rows.get(partition, key)

    async def get_many(self, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        self.requests += len(keys)
        await self._look(partition)
        return await self.rows.get_many(partition, keys)

    async def scan(
        self, partition: str, *, first: str = "", before: str | None = None, select: Sequence[str] | None = None
    ) -> AsyncIterator[Row]:
        raise AssertionError("a page never reads to an end that it does not know")
        yield  # a generator, as the protocol wants

    async def page(
        self,
        partition: str,
        *,
        first: str = "",
        before: str | None = None,
        limit: int,
        select: Sequence[str] | None = None,
    ) -> list[Row]:
        self.requests += 1
        await self._look(partition)
        return await self.rows.page(partition, first=first, before=before, limit=limit, select=select)

    async def commit(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        return await self.rows.commit(partition, operations)

    async def _look(self, partition: str) -> None:
        day = _DAYS.get(partition)
        if day is None or partition in self.written:
            return
        self.written.add(partition)
        for number in day_number(day):
            await self.rows.commit(partition, Placed(record=record_number(number)).insertions())

    async def name_days(self) -> None:
        for day in range(DAYS):
            few = [Placed(record=record_number(number)) for number in day_number(day) if number % 50 in {0, 3, 7}]
            names = {bucket for placed in few for bucket in placed.buckets}
            keys = day_keys((NOW + day * DAY).date(), sorted(names))
            await self.rows.commit(days_of("c"), [naming(key) for key in keys])

    async def tell_beside(self, person: int) -> None:
        """Write a person's records where they stand beside the entry."""
        for number in range(person, DAYS * A_DAY, PEOPLE):
            told = record_number(number)
            partition = partition_key("c", shard_of(told.source.id, 8))
            await self.rows.commit(partition, [Insert(key=record_key(told), values=record_columns(told))])


_DAYS = {partition_of("c", (NOW + day * DAY).date()): day for day in range(DAYS)}
LAST = DAYS * A_DAY - 1
LAST_CYCLE = DAYS * CYCLES_A_DAY
WHOLE: dict[str, Any] = {"since": NOW, "before": NOW + DAYS * DAY}


@pytest.fixture(scope="module")
def log() -> LongLog:
    return asyncio.run(begun())


async def begun() -> LongLog:
    long_log = LongLog()
    await long_log.name_days()
    await long_log.tell_beside(77)
    return long_log


# docs/logs.md says these numbers; a page that has to look through more than it finds has the last one.
COSTS = [
    ("by time", LogQuery(), 2, 50),
    ("by time, oldest first", LogQuery(oldest_first=True), 20, 50),
    ("by person", LogQuery(source_id="person 77"), 2, 50),
    ("by status", LogQuery(statuses=frozenset({ProvisioningStatus.FAILURE})), 115, 50),
    ("by action", LogQuery(actions=frozenset({ProvisioningAction.DISABLE})), 115, 50),
    ("by cycle", LogQuery(cycles={"c": LAST_CYCLE - 2}), 115, 50),
    ("by cycle and status", LogQuery(cycles={"c": 2000}, statuses=frozenset({ProvisioningStatus.FAILURE})), 115, 2),
    ("by status, oldest first", LogQuery(statuses=frozenset({ProvisioningStatus.FAILURE}), oldest_first=True), 115, 50),
    ("by action, oldest first", LogQuery(actions=frozenset({ProvisioningAction.DISABLE}), oldest_first=True), 115, 50),
    ("by cycle, oldest first", LogQuery(cycles={"c": 5}, oldest_first=True), 115, 50),
    ("by person, oldest first", LogQuery(source_id="person 77", oldest_first=True), 20, 50),
    ("by target, in ten days", LogQuery(target_id=f"target {LAST % PEOPLE}", since=NOW + (DAYS - 10) * DAY), 14, 2),
    ("by id, in a day", LogQuery(record_id="r3", since=NOW, before=NOW + DAY), 4, 1),
    ("by anything else", LogQuery(matches=lambda each: each.id.endswith("9999"), **WHOLE), 270, 2),
]


@pytest.mark.parametrize(("query", "most", "expected"), [each[1:] for each in COSTS], ids=[each[0] for each in COSTS])
async def test_a_page_of_a_million_records_costs_a_bounded_number_of_requests(
    log: LongLog, query: LogQuery, most: int, expected: int
) -> None:
    index = TableProvisioningLogIndex(log, log, ManualClock(NOW + DAYS * DAY))
    log.requests = 0

    page = await index.page(["c"], PAGE, "", replace(query, shards={"c": 8}))

    assert log.requests <= most
    assert len(page.records) == expected
    assert all(query.admits(each) for each in page.records)
    times = [each.started for each in page.records]
    assert times == sorted(times, reverse=not query.oldest_first)
    assert bool(page.next) is (expected == PAGE or most == 270)


async def test_what_is_rare_costs_one_request_for_each_day_that_has_it() -> None:
    rows = LongLog()
    index = TableProvisioningLogIndex(rows, rows, ManualClock(NOW))
    rare = [replace(record_number(0), id=f"x{day}", started=NOW + day * DAY) for day in range(0, 3000, 30)]
    others = [replace(record_number(3), id=f"y{day}", started=NOW + day * DAY) for day in range(0, 3000, 7)]
    await index.add([*rare, *others])
    rows.requests = 0

    page = await index.page(["c"], PAGE, "", LogQuery(statuses=frozenset({ProvisioningStatus.SUCCESS})))

    assert [each.id for each in page.records] == [each.id for each in rare[::-1][:PAGE]]
    assert rows.requests <= 115


async def test_a_search_without_a_hit_goes_on_page_by_page_to_its_end(log: LongLog) -> None:
    index = TableProvisioningLogIndex(log, log, ManualClock(NOW + DAYS * DAY))
    since = NOW + (DAYS - 5) * DAY
    query = LogQuery(since=since, before=NOW + DAYS * DAY, matches=lambda each: each.id == "nothing")
    pages, skip = 0, ""

    while skip or not pages:
        log.requests = 0
        page = await index.page(["c"], 5, skip, query)
        pages, skip = pages + 1, page.next

        assert page.records == ()
        assert log.requests <= 120

    assert pages == 2  # 12,500 records are 125 requests
