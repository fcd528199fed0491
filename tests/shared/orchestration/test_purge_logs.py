"""Does everything go that is past its time, in every table, a part at a time, also if the process dies over it?"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.adapters.tables.entry_keys import partition_key
from shared.adapters.tables.log_keys import days_of, partition_of
from shared.orchestration import purge_logs
from shared.orchestration.control_job import pause_job
from shared.orchestration.record_poison import UNREADABLE
from shared.orchestration.remove_configuration import remove_configuration
from shared.orchestration.start_cycles import tick
from tests.engine.hazards import CALM, Doom
from tests.engine.local_engine import START, LocalEngine
from tests.engine.small_world import CONFIGURATION, document, person, small_world
from tests.shared.adapters.tables.values import record

DAY = timedelta(days=1)
PEOPLE = 12


async def rested(*, cycles: int = 2, retention: str = "P30D") -> LocalEngine:
    """A company after its first cycles, paused."""
    people = [person(f"p{number}") for number in range(PEOPLE)]
    world = LocalEngine(small_world(people, configurations=[document(logRetention=retention)]), shards=2)
    await world.start()
    for _ in range(cycles):
        await world.run_cycle()
    await pause_job(world.engine, CONFIGURATION)
    return world


async def standing(world: LocalEngine) -> Counter[str]:
    """How many rows of each kind the tables hold of what was done."""
    entries, index = world.tables.rows("entries"), world.tables.rows("provisioninglogs")
    found: Counter[str] = Counter()
    for shard in range(2):
        keys = [row.key.split(":")[0] async for row in entries.scan(partition_key(CONFIGURATION, shard))]
        found.update(each for each in keys if each in {"log", "counters"})
    for number in range(60):
        day = (START + number * DAY).date()
        found["index"] += len([row async for row in index.scan(partition_of(CONFIGURATION, day))])
    found["days"] = len([row async for row in index.scan(days_of(CONFIGURATION))])
    return found


async def test_records_go_a_day_after_their_time_and_not_before() -> None:
    world = await rested()
    before = await standing(world)
    assert (before["log"], before["index"]) == (PEOPLE, PEOPLE * 5)

    world.clock.time = START + 30 * DAY
    await tick(world.engine)
    assert await standing(world) == before

    world.clock.time = START + 32 * DAY
    await tick(world.engine)
    assert await standing(world) == Counter(counters=before["counters"])


async def test_the_setting_counts() -> None:
    world = await rested(retention="P40D")
    before = await standing(world)

    world.clock.time = START + 40 * DAY
    await tick(world.engine)

    assert await standing(world) == before


async def test_a_tick_deletes_no_more_than_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await rested()
    monkeypatch.setattr(purge_logs, "MOST", 10)
    world.clock.time = START + 32 * DAY
    left = [sum((await standing(world)).values())]

    while (await standing(world))["days"]:
        await tick(world.engine)
        left.append(sum((await standing(world)).values()))

    assert len(left) > 5
    assert all(before > after for before, after in pairwise(left))


@pytest.mark.parametrize("effects", range(1, 40, 4))
async def test_whoever_dies_over_it_leaves_nothing_that_is_not_found_again(effects: int) -> None:
    world = await rested()
    world.clock.time = START + 32 * DAY

    world.work_by(Doom(effects))
    await world.attempt(tick)
    world.work_by(CALM)
    await tick(world.worker)

    assert set(await standing(world)) <= {"counters", "index", "days", "log"}
    assert (await standing(world))["index"] == (await standing(world))["days"] == (await standing(world))["log"] == 0


async def test_old_cycles_go_with_what_they_counted_but_the_newest_stay() -> None:
    world = await rested(cycles=14)
    steady = (await world.state()).steady_since

    world.clock.time = START + 60 * DAY
    for _ in range(2):
        await tick(world.engine)

    state = await world.state()
    numbers = [cycle.number for cycle in await world.engine.cycles.newest(CONFIGURATION, 100)]
    assert numbers == list(range(14, 4, -1))
    assert (state.oldest_cycle, state.steady_since) == (5, steady)
    assert (await world.engine.entries.counters(state, 1)).values == {}


async def test_the_app_goes_on_with_new_records_in_old_tables() -> None:
    world = await rested()
    world.clock.time = START + 50 * DAY
    await tick(world.engine)

    late = record("late", configuration_id=CONFIGURATION, started=START)
    for each in (late, replace(late, id="2", started=world.clock.time)):
        await world.engine.log_index.add([each], alone=True)
    assert len(await world.index()) == 2
    world.clock.time += DAY
    await tick(world.engine)

    assert [each.id for each in await world.index()] == ["2"]


async def test_records_of_a_removed_configuration_stay_for_their_time() -> None:
    world = await rested()
    await remove_configuration(world.engine, CONFIGURATION)
    world.clock.time += timedelta(hours=1)
    await tick(world.engine)
    assert await world.engine.configurations.state(CONFIGURATION) is None
    assert (await standing(world))["index"] == PEOPLE * 5
    assert await world.engine.log_index.kept() == {CONFIGURATION: 30}

    world.clock.time = START + 32 * DAY
    await tick(world.engine)

    assert (await standing(world))["index"] == 0
    assert await world.engine.log_index.kept() == {}


async def test_records_that_belong_to_nobody_go_as_well() -> None:
    world = await rested()
    await world.engine.log_index.add([record("", configuration_id=UNREADABLE, started=START)], alone=True)

    world.clock.time = START + 32 * DAY
    await tick(world.engine)

    assert (await world.engine.log_index.page([UNREADABLE], 10, "")).records == ()
