"""Does a crash at any call of a closing leave an entry that is either not closed or wholly closed?"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.entry_keys import partition_key
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.rows import Rows
from shared.cycles.pending import Pending
from shared.orchestration.ports import Closing, ClosingResult, StorageUnavailable
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

PEOPLE = [f"p{number:02}" for number in range(30)]  # two transactions
CONFIGURATION = STATE.configuration_id
CLOSED, OVERTAKEN = ClosingResult.CLOSED, ClosingResult.OVERTAKEN
WAITING = pending("", due=NOW + HOUR, attempts=1)


async def opened(store: TableEntryStore, following: Pending | None, *, keep_intent: bool) -> list[Closing]:
    await store.stage(ONE_SHARD, [pending(source_id) for source_id in PEOPLE])
    read = await store.read(ONE_SHARD, PEOPLE)
    works = await store.lease(ONE_SHARD, [work(source_id, intent=intent()) for source_id in PEOPLE])
    return [
        Closing(
            pending=read[leased.source_id].pending,
            work=leased,
            link=link(leased.source_id),
            next=None if following is None else replace(following, source_id=leased.source_id),
            log=record(leased.source_id),
            keep_intent=keep_intent,
            count=CREATED,
        )
        for leased in works
    ]


async def check_whole(store: TableEntryStore) -> int:
    """Each entry has link, record and closed work, or none of them; the counters agree. Returns how many are closed."""
    read = await store.read(ONE_SHARD, PEOPLE)
    closed = 0
    for source_id, entry in read.items():
        records = await store.log_records(ONE_SHARD, source_id, 10)
        assert entry.work is not None
        assert (entry.link is not None) == bool(records) == bool(entry.work.log_key)
        closed += len(records)
    counters = await store.counters(ONE_SHARD, 1)
    assert counters.of(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == closed
    return closed


@pytest.mark.parametrize("keep_intent", [False, True])
@pytest.mark.parametrize("following", [None, WAITING])
@pytest.mark.parametrize("happened", [False, True])
@pytest.mark.parametrize("failing", [0, 1])
async def test_storage_that_stays_down_leaves_whole_entries_and_the_rest_can_be_closed(
    memory: Callable[[], Rows],
    clock: ManualClock,
    failing: int,
    happened: bool,
    following: Pending | None,
    keep_intent: bool,
) -> None:
    rows = memory()
    store = TableEntryStore(rows, clock, "slot")
    closings = await opened(store, following, keep_intent=keep_intent)
    down = DisturbedRows(rows, fails_at=failing, happened=happened, always=True)

    with pytest.raises(StorageUnavailable):
        await TableEntryStore(down, clock, "slot").close(ONE_SHARD, closings)
    closed = await check_whole(store)
    results = await store.close(ONE_SHARD, closings)

    assert (closed > 0) == (failing + happened > 0)
    assert results == [CLOSED] * len(PEOPLE)
    assert await check_whole(store) == len(PEOPLE)


@pytest.mark.parametrize("log", [record(""), None])
@pytest.mark.parametrize("happened", [False, True])
@pytest.mark.parametrize("failing", [0, 1])
async def test_an_answer_that_was_lost_is_found_out_by_reading_again(
    memory: Callable[[], Rows],
    clock: ManualClock,
    failing: int,
    happened: bool,
    log: ProvisioningLogRecord | None,
) -> None:
    rows = memory()
    store = TableEntryStore(rows, clock, "slot")
    closings = await opened(store, None, keep_intent=False)
    if log is None:
        closings = [replace(each, log=None) for each in closings]

    disturbed = DisturbedRows(rows, fails_at=failing, happened=happened)
    results = await TableEntryStore(disturbed, clock, "slot").close(ONE_SHARD, closings)

    counters = await store.counters(ONE_SHARD, 1)
    assert results == [CLOSED] * len(PEOPLE)
    assert counters.of(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == len(PEOPLE)


async def test_a_lost_answer_and_a_newer_pending_row_are_told_apart_from_a_lost_lease(
    memory: Callable[[], Rows], clock: ManualClock
) -> None:
    rows = memory()
    store = TableEntryStore(rows, clock, "slot")
    closings = await opened(store, None, keep_intent=False)
    await TableEntryStore(rows, clock, "slot").close(ONE_SHARD, closings)
    await store.stage(ONE_SHARD, [pending("p03", cycle=2)])

    results = await store.close(ONE_SHARD, closings)

    assert [results[3], results[4]] == [OVERTAKEN, CLOSED]
    assert await check_whole(store) == len(PEOPLE)


async def test_records_reach_the_index_after_a_crash_behind_the_closing(
    memory: Callable[[], Rows], clock: ManualClock
) -> None:
    store, index = TableEntryStore(memory(), clock, "slot"), TableProvisioningLogIndex(memory(), memory(), clock)
    await store.close(ONE_SHARD, await opened(store, None, keep_intent=False))

    for _ in range(2):  # the copy itself is repeated
        works = await store.open_works(CONFIGURATION, 0)
        await index.add(await store.finish_log(CONFIGURATION, 0, works))
    await store.drop_works(CONFIGURATION, 0, works)

    page = await index.page([CONFIGURATION], 1000, "")
    assert sorted(found.source.id for found in page.records) == PEOPLE
    assert await store.open_works(CONFIGURATION, 0) == []


async def test_no_row_of_a_closed_entry_is_left_but_link_record_work_and_counters(
    memory: Callable[[], Rows], clock: ManualClock
) -> None:
    rows = memory()
    store = TableEntryStore(rows, clock, "slot")
    await store.close(ONE_SHARD, await opened(store, None, keep_intent=False))

    kinds = {row.key.split(":")[0] async for row in rows.scan(partition_key(CONFIGURATION, 0))}

    assert kinds == {"link", "log", "work", "counters"}
