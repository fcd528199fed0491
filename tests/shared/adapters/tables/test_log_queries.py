"""Does every way into the log find exactly what is asked for, in both orders, page after page?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.memory.clock import ManualClock
from shared.adapters.memory.rows import MemoryTables
from shared.adapters.tables.entry_keys import partition_key, shard_of
from shared.adapters.tables.entry_rows import record_columns, record_key
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.rows import Insert, Rows
from shared.orchestration.ports import LogQuery
from shared.provisioning.provisioning_log import (
    Identity,
    ProvisioningAction,
    ProvisioningLogRecord,
    ProvisioningStatus,
)
from tests.shared.adapters.tables.disturbed_rows import DisturbedRows
from tests.shared.adapters.tables.values import HOUR, NOW, record

SHARDS = {"a": 2, "b": 2, "c d": 2}
ACTIONS = (ProvisioningAction.CREATE, ProvisioningAction.UPDATE, ProvisioningAction.STAGED_DELETE)
STATUSES = (ProvisioningStatus.SUCCESS, ProvisioningStatus.FAILURE)


async def add(rows: Rows, index: TableProvisioningLogIndex, records: Sequence[ProvisioningLogRecord]) -> None:
    """As the engine does: beside the entry and in the index, but for what is staged: that stands in the index alone."""
    alone = [each for each in records if each.action is ProvisioningAction.STAGED_DELETE]
    beside = [each for each in records if each not in alone]
    for each in beside:
        shards = SHARDS[each.configuration_id]
        partition = partition_key(each.configuration_id, shard_of(each.source.id, shards))
        await rows.commit(partition, [Insert(key=record_key(each), values=record_columns(each))])
    await index.add(beside)
    await index.add(alone, alone=True)


async def found(index: TableProvisioningLogIndex, query: LogQuery, top: int) -> list[ProvisioningLogRecord]:
    query = replace(query, shards=SHARDS)
    page = await index.page(list(SHARDS), top, "", query)
    records = [*page.records]
    while page.next:
        page = await index.page(list(SHARDS), top, page.next, query)
        records += page.records
    return records


def entry(number: int, hours: float, **changes: object) -> ProvisioningLogRecord:
    changes = {"configuration_id": "a", "id": f"r{number}", "started": NOW + hours * HOUR, **changes}
    return record("ada", **changes)


@pytest.fixture
def index(rows: Rows, clock: ManualClock) -> TableProvisioningLogIndex:
    return TableProvisioningLogIndex(rows, rows, clock)


RECORDS = [
    entry(0, 0),
    entry(1, 1, status=ProvisioningStatus.FAILURE),
    entry(2, 30, action=ProvisioningAction.UPDATE, cycle=2, target=Identity(id="t1")),
    entry(3, 31, action=ProvisioningAction.STAGED_DELETE, cycle=2),
    entry(4, 700, cycle=3, source=Identity(id="bob"), target=Identity(id="t1")),
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (LogQuery(), [4, 3, 2, 1, 0]),
        (LogQuery(oldest_first=True), [0, 1, 2, 3, 4]),
        (LogQuery(source_id="ada"), [3, 2, 1, 0]),
        (LogQuery(source_id="ada", oldest_first=True), [0, 1, 2, 3]),
        (LogQuery(source_id="bob"), [4]),
        (LogQuery(source_id="nobody"), []),
        (LogQuery(target_id="t1"), [4, 2]),
        (LogQuery(record_id="r1"), [1]),
        (LogQuery(record_id="r1", source_id="bob"), []),
        (LogQuery(cycles={"a": 2}), [3, 2]),
        (LogQuery(cycles={"b": 2}), []),
        (LogQuery(cycles={"a": 1}, statuses=frozenset({ProvisioningStatus.FAILURE})), [1]),
        (LogQuery(statuses=frozenset({ProvisioningStatus.FAILURE})), [1]),
        (LogQuery(statuses=frozenset()), []),
        (LogQuery(actions=frozenset({ProvisioningAction.CREATE})), [4, 1, 0]),
        (LogQuery(actions=frozenset({ProvisioningAction.CREATE}), since=NOW + HOUR), [4, 1]),
        (LogQuery(actions=frozenset({ProvisioningAction.CREATE}), cycles={"a": 3}), [4]),
        (LogQuery(since=NOW + HOUR, before=NOW + 31 * HOUR), [2, 1]),
        (LogQuery(since=NOW + HOUR, before=NOW + 31 * HOUR, oldest_first=True), [1, 2]),
        (LogQuery(since=NOW + HOUR, before=NOW), []),
        (LogQuery(matches=lambda each: each.id.endswith("3")), [3]),
    ],
)
@pytest.mark.parametrize("top", [1, 2, 50])
async def test_each_condition_narrows_and_the_order_is_that_of_time(
    rows: Rows, index: TableProvisioningLogIndex, query: LogQuery, expected: list[int], top: int
) -> None:
    await add(rows, index, RECORDS)

    assert [each.id for each in await found(index, query, top)] == [f"r{number}" for number in expected]


async def test_many_records_of_one_moment_are_read_in_both_orders(rows: Rows, index: TableProvisioningLogIndex) -> None:
    held = [entry(number, 5, action=ProvisioningAction.STAGED_DELETE) for number in range(320)]
    await add(rows, index, [*held, entry(1000, 4), entry(1001, 6)])

    newest = await found(index, LogQuery(), 90)
    oldest = await found(index, LogQuery(oldest_first=True), 90)

    assert sorted(each.id for each in newest[1:-1]) == sorted(each.id for each in held)
    assert (newest[0].id, newest[-1].id, len(newest)) == ("r1001", "r1000", 322)
    assert [each.started for each in oldest] == sorted(each.started for each in newest)
    assert {each.id for each in oldest} == {each.id for each in newest}


moments = st.tuples(
    st.integers(0, 70),
    st.sampled_from(sorted(SHARDS)),
    st.sampled_from(["ada", "b/b", "c"]),
    st.sampled_from(ACTIONS),
    st.sampled_from(STATUSES),
    st.integers(1, 3),
)
queries = st.builds(
    LogQuery,
    since=st.none() | st.integers(0, 70).map(lambda each: NOW + each * HOUR),
    before=st.none() | st.integers(0, 70).map(lambda each: NOW + each * HOUR),
    oldest_first=st.booleans(),
    source_id=st.sampled_from(["", "", "ada", "b/b", "nobody"]),
    target_id=st.sampled_from(["", "", "t0", "t1"]),
    record_id=st.sampled_from(["", "", "", "r0"]),
    cycles=st.none() | st.dictionaries(st.sampled_from(sorted(SHARDS)), st.integers(1, 3)),
    actions=st.sampled_from([frozenset(ProvisioningAction), frozenset(ACTIONS[:1])]),
    statuses=st.sampled_from([frozenset(ProvisioningStatus), frozenset(STATUSES[1:])]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(moments, max_size=25, unique_by=lambda each: (each[1], each[2], each[0])), queries, st.integers(1, 6))
async def test_any_query_finds_what_reading_everything_would_find(
    described: list[tuple[int, str, str, ProvisioningAction, ProvisioningStatus, int]], query: LogQuery, top: int
) -> None:
    rows = MemoryTables().rows("log")
    index = TableProvisioningLogIndex(rows, rows, ManualClock(NOW + timedelta(days=9)))
    records = [
        entry(
            number,
            hour,
            configuration_id=name,
            source=Identity(id=source_id),
            action=action,
            status=status,
            cycle=cycle,
            target=Identity(id=f"t{cycle}") if cycle < 3 else None,
        )
        for number, (hour, name, source_id, action, status, cycle) in enumerate(described)
    ]
    await add(rows, index, records)

    answer = await found(index, query, top)

    assert sorted(each.id for each in answer) == sorted(each.id for each in records if query.admits(each))
    times = [each.started for each in answer]
    assert times == sorted(times, reverse=not query.oldest_first)


async def test_a_chunk_is_one_transaction_and_its_day_is_named_once(rows: Rows, clock: ManualClock) -> None:
    counted = DisturbedRows(rows)
    index = TableProvisioningLogIndex(counted, rows, clock)
    chunks = [
        [entry(number, 0.001 * number, target=Identity(id=f"t{number}")) for number in range(start, start + 19)]
        for start in (0, 19, 38)
    ]

    await index.add(chunks[0])
    assert counted.commits == 2
    for chunk in chunks[1:]:
        await index.add(chunk)

    assert counted.commits == 4
    assert len((await index.page(["a"], 1000, "")).records) == 57
