"""Does one worker at a time hold an entry, and does an intent outlive the worker?"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.rows import Rows
from shared.cycles.work import IntentStage, Work
from shared.orchestration.ports import Closing, StorageUnavailable
from tests.shared.adapters.tables.disturbed_rows import DisturbedRows
from tests.shared.adapters.tables.values import HOUR, NOW, ONE_SHARD, STATE, intent, record, work

CONFIGURATION = STATE.configuration_id


@pytest.fixture
def store(rows: Rows, clock: ManualClock) -> TableEntryStore:
    return TableEntryStore(rows, clock, "slot")


async def standing(store: TableEntryStore, source_id: str) -> Work:
    found = (await store.read(ONE_SHARD, [source_id]))[source_id].work
    assert found is not None
    return found


async def test_free_entries_are_leased_in_the_order_given(store: TableEntryStore) -> None:
    won = await store.lease(ONE_SHARD, [work(name) for name in "cab"])

    assert [each.source_id for each in won] == ["c", "a", "b"]
    assert [await standing(store, name) for name in "cab"] == won


async def test_what_another_holds_is_left_and_the_rest_is_taken(store: TableEntryStore) -> None:
    await store.lease(ONE_SHARD, [work("b", "first")])

    won = await store.lease(ONE_SHARD, [work(name, "second") for name in "abc"])

    assert [each.source_id for each in won] == ["a", "c"]
    assert (await standing(store, "b")).owner == "first"


async def test_of_many_who_want_an_entry_one_gets_it(store: TableEntryStore) -> None:
    wanting = [store.lease(ONE_SHARD, [work("a", f"w{number}"), work("b", f"w{number}")]) for number in range(6)]

    won = await asyncio.gather(*wanting)

    assert sorted(each.source_id for leases in won for each in leases) == ["a", "b"]


async def test_a_lease_that_ran_out_is_taken_over_with_its_intent(store: TableEntryStore, clock: ManualClock) -> None:
    await store.lease(ONE_SHARD, [work("a", "first", intent=intent())])
    await clock.advance(HOUR)

    [won] = await store.lease(ONE_SHARD, [work("a", "second", expires=NOW + 2 * HOUR)])

    assert won == work("a", "second", expires=NOW + 2 * HOUR, intent=intent(), etag=won.etag)
    assert await standing(store, "a") == won


async def test_whoever_takes_a_lease_again_renews_it(store: TableEntryStore) -> None:
    [first] = await store.lease(ONE_SHARD, [work("a")])

    [again] = await store.lease(ONE_SHARD, [work("a", expires=NOW + 2 * HOUR)])

    assert again.etag != first.etag
    assert await standing(store, "a") == again


async def test_a_kept_intent_goes_to_the_next_worker(store: TableEntryStore) -> None:
    [leased] = await store.lease(ONE_SHARD, [work("a", "first", intent=intent())])
    await store.close(ONE_SHARD, [Closing(pending=None, work=leased, keep_intent=True)])

    [won] = await store.lease(ONE_SHARD, [work("a", "second")])

    assert won.intent == intent()


async def test_a_lease_made_of_a_row_that_is_gone_takes_nothing_over_from_it(store: TableEntryStore) -> None:
    [leased] = await store.lease(ONE_SHARD, [work("a", intent=intent())])
    await store.close(ONE_SHARD, [Closing(pending=None, work=leased, log=record("a"), keep_intent=True)])
    closed = await standing(store, "a")
    await store.drop_works(CONFIGURATION, 0, [closed])
    await store.drop_works(CONFIGURATION, 0, [await standing(store, "a")])

    [won] = await store.lease(ONE_SHARD, [replace(closed, owner="second", expires=NOW + HOUR)])

    assert won == work("a", "second", etag=won.etag)


async def test_a_lease_made_of_a_row_that_was_read_takes_over_what_stands(store: TableEntryStore) -> None:
    [leased] = await store.lease(ONE_SHARD, [work("a", intent=intent())])
    read = await standing(store, "a")
    invited = intent(stage=IntentStage.INVITED)
    [leased] = await store.save_works(ONE_SHARD, [replace(leased, intent=invited)])
    await store.close(ONE_SHARD, [Closing(pending=None, work=leased, keep_intent=True)])

    [won] = await store.lease(ONE_SHARD, [replace(read, owner="second")])

    assert won.intent == invited


async def test_intents_are_saved_under_the_lease(store: TableEntryStore) -> None:
    leased = await store.lease(ONE_SHARD, [work(name) for name in "ab"])

    saved = await store.save_works(ONE_SHARD, [replace(each, intent=intent()) for each in leased])
    again = await store.save_works(
        ONE_SHARD, [replace(each, intent=intent(stage=IntentStage.INVITED)) for each in saved]
    )

    assert [await standing(store, name) for name in "ab"] == again


async def test_a_work_that_another_took_over_is_not_saved(store: TableEntryStore, clock: ManualClock) -> None:
    mine = await store.lease(ONE_SHARD, [work(name, "first") for name in "ab"])
    await clock.advance(HOUR)
    [taken] = await store.lease(ONE_SHARD, [work("a", "second", expires=NOW + 2 * HOUR)])

    saved = await store.save_works(ONE_SHARD, [replace(each, intent=intent()) for each in mine])

    assert [each.source_id for each in saved] == ["b"]
    assert await standing(store, "a") == taken


async def test_a_closed_entry_is_not_leased_before_its_record_was_copied(store: TableEntryStore) -> None:
    [leased] = await store.lease(ONE_SHARD, [work("a")])
    await store.close(ONE_SHARD, [Closing(pending=None, work=leased, log=record("a"))])

    refused = await store.lease(ONE_SHARD, [work("a", "second")])
    closed = await store.open_works(CONFIGURATION, 0)
    records = await store.finish_log(CONFIGURATION, 0, closed)
    await store.drop_works(CONFIGURATION, 0, closed)

    assert refused == []
    assert records == [record("a")]
    assert len(await store.lease(ONE_SHARD, [work("a", "second")])) == 1


async def test_a_copied_record_leaves_a_kept_intent_behind(store: TableEntryStore) -> None:
    [leased] = await store.lease(ONE_SHARD, [work("a", intent=intent())])
    await store.close(ONE_SHARD, [Closing(pending=None, work=leased, log=record("a"), keep_intent=True)])

    closed = await store.open_works(CONFIGURATION, 0)
    await store.drop_works(CONFIGURATION, 0, closed)

    [left] = await store.open_works(CONFIGURATION, 0)
    assert [each.log_key != "" for each in closed] == [True]
    assert left.log_key == ""
    assert left.intent == intent()


async def test_works_that_changed_are_not_dropped(store: TableEntryStore) -> None:
    leased = await store.lease(ONE_SHARD, [work(name) for name in "abc"])
    [renewed] = await store.save_works(ONE_SHARD, [replace(leased[1], expires=NOW + 2 * HOUR)])

    await store.drop_works(CONFIGURATION, 0, leased)
    await store.drop_works(CONFIGURATION, 0, leased)

    assert await store.open_works(CONFIGURATION, 0) == [renewed]


async def test_nothing_to_lease_save_or_close_is_fine(store: TableEntryStore) -> None:
    assert await store.lease(STATE, []) == []
    assert await store.save_works(STATE, []) == []
    assert await store.close(STATE, []) == []
    assert await store.finish_log(CONFIGURATION, 0, []) == []


@pytest.mark.parametrize("happened", [False, True])
async def test_a_lease_whose_answer_was_lost_is_won_by_the_same_owner(
    memory: Callable[[], Rows], clock: ManualClock, happened: bool
) -> None:
    rows = memory()
    failing = TableEntryStore(DisturbedRows(rows, fails_at=0, happened=happened), clock, "slot")
    wanted = [work(name, intent=intent()) for name in "ab"]

    with pytest.raises(StorageUnavailable):
        await failing.lease(ONE_SHARD, wanted)
    won = await failing.lease(ONE_SHARD, wanted)

    assert [replace(each, etag="") for each in won] == wanted
    assert await failing.open_works(CONFIGURATION, 0) == won


async def test_a_saved_intent_whose_answer_was_lost_is_saved(memory: Callable[[], Rows], clock: ManualClock) -> None:
    failing = TableEntryStore(DisturbedRows(memory(), fails_at=1, happened=True), clock, "slot")
    leased = await failing.lease(ONE_SHARD, [work(name) for name in "ab"])
    wanted = [replace(each, intent=intent()) for each in leased]

    with pytest.raises(StorageUnavailable):
        await failing.save_works(ONE_SHARD, wanted)
    saved = await failing.save_works(ONE_SHARD, wanted)

    assert await failing.open_works(CONFIGURATION, 0) == saved
    assert len(saved) == 2
