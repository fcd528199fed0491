"""Does the store of cycles keep one row for each, newest first?"""

from dataclasses import replace

import pytest

from shared.adapters.tables.cycles import TableCycleStore
from shared.adapters.tables.rows import Rows
from shared.cycles.cycle import Cursor, CycleState
from shared.orchestration.ports import Conflict
from tests.shared.adapters.tables.values import HOUR, NOW, STATE, cycle


@pytest.fixture
def store(rows: Rows) -> TableCycleStore:
    return TableCycleStore(rows)


async def test_a_cycle_comes_back_with_every_field(store: TableCycleStore) -> None:
    long = cycle(3, cursor=Cursor(link="https://" + "x" * 100_000), skipped={"noMail": 2}, error_message="é" * 50_000)

    created = await store.create(replace(long, completed=NOW + HOUR, state=CycleState.FAILED))

    assert await store.get(STATE.configuration_id, 3) == created
    assert created.cursor == long.cursor


async def test_a_cycle_that_is_there_is_returned_as_it_stands(store: TableCycleStore) -> None:
    first = await store.create(cycle(1, sequence=1))

    assert await store.create(cycle(1, sequence=2)) == first


async def test_a_cursor_is_saved_only_over_the_one_that_was_read(store: TableCycleStore) -> None:
    read = await store.create(cycle(1, sequence=1))
    saved = await store.save(replace(read, sequence=2))

    with pytest.raises(Conflict):
        await store.save(replace(read, sequence=2))

    assert await store.get(STATE.configuration_id, 1) == saved


async def test_the_newest_cycles_come_first(store: TableCycleStore) -> None:
    for number in (9, 10, 1, 99, 100):
        await store.create(cycle(number))
    await store.create(cycle(500, configuration_id="another"))

    newest = await store.newest(STATE.configuration_id, 3)

    assert [found.number for found in newest] == [100, 99, 10]


async def test_an_unknown_cycle_is_none(store: TableCycleStore) -> None:
    assert await store.get(STATE.configuration_id, 1) is None
    assert await store.newest(STATE.configuration_id, 5) == []
