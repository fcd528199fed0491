"""Does the store of entries find again what it was given, by object, by kind and by due time?"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.entry_keys import partition_key, pending_key
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.rows import Rows, Upsert
from shared.cycles.pending import DueClass, DueEntry, Pending, PendingState, Verdict, WorkKind, Workload
from shared.orchestration.ports import Closing, EntryPart, EntryRows, NewerRow
from tests.shared.adapters.rows_values_contract import LARGE_BODY
from tests.shared.adapters.tables.values import HOUR, NOW, ONE_SHARD, STATE, intent, link, pending, record, work

CONFIGURATION = STATE.configuration_id
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(rows: Rows, clock: ManualClock) -> TableEntryStore:
    return TableEntryStore(rows, clock, "slot")


def due_of(row: Pending) -> DueEntry:
    return DueEntry(source_id=row.source_id, due_class=row.due_class, due=row.due)


async def collected(source_ids: AsyncIterator[str]) -> list[str]:
    return [source_id async for source_id in source_ids]


async def test_an_entry_of_which_nothing_is_stored_is_empty(store: TableEntryStore) -> None:
    read = await store.read(STATE, ["b", "a"])

    assert list(read.items()) == [("b", EntryRows(source_id="b")), ("a", EntryRows(source_id="a"))]


async def test_link_pending_work_and_intent_of_an_entry_are_read_together(store: TableEntryStore) -> None:
    source_id = "a/b#c?:Zoë"
    [leased] = await store.lease(STATE, [work(source_id, intent=intent())])
    await store.close(STATE, [Closing(pending=None, work=leased, link=link(source_id), keep_intent=True)])
    await store.stage(STATE, [pending(source_id)])

    read = (await store.read(STATE, [source_id]))[source_id]

    assert read.link is not None
    assert replace(read.link, etag="") == link(source_id)
    assert read.pending is not None
    assert replace(read.pending, etag="") == pending(source_id)
    assert read.work is not None
    assert read.work.intent == intent()
    assert all(row.etag for row in (read.link, read.pending, read.work))


@pytest.mark.parametrize("parts", [(), ("link",), ("pending", "work"), ("link", "pending", "work")])
async def test_only_what_is_asked_for_of_an_entry_is_read(store: TableEntryStore, parts: tuple[str, ...]) -> None:
    [leased] = await store.lease(STATE, [work("a", intent=intent())])
    await store.close(STATE, [Closing(pending=None, work=leased, link=link("a"), keep_intent=True)])
    await store.stage(STATE, [pending("a")])

    read = (await store.read(STATE, ["a"], parts=frozenset(map(EntryPart, parts))))["a"]

    assert {part.value for part in EntryPart if getattr(read, part) is not None} == set(parts)


async def test_hundreds_of_rows_are_staged_over_all_shards(store: TableEntryStore) -> None:
    staged = [pending(f"person {number}") for number in range(300)]

    await store.stage(STATE, staged)

    for shard in range(STATE.shards):
        expected = {row.source_id for row in staged if store.shard(row.source_id, STATE.shards) == shard}
        assert set(await collected(store.pending_ids(CONFIGURATION, shard))) == expected
        due = await store.due(CONFIGURATION, shard, DueClass.CREATE, NOW, 1000)
        assert {entry.source_id for entry in due} == expected


@pytest.mark.filterwarnings(LARGE_BODY)
async def test_rows_larger_than_one_commit_are_staged_in_several(store: TableEntryStore) -> None:
    source = {"jobTitle": "é" * 90_000}
    staged = [pending(f"person {number}", source=source) for number in range(30)]

    await store.stage(ONE_SHARD, staged)

    read = await store.read(ONE_SHARD, [row.source_id for row in staged])
    assert all(entry.pending is not None and entry.pending.source == source for entry in read.values())


async def test_the_newest_row_replaces_older_ones(store: TableEntryStore) -> None:
    await store.stage(ONE_SHARD, [pending("a", cycle=1)])

    await store.stage(ONE_SHARD, [pending("a", cycle=2), pending("a", cycle=3, source=None)])

    read = (await store.read(ONE_SHARD, ["a"]))["a"].pending
    assert read is not None
    assert read.cycle == 3
    assert read.source is None


async def test_what_is_due_comes_earliest_first_and_by_its_class(store: TableEntryStore) -> None:
    rows = [pending(f"p{number}", due=NOW + number * SECOND) for number in (5, 1, 3, 2, 4)]
    await store.stage(ONE_SHARD, [*rows, pending("gone", kind=WorkKind.REMOVE)])

    due = await store.due(CONFIGURATION, 0, DueClass.CREATE, NOW + 3 * SECOND, 10)
    first = await store.due(CONFIGURATION, 0, DueClass.CREATE, NOW + HOUR, 2)
    removals = await store.due(CONFIGURATION, 0, DueClass.REMOVAL, NOW, 10)

    assert [entry.source_id for entry in due] == ["p1", "p2", "p3"]
    assert [entry.source_id for entry in first] == ["p1", "p2"]
    assert [entry.source_id for entry in removals] == ["gone"]


async def test_all_that_is_open_comes_by_its_class_whether_it_is_due_or_not(store: TableEntryStore) -> None:
    rows = [
        pending("escrow", state=PendingState.ESCROWED),
        pending("create"),
        pending("later", kind=WorkKind.UPDATE, due=NOW + HOUR),
        pending("update", kind=WorkKind.UPDATE),
    ]
    await store.stage(ONE_SHARD, rows)

    found = await store.open_due(CONFIGURATION, 0, 3)

    assert [entry.source_id for entry in found] == ["update", "later", "create"]


async def test_an_older_due_row_stays_until_it_is_forgotten(store: TableEntryStore) -> None:
    older, newer = pending("a"), pending("a", kind=WorkKind.UPDATE)
    await store.stage(ONE_SHARD, [older])
    await store.stage(ONE_SHARD, [newer])
    stale = await store.due(CONFIGURATION, 0, DueClass.CREATE, NOW, 10)

    await store.forget_due(CONFIGURATION, 0, [*stale, due_of(pending("nobody"))])
    await store.forget_due(CONFIGURATION, 0, stale)

    assert stale == [due_of(older)]
    assert await store.due(CONFIGURATION, 0, DueClass.CREATE, NOW, 10) == []
    assert await store.due(CONFIGURATION, 0, DueClass.UPDATE, NOW, 10) == [due_of(newer)]


async def test_links_of_a_shard_come_in_the_order_of_their_keys(store: TableEntryStore) -> None:
    works = await store.lease(ONE_SHARD, [work(name) for name in ("c", "a", "b")])
    await store.close(ONE_SHARD, [Closing(pending=None, work=leased, link=link(leased.source_id)) for leased in works])

    links = [found.source_id async for found in store.links(CONFIGURATION, 0)]

    assert links == ["a", "b", "c"]
    assert await collected(store.pending_ids(CONFIGURATION, 0)) == []


@pytest.mark.parametrize(("behind", "left"), [("", "abc"), ("a", "bc"), ("aa", "bc"), ("c", "")])
async def test_links_behind_a_person_are_those_that_follow(store: TableEntryStore, behind: str, left: str) -> None:
    works = await store.lease(ONE_SHARD, [work(name) for name in ("c", "a", "b")])
    await store.close(ONE_SHARD, [Closing(pending=None, work=leased, link=link(leased.source_id)) for leased in works])

    found = [each.source_id async for each in store.links(CONFIGURATION, 0, behind=behind)]

    assert found == list(left)


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        (pending("a"), Workload(due=1, waiting=0, staged=0, escrowed=0)),
        (pending("a", due=NOW + SECOND), Workload(due=0, waiting=1, staged=0, escrowed=0)),
        (pending("a", state=PendingState.ESCROWED), Workload(due=0, waiting=0, staged=0, escrowed=1)),
        (pending("a", state=PendingState.STAGED, staged_cycle=3), Workload(due=0, waiting=0, staged=1, escrowed=0)),
        (pending("a", state=PendingState.STAGED, staged_cycle=2), Workload(due=1, waiting=0, staged=0, escrowed=0)),
        (
            pending("a", state=PendingState.STAGED, staged_cycle=1, due=NOW + HOUR),
            Workload(due=0, waiting=1, staged=0, escrowed=0),
        ),
        (pending("a", kind=WorkKind.DISABLE, staged_cycle=3), Workload(due=0, waiting=0, staged=1, escrowed=0)),
        (pending("a", kind=WorkKind.DISABLE, staged_cycle=2), Workload(due=1, waiting=0, staged=0, escrowed=0)),
    ],
)
async def test_open_rows_are_counted_by_what_they_wait_for(
    store: TableEntryStore, row: Pending, counted: Workload
) -> None:
    await store.stage(STATE, [row])

    assert await store.workload(replace(STATE, released_cycle=2), NOW) == counted


async def test_open_rows_are_counted_over_all_shards(store: TableEntryStore) -> None:
    await store.stage(STATE, [pending(f"person {number}") for number in range(40)])
    await store.stage(STATE, [pending(f"later {number}", due=NOW + HOUR) for number in range(3)])

    assert await store.workload(STATE, NOW) == Workload(due=40, waiting=3, staged=0, escrowed=0)


async def test_staged_removals_and_disables_are_counted_and_stale_due_rows_are_not(store: TableEntryStore) -> None:
    removal = {"kind": WorkKind.REMOVE, "state": PendingState.STAGED}
    await store.stage(STATE, [pending(f"gone {number}", **removal) for number in range(20)])
    await store.stage(STATE, [pending("disabled", kind=WorkKind.DISABLE), pending("new"), pending("back", **removal)])
    await store.stage(STATE, [pending("back", kind=WorkKind.UPDATE)])

    found = await store.staged(STATE)

    assert len(found) == 21
    assert {row.kind for row in found} == {WorkKind.REMOVE, WorkKind.DISABLE}


@pytest.mark.parametrize(
    ("row", "due_class", "counted"),
    [
        (pending("a", state=PendingState.STAGED, staged_cycle=3), DueClass.STAGED, "staged"),
        (
            pending("a", state=PendingState.STAGED, staged_cycle=3, verdict=Verdict.APPROVED),
            DueClass.REMOVAL,
            "due",
        ),
        (
            pending("a", state=PendingState.STAGED, staged_cycle=1, verdict=Verdict.REJECTED),
            DueClass.REJECTED,
            "staged",
        ),
    ],
)
async def test_what_somebody_has_decided_about_is_not_the_guards_any_more(
    store: TableEntryStore, row: Pending, due_class: DueClass, counted: str
) -> None:
    await store.stage(STATE, [row])

    workload = await store.workload(replace(STATE, released_cycle=2), NOW)
    assert getattr(workload, counted) == 1
    assert row.due_class is due_class
    assert len(await store.staged(STATE)) == (row.verdict is Verdict.NONE)
    assert (await store.unsettled(STATE, NOW)).undecided == ()


async def test_nothing_staged_is_none(store: TableEntryStore) -> None:
    await store.stage(STATE, [pending("new")])

    assert list(await store.staged(STATE)) == []


async def test_log_records_of_one_person_come_newest_first(store: TableEntryStore) -> None:
    for number in range(3):
        [leased] = await store.lease(STATE, [work("a")])
        log = record("a", id=str(number), started=NOW + number * SECOND)
        await store.close(STATE, [Closing(pending=None, work=leased, log=log)])
        shard = store.shard("a", STATE.shards)
        await store.drop_works(CONFIGURATION, shard, await store.open_works(CONFIGURATION, shard))

    assert [found.id for found in await store.log_records(STATE, "a", 2)] == ["2", "1"]
    assert await store.log_records(STATE, "b", 2) == []


async def test_rows_of_a_newer_version_are_left_alone(store: TableEntryStore, rows: Rows) -> None:
    await store.stage(ONE_SHARD, [pending("a", state=PendingState.STAGED)])
    partition = partition_key(CONFIGURATION, 0)
    await rows.commit(partition, [Upsert(key=pending_key("a"), values={VERSION: 2})])

    for reading in (
        store.read(ONE_SHARD, ["a"]),
        collected(store.pending_ids(CONFIGURATION, 0)),
        store.workload(ONE_SHARD, NOW),
        store.staged(ONE_SHARD),
    ):
        with pytest.raises(NewerRow):
            await reading


async def test_of_a_shard_one_hint_is_under_way_until_it_ends_or_its_time_is_over(store: TableEntryStore) -> None:
    assert await store.begin_hint(CONFIGURATION, 0, NOW, NOW + HOUR)
    assert not await store.begin_hint(CONFIGURATION, 0, NOW + SECOND, NOW + 2 * HOUR)
    assert await store.begin_hint(CONFIGURATION, 1, NOW, NOW + HOUR), "another shard"
    assert await store.begin_hint(CONFIGURATION, 0, NOW + HOUR, NOW + 2 * HOUR)

    await store.extend_hint(CONFIGURATION, 0, NOW + 3 * HOUR)
    assert not await store.begin_hint(CONFIGURATION, 0, NOW + 2 * HOUR, NOW + 4 * HOUR)

    await store.end_hint(CONFIGURATION, 0)
    await store.end_hint(CONFIGURATION, 0)
    assert await store.begin_hint(CONFIGURATION, 0, NOW, NOW + HOUR)


async def test_of_many_who_want_to_send_a_hint_at_once_one_does(store: TableEntryStore) -> None:
    began = await asyncio.gather(*(store.begin_hint(CONFIGURATION, 0, NOW, NOW + HOUR) for _ in range(8)))

    assert began.count(True) == 1


async def test_a_shard_is_emptied_part_by_part_and_others_are_left(store: TableEntryStore) -> None:
    await store.stage(ONE_SHARD, [pending(f"person {number}") for number in range(130)])
    await store.stage(STATE, [pending("elsewhere")])
    elsewhere = store.shard("elsewhere", STATE.shards)

    deleted = [await store.purge(CONFIGURATION, 0, 150) for _ in range(3)]

    assert deleted[:2] == [150, 110 + 2 * (elsewhere == 0)]
    assert deleted[2] == 0
    assert await collected(store.pending_ids(CONFIGURATION, 0)) == []
    assert await collected(store.pending_ids(CONFIGURATION, elsewhere)) == ([] if elsewhere == 0 else ["elsewhere"])
