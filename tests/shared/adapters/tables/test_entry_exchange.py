"""What is written only if nobody else was faster, and what does the guard count besides staged rows?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.entry_keys import due_of
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.rows import Rows
from shared.cycles.pending import DueClass, Pending, PendingState, WorkKind
from tests.shared.adapters.tables.values import NOW, ONE_SHARD, pending

CONFIGURATION = ONE_SHARD.configuration_id
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(rows: Rows, clock: ManualClock) -> TableEntryStore:
    return TableEntryStore(rows, clock, "slot")


async def standing(store: TableEntryStore, source_id: str) -> Pending | None:
    return (await store.read(ONE_SHARD, [source_id]))[source_id].pending


async def test_a_row_is_written_where_none_stands_and_left_where_one_does(store: TableEntryStore) -> None:
    await store.stage(ONE_SHARD, [pending("a", cycle=1)])

    await store.exchange(ONE_SHARD, [(None, pending("a", cycle=2)), (None, pending("b", cycle=2))])

    a, b = await standing(store, "a"), await standing(store, "b")
    assert a is not None
    assert b is not None
    assert (a.cycle, b.cycle) == (1, 2)


async def test_a_row_is_replaced_with_its_due_row_if_it_is_unchanged(store: TableEntryStore) -> None:
    await store.stage(ONE_SHARD, [pending("a")])
    read = await standing(store, "a")
    assert read is not None
    parked = replace(read, state=PendingState.ESCROWED, due=NOW + SECOND, etag="")

    await store.exchange(ONE_SHARD, [(read, parked)])

    found = await standing(store, "a")
    assert found is not None
    assert replace(found, etag="") == parked
    assert await store.due(CONFIGURATION, 0, due_of(read).due_class, NOW + SECOND, 10) == []
    assert await store.due(CONFIGURATION, 0, DueClass.ESCROW, NOW + SECOND, 10) == [due_of(parked)]


async def test_a_row_that_was_changed_meanwhile_is_left_as_it_is(store: TableEntryStore) -> None:
    await store.stage(ONE_SHARD, [pending("a", cycle=1)])
    read = await standing(store, "a")
    await store.stage(ONE_SHARD, [pending("a", cycle=2)])

    await store.exchange(ONE_SHARD, [(read, pending("a", cycle=3))])

    found = await standing(store, "a")
    assert found is not None
    assert found.cycle == 2


async def test_rows_with_a_stamp_that_is_not_released_are_undecided_until_they_are_staged(
    store: TableEntryStore,
) -> None:
    evaluated = pending("a", kind=WorkKind.EVALUATE, staged_cycle=4)
    rows = [
        evaluated,
        replace(evaluated, source_id="failed", state=PendingState.ESCROWED),
        replace(evaluated, source_id="released", staged_cycle=3),
        replace(evaluated, source_id="staged", kind=WorkKind.REMOVE, state=PendingState.STAGED),
        replace(evaluated, source_id="unstamped", staged_cycle=0),
    ]
    await store.stage(ONE_SHARD, rows)

    unsettled = await store.unsettled(replace(ONE_SHARD, released_cycle=3), NOW)

    assert sorted(unsettled.undecided) == ["a", "failed"]
    assert unsettled.mature == ()


async def test_a_delayed_removal_is_mature_once_it_is_due(store: TableEntryStore) -> None:
    delayed = pending("a", kind=WorkKind.REMOVE, state=PendingState.DELAYED, due=NOW)
    await store.stage(ONE_SHARD, [delayed, replace(delayed, source_id="later", due=NOW + SECOND)])

    assert (await store.unsettled(ONE_SHARD, NOW - SECOND)).mature == ()
    assert (await store.unsettled(ONE_SHARD, NOW)).mature == ("a",)
