"""Does the end of a pass write all it should, once, whoever comes in between?"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.rows import Rows
from shared.cycles.counters import Counted
from shared.cycles.pending import DueClass, Pending, PendingState
from shared.orchestration.ports import Closing, ClosingResult, Conflict, EntryRows
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus
from tests.shared.adapters.tables.disturbed_rows import DisturbedRows
from tests.shared.adapters.tables.values import (
    CREATED,
    HOUR,
    NOW,
    ONE_SHARD,
    STATE,
    intent,
    link,
    pending,
    record,
    work,
)

CONFIGURATION = STATE.configuration_id
ALL_CLASSES = list(DueClass)
CLOSED, OVERTAKEN, LOST = ClosingResult.CLOSED, ClosingResult.OVERTAKEN, ClosingResult.LOST


@pytest.fixture
def store(rows: Rows, clock: ManualClock) -> TableEntryStore:
    return TableEntryStore(rows, clock, "slot")


async def entry(store: TableEntryStore, source_id: str) -> EntryRows:
    return (await store.read(ONE_SHARD, [source_id]))[source_id]


async def opened(store: TableEntryStore, *source_ids: str) -> list[Closing]:
    """Pending and leased entries, and how their passes would end: created."""
    await store.stage(ONE_SHARD, [pending(source_id) for source_id in source_ids])
    read = await store.read(ONE_SHARD, source_ids)
    works = await store.lease(ONE_SHARD, [work(source_id, intent=intent()) for source_id in source_ids])
    return [
        Closing(
            pending=read[leased.source_id].pending,
            work=leased,
            link=link(leased.source_id),
            log=record(leased.source_id),
            count=CREATED,
        )
        for leased in works
    ]


async def due_ids(store: TableEntryStore) -> list[str]:
    found = [await store.due(CONFIGURATION, 0, each, NOW + 100 * HOUR, 1000) for each in ALL_CLASSES]
    return [each.source_id for entries in found for each in entries]


async def created(store: TableEntryStore, cycle: int = 1) -> int:
    counters = await store.counters(ONE_SHARD, cycle)
    return counters.of(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS)


async def logged(store: TableEntryStore, source_id: str) -> list[ProvisioningLogRecord]:
    return list(await store.log_records(ONE_SHARD, source_id, 10))


async def test_a_closed_entry_leaves_link_record_and_counters(store: TableEntryStore) -> None:
    [closing] = await opened(store, "a")

    results = await store.close(ONE_SHARD, [closing])

    found = await entry(store, "a")
    assert results == [CLOSED]
    assert found.pending is None
    assert found.link is not None
    assert replace(found.link, etag="") == link("a")
    assert found.work is not None
    assert found.work.intent is None
    assert await store.finish_log(CONFIGURATION, 0, [found.work]) == [record("a")]
    assert await created(store) == 1
    assert await due_ids(store) == []


async def test_an_entry_without_a_record_leaves_no_work(store: TableEntryStore) -> None:
    [closing] = await opened(store, "a")

    results = await store.close(ONE_SHARD, [replace(closing, log=None, link=None)])

    assert results == [CLOSED]
    assert await entry(store, "a") == EntryRows(source_id="a")
    assert await created(store) == 1


@pytest.mark.parametrize(
    "following",
    [
        pending("a", due=NOW + HOUR, attempts=1),
        pending("a", attempts=1),
        pending("a", state=PendingState.ESCROWED, reason="noMail"),
    ],
)
async def test_what_stays_open_replaces_the_pending_row(store: TableEntryStore, following: Pending) -> None:
    [closing] = await opened(store, "a")

    results = await store.close(ONE_SHARD, [replace(closing, next=following)])

    found = (await entry(store, "a")).pending
    assert results == [CLOSED]
    assert found is not None
    assert replace(found, etag="") == following
    [due] = await store.due(CONFIGURATION, 0, following.due_class, following.due, 10)
    assert due.source_id == "a"
    assert await due_ids(store) == ["a"]


async def test_an_entry_that_was_not_pending_can_become_so(store: TableEntryStore) -> None:
    [leased] = await store.lease(ONE_SHARD, [work("a")])

    results = await store.close(ONE_SHARD, [Closing(pending=None, work=leased, next=pending("a"))])

    assert results == [CLOSED]
    assert await due_ids(store) == ["a"]


async def test_a_kept_intent_stays_and_its_lease_ends(store: TableEntryStore, clock: ManualClock) -> None:
    [closing] = await opened(store, "a")

    await store.close(ONE_SHARD, [replace(closing, log=None, next=pending("a", attempts=1), keep_intent=True)])

    left = (await entry(store, "a")).work
    assert left is not None
    assert left.intent == intent()
    assert not left.held_by_other("another", clock.now())


async def test_a_hundred_entries_are_closed_in_the_order_given(store: TableEntryStore) -> None:
    closings = await opened(store, *(f"p{number:03}" for number in range(100)))
    [taken, *_] = closings
    await store.save_works(ONE_SHARD, [taken.work])

    results = await store.close(ONE_SHARD, closings)

    assert results == [LOST, *[CLOSED] * 99]
    assert await created(store) == 99
    assert await due_ids(store) == ["p000"]


async def test_counters_are_kept_by_cycle_action_and_status_over_all_slots(
    store: TableEntryStore, rows: Rows, clock: ManualClock
) -> None:
    other = TableEntryStore(rows, clock, "another slot")
    skipped = Counted(cycle=2, action=ProvisioningAction.STAGED_DELETE, status=ProvisioningStatus.SKIPPED)
    closings = await opened(store, "a", "b", "c", "d")

    await store.close(ONE_SHARD, [closings[0], replace(closings[1], count=skipped)])
    await other.close(ONE_SHARD, [closings[2], replace(closings[3], count=None)])

    assert dict((await store.counters(ONE_SHARD, 1)).values) == {(CREATED.action, CREATED.status): 2}
    assert dict((await store.counters(ONE_SHARD, 2)).values) == {(skipped.action, skipped.status): 1}
    assert dict((await store.counters(ONE_SHARD, 3)).values) == {}


async def test_a_newer_pending_row_is_left_and_all_else_is_written(store: TableEntryStore) -> None:
    closings = await opened(store, "a", "b")
    await store.stage(ONE_SHARD, [pending("a", cycle=2, due=NOW + HOUR)])

    results = await store.close(ONE_SHARD, [replace(each, next=pending(each.work.source_id)) for each in closings])

    found = await entry(store, "a")
    assert results == [OVERTAKEN, CLOSED]
    assert found.pending is not None
    assert found.pending.cycle == 2
    assert found.link is not None
    assert await logged(store, "a") == [record("a")]
    assert await created(store) == 2


async def test_a_pending_row_staged_where_there_was_none_is_newer_than_what_follows(store: TableEntryStore) -> None:
    [leased] = await store.lease(ONE_SHARD, [work("a")])
    await store.stage(ONE_SHARD, [pending("a", cycle=2)])

    results = await store.close(ONE_SHARD, [Closing(pending=None, work=leased, next=pending("a", cycle=1))])

    found = (await entry(store, "a")).pending
    assert results == [OVERTAKEN]
    assert found is not None
    assert found.cycle == 2


async def test_a_lost_lease_writes_nothing(store: TableEntryStore, clock: ManualClock) -> None:
    [closing] = await opened(store, "a")
    await clock.advance(2 * HOUR)
    await store.lease(ONE_SHARD, [work("a", "another", expires=NOW + 4 * HOUR)])
    before = await entry(store, "a")

    results = await store.close(ONE_SHARD, [closing])

    assert results == [LOST]
    assert await entry(store, "a") == before
    assert await logged(store, "a") == []
    assert await created(store) == 0


async def test_a_lease_that_was_lost_and_ended_without_a_record_writes_nothing(
    store: TableEntryStore, clock: ManualClock
) -> None:
    [closing] = await opened(store, "a")
    await clock.advance(2 * HOUR)
    taken = await store.lease(ONE_SHARD, [work("a", "another", expires=NOW + 4 * HOUR)])
    await store.drop_works(CONFIGURATION, 0, taken)

    assert await store.close(ONE_SHARD, [closing]) == [LOST]
    assert (await entry(store, "a")).link is None


@pytest.mark.parametrize("log", [record("a"), None])
async def test_closing_twice_counts_once(store: TableEntryStore, log: ProvisioningLogRecord | None) -> None:
    [closing] = await opened(store, "a")
    closing = replace(closing, log=log)

    first = await store.close(ONE_SHARD, [closing])
    second = await store.close(ONE_SHARD, [closing])

    assert first == [CLOSED]
    assert second == ([CLOSED] if log else [LOST])
    assert await created(store) == 1


async def test_a_record_that_is_there_already_is_the_same_record(store: TableEntryStore) -> None:
    [closing] = await opened(store, "a")
    await store.close(ONE_SHARD, [replace(closing, keep_intent=True)])
    await store.drop_works(CONFIGURATION, 0, await store.open_works(CONFIGURATION, 0))

    [again] = await opened(store, "a")
    results = await store.close(ONE_SHARD, [again])

    assert results == [CLOSED]
    assert await logged(store, "a") == [record("a")]


async def test_workers_of_one_slot_who_close_at_once_count_exactly(
    store: TableEntryStore, rows: Rows, clock: ManualClock
) -> None:
    twin = TableEntryStore(rows, clock, "slot")
    closings = await opened(store, *(f"p{number}" for number in range(24)))

    ends = await asyncio.gather(
        *((store, twin)[number % 2].close(ONE_SHARD, closings[4 * number : 4 * number + 4]) for number in range(6))
    )

    assert [result for end in ends for result in end] == [CLOSED] * 24
    assert await created(store) == 24


async def test_two_workers_who_close_the_same_entries_count_them_once(
    store: TableEntryStore, rows: Rows, clock: ManualClock
) -> None:
    twin = TableEntryStore(rows, clock, "another slot")
    closings = await opened(store, *(f"p{number}" for number in range(10)))

    await asyncio.gather(store.close(ONE_SHARD, closings), twin.close(ONE_SHARD, closings[::-1]))

    assert await created(store) == 10
    assert await due_ids(store) == []


async def test_a_reader_between_reading_and_closing_is_never_overwritten(
    memory: Callable[[], Rows], clock: ManualClock
) -> None:
    rows = memory()
    reader = TableEntryStore(rows, clock, "reader")
    closings = await opened(reader, "a", "b")

    async def stage() -> None:
        await reader.stage(ONE_SHARD, [pending("a", cycle=9)])

    disturbed = TableEntryStore(DisturbedRows(rows, meanwhile={0: stage, 1: stage}), clock, "slot")
    results = await disturbed.close(ONE_SHARD, closings)

    found = (await entry(reader, "a")).pending
    assert results == [OVERTAKEN, CLOSED]
    assert found is not None
    assert found.cycle == 9
    assert await created(reader) == 2
    assert await due_ids(reader) == ["a"]


async def test_counters_that_never_come_to_rest_end_in_a_conflict(
    memory: Callable[[], Rows], clock: ManualClock
) -> None:
    rows = memory()
    other = TableEntryStore(rows, clock, "slot")
    closings = await opened(other, *(f"p{number}" for number in range(100)))
    others = iter(closings[1:])

    async def close_another() -> None:
        await other.close(ONE_SHARD, [next(others)])

    disturbed = DisturbedRows(rows, meanwhile=dict.fromkeys(range(50), close_another))
    with pytest.raises(Conflict):
        await TableEntryStore(disturbed, clock, "slot").close(ONE_SHARD, closings[:1])

    assert (await entry(other, "p0")).link is None


async def test_entries_of_several_shards_are_not_closed_together(store: TableEntryStore) -> None:
    works = [replace(work(f"p{number}"), etag='W/"1"') for number in range(10)]

    with pytest.raises(ValueError, match="shards"):
        await store.close(STATE, [Closing(pending=None, work=each) for each in works])


async def test_due_rows_that_were_forgotten_do_not_hinder_a_closing(store: TableEntryStore) -> None:
    closings = await opened(store, "a", "b")
    await store.forget_due(CONFIGURATION, 0, await store.due(CONFIGURATION, 0, DueClass.CREATE, NOW, 10))

    assert await store.close(ONE_SHARD, closings) == [CLOSED, CLOSED]


async def test_large_records_are_closed_in_several_transactions(memory: Callable[[], Rows], clock: ManualClock) -> None:
    store = TableEntryStore(memory(), clock, "slot")
    closings = await opened(store, *(f"p{number}" for number in range(12)))
    long = [
        replace(each, log=replace(record(each.work.source_id, started=NOW + timedelta(1)), initiated_by="x" * 600_000))
        for each in closings
    ]

    assert await store.close(ONE_SHARD, long) == [CLOSED] * 12
    assert await created(store) == 12
