"""What does a page cost where a million records have to be looked through, and next to none is asked for?

docs/logs.md says the number. The rows are made while they are read: no page sees them all, nor does the test.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.entry_rows import record_columns, record_key
from shared.adapters.tables.key_order import inverted_time, number_part
from shared.adapters.tables.log_keys import (
    POINTED,
    Placed,
    cycle_bucket,
    day_keys,
    days_of,
    target_group,
)
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.row_format import FORMAT_VERSION, VERSION
from shared.adapters.tables.rows import Operation, Row, RowValue
from shared.orchestration.ports import LogPage, LogQuery
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningLogRecord,
    ProvisioningStatus,
)
from tests.shared.adapters.tables.values import NOW, record

MILLION = 1_000_000
PAGE = 50
MOST = 270
DAY = timedelta(days=1)
STEP = DAY / (MILLION + 1)
RARE = 70_000
"""One record in so many failed."""


def started(number: int) -> datetime:
    return NOW + DAY - (number + 1) * STEP


def status(number: int) -> ProvisioningStatus:
    return ProvisioningStatus.FAILURE if number % RARE == RARE - 1 else ProvisioningStatus.SUCCESS


def record_number(number: int) -> ProvisioningLogRecord:
    """One of a million of a single day, of a single cycle and a single person: number 0 is the newest."""
    return record(
        "busy",
        configuration_id="c",
        id=f"r{number:07}",
        started=started(number),
        cycle=1,
        action=ProvisioningAction.UPDATE,
        status=status(number),
        target=Identity(id="target"),
    )


@dataclass
class MadeRows:
    """Partitions whose rows are made of the million records, by a prefix of their keys; counts what it is asked."""

    requests: int = 0

    async def get(self, partition: str, key: str) -> Row | None:
        raise AssertionError(f"nobody reads {partition} {key} alone")

    async def get_many(self, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        self.requests += len(keys)
        found = [record_number(int(key.rpartition(":r")[2])) for key in keys]
        return {each: self._row(partition, each, record_columns(one)) for each, one in zip(keys, found, strict=True)}

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
        if partition == days_of("c"):
            [day, *_] = day_keys(NOW.date(), [])
            named = f"{first.rpartition(':')[0]}:{day}".removeprefix(":")
            return [self._row(partition, named, {})] if first <= named < (before or "~") else []
        upto = range(MILLION)
        begin = bisect_left(upto, first, key=lambda number: self._key(first, number))
        found: list[Row] = []
        for number in upto[begin : begin + limit]:
            key = self._key(first, number)
            if before is None or key < before:
                found.append(self._row(partition, key, self._values(number, select)))
        return found

    async def commit(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        raise AssertionError(f"nobody writes {partition}: {len(operations)} operations")

    def _key(self, first: str, number: int) -> str:
        """The key of a record on the way that the first key names."""
        time = inverted_time(started(number))
        if first.startswith("log:"):
            return f"log:busy:{time}"
        group = "target:target" if first.startswith("target:") else f"cycle:{number_part(1)}:success"
        return f"{group}:{time}:r{number:07}" if first.startswith(group) else f"{time}:r{number:07}"

    def _values(self, number: int, select: Sequence[str] | None) -> Mapping[str, RowValue]:
        if select is None:
            return record_columns(record_number(number))
        assert tuple(select) == POINTED
        return {VERSION: FORMAT_VERSION, "action": "update", "status": status(number).value, "cycle": 1}

    def _row(self, partition: str, key: str, values: Mapping[str, RowValue]) -> Row:
        return Row(partition=partition, key=key, values=values)


NOBODY = frozenset({ProvisioningAction.DELETE})
FAILED = frozenset({ProvisioningStatus.FAILURE})
WORST = {
    "a person, by status": LogQuery(source_id="busy", statuses=FAILED),
    "a person, by action": LogQuery(source_id="busy", actions=NOBODY),
    "a target, by status": LogQuery(target_id="target", statuses=FAILED),
    "a cycle, by action": LogQuery(cycles={"c": 1}, statuses=frozenset({ProvisioningStatus.SUCCESS}), actions=NOBODY),
    "a part of a name": LogQuery(since=NOW, before=NOW + DAY, matches=lambda each: "99999" in each.id),
}


def test_the_rows_are_made_as_they_are_written() -> None:
    """The keys above are spelled out, since making a record for each of them would take a minute."""
    told, rows = record_number(5), MadeRows()
    placed = Placed(record=told)

    assert rows._key("log:busy:0", 5) == record_key(told)
    assert rows._key("9", 5) == placed.key
    for group in (cycle_bucket(1, told.status), target_group("target")):
        assert rows._key(f"{group}:0", 5) == f"{group}:{placed.key}"
        assert f"{group}:{placed.key}" in placed.pointers
    assert rows._values(5, POINTED) == placed.insertions()[1].values


@pytest.mark.parametrize("query", WORST.values(), ids=WORST)
async def test_a_page_that_finds_next_to_nothing_ends_at_its_bound_and_goes_on(query: LogQuery) -> None:
    rows, pages = MadeRows(), list[LogPage]()
    index = TableProvisioningLogIndex(rows, rows, ManualClock(NOW + DAY))  # type: ignore[arg-type]

    for _ in range(2):
        rows.requests = 0
        pages.append(await index.page(["c"], PAGE, pages[-1].next if pages else "", replace(query, shards={"c": 8})))
        assert rows.requests <= MOST

    assert pages[0].next != pages[1].next != ""
    found = [each.id for page in pages for each in page.records]
    assert found == sorted(set(found))
    assert all(query.admits(each) for page in pages for each in page.records)
