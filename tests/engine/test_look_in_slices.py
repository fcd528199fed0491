"""Whoever has more objects in a shard than one slice looks at: the next slice goes on behind the last one."""

import pytest

from shared.orchestration import look_at_target
from shared.orchestration.look_at_target import look_at_shard
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import id_of, people, small_world
from tests.engine.test_reading_repairs import slice_of

PEOPLE = 9


async def company() -> LocalEngine:
    """One shard, in which everybody's department is another one than they were given."""
    local = LocalEngine(small_world(people(PEOPLE), drift={"default": "enforce"}), shards=1)
    await local.begin()
    ids = [user["id"] for user in local.users().values()]
    local.change_target(*({"op": "updateUser", "id": each, "set": {"department": "Dyeing"}} for each in ids))
    return local


async def test_each_object_is_looked_at_once_and_then_the_next_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    local = await company()
    monkeypatch.setattr(look_at_target, "LOOKED_AT", 2)
    monkeypatch.setattr(look_at_target, "PAGES", 2)
    reading = await slice_of(local)

    found = list[int]()
    while reading.cycle.cursor.position == 0 and len(found) < PEOPLE:
        await look_at_shard(reading, local.clock.now())
        found.append(reading.cycle.drifted)
        reading = await slice_of(local, reading.cycle)

    assert found == [4, 8, 9]
    rows = [(await local.rows(id_of(f"person{number}"))).pending for number in range(PEOPLE)]
    assert all(row is not None for row in rows)


async def test_a_slice_that_ends_with_the_last_object_is_followed_by_an_empty_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local = await company()
    monkeypatch.setattr(look_at_target, "LOOKED_AT", 3)
    monkeypatch.setattr(look_at_target, "PAGES", 3)
    reading = await slice_of(local)

    await look_at_shard(reading, local.clock.now())
    first = reading.cycle
    await look_at_shard(reading, local.clock.now())

    assert (first.drifted, first.cursor.position) == (PEOPLE, 0)
    assert (reading.cycle.drifted, reading.cycle.cursor.position, reading.cycle.cursor.link) == (PEOPLE, 1, "")
