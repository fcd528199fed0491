"""Is it said when open work will be done, and afterwards whether that held?"""

from datetime import timedelta

from shared.orchestration.job_status import find_job, open_entries
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, TARGET, people, small_world


async def test_a_cycle_that_leaves_work_says_when_it_will_be_done_and_later_whether_it_was() -> None:
    local = LocalEngine(small_world(people(150)), workers=8)
    await local.start()
    await local.run_for(timedelta(minutes=3))
    state = await local.state()
    made = (await local.engine.cycles.get(CONFIGURATION, 1)).forecast  # type: ignore[union-attr]

    await local.run_cycle()
    await local.run_for(timedelta(minutes=6))
    ended = (await local.engine.cycles.get(CONFIGURATION, 1)).forecast  # type: ignore[union-attr]

    assert made is not None
    assert made.ended is None
    assert state.forecast_cycle == 1
    assert 0 < made.entries <= 150
    assert ended is not None
    assert (ended.made, ended.expected) == (made.made, made.expected)
    assert ended.held
    assert (await local.state()).forecast_cycle == 0


async def test_the_open_work_says_when_it_is_expected_to_be_done() -> None:
    local = LocalEngine(small_world(people(150)), workers=8)
    await local.start()
    await local.run_for(timedelta(minutes=2))
    job = await find_job(local.engine, CONFIGURATION)
    assert job is not None

    open_ = await open_entries(local.engine, job)
    await local.run_cycle()
    done = await open_entries(local.engine, job)

    assert 0 < open_.workload.creates <= open_.workload.due + open_.workload.waiting
    assert open_.expected_end is not None
    assert local.clock.now() >= open_.expected_end - timedelta(minutes=1), "no faster than the quota and the ramp"
    assert done.expected_end is None


async def test_a_quiet_cycle_foresees_nothing() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()

    await local.run_cycle()

    assert (await local.cycle()).forecast is None


async def test_an_end_that_is_later_than_expected_is_told_as_such() -> None:
    local = LocalEngine(small_world(people(40)), workers=8)
    await local.start()
    await local.run_for(timedelta(seconds=30))
    held_for = timedelta(hours=2)
    await local.engine.budgets.hold_until(TARGET, local.clock.now() + held_for)

    await local.run_for(held_for + timedelta(hours=1))

    forecasts = [cycle.forecast for cycle in await local.engine.cycles.newest(CONFIGURATION, 10) if cycle.forecast]
    assert len(forecasts) == 1, "while its end is open no other is made"
    assert forecasts[0].held is False
