"""Does the clock follow storage, whatever the machine's own clock says?"""

import asyncio
from datetime import UTC, datetime, timedelta
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.clock import ClockNotSynchronized, StorageClock
from shared.adapters.memory.clock import ManualClock

START = datetime(2026, 11, 23, 10, 0, 0, 250000, tzinfo=UTC).timestamp()


class World:
    """True time, a machine that counts seconds from anywhere, and a storage whose `Date` has whole seconds."""

    def __init__(self, *, scale: float = 1.0, origin: float = START) -> None:
        self.true = START
        self.drift = 0.0
        self.requests = 0
        self.clock = StorageClock(scale=scale, origin=origin, monotonic=self.monotonic, sleep=self.sleep)

    def monotonic(self) -> float:
        return self.true - START + 12345.0 + self.drift

    async def sleep(self, seconds: float) -> None:
        self.true += seconds

    async def request(self, *, latency: float = 0.0) -> None:
        self.requests += 1
        date = datetime.fromtimestamp(floor(self.true), UTC)
        self.true += latency
        self.clock.observe(date)

    @property
    def error(self) -> float:
        return self.clock.now().timestamp() - self.true


def test_before_it_heard_of_storage_there_is_no_time() -> None:
    with pytest.raises(ClockNotSynchronized):
        StorageClock().now()


async def test_a_request_without_a_date_is_told() -> None:
    async def request() -> None:
        return

    with pytest.raises(ClockNotSynchronized):
        await StorageClock().synchronize(request)


async def test_one_request_gives_the_time_to_a_second() -> None:
    world = World()

    await world.clock.synchronize(world.request)

    assert world.requests == 1
    assert -1.0 < world.error <= 0.0
    assert world.clock.now().tzinfo is UTC


async def test_the_best_of_many_answers_counts() -> None:
    world = World()

    for latency in (0.5, 0.004, 0.3, 0.9):
        world.true = floor(world.true) + 1.001
        await world.request(latency=latency)

    assert world.error == pytest.approx(-0.005, abs=1e-5)


async def test_the_machine_gives_the_time_between_answers() -> None:
    world = World()
    await world.request()
    before = world.clock.now()

    world.true += 100.0

    assert (world.clock.now() - before).total_seconds() == pytest.approx(100.0)


async def test_a_bound_is_given_up_after_five_minutes_and_the_time_stands_still_rather_than_go_back() -> None:
    world = World()
    await world.request()
    for _ in range(4):
        world.true += 100.0
        world.drift += 2.0  # the machine's clock is fast
        await world.request()
    ahead = world.clock.now()

    world.true += 400.0
    world.drift = -20.0
    await world.request()

    assert -1.1 < world.error <= 0.0
    assert world.clock.now() > ahead


async def test_time_does_not_step_back_when_a_better_bound_is_given_up() -> None:
    world = World()
    world.true = floor(world.true) + 1.0
    await world.request()
    world.true += 301.9
    before = world.clock.now()

    await world.request()

    assert world.clock.now() == before


@given(st.lists(st.tuples(st.floats(0.0, 200.0), st.floats(0.0, 3.0), st.booleans()), max_size=60))
def test_the_time_never_steps_back_and_is_never_ahead_of_storage(steps: list[tuple[float, float, bool]]) -> None:
    world = World()
    asyncio.run(world.request())
    shown = [world.clock.now()]

    for passed, latency, heard in steps:
        world.true += passed
        if heard:
            asyncio.run(world.request(latency=latency))
        shown.append(world.clock.now())
        assert world.error <= 1e-5

    assert shown == sorted(shown)


async def test_a_scaled_clock_runs_from_its_origin() -> None:
    world = World(scale=60.0, origin=START - 10.0)
    world.true = float(floor(world.true) + 1)
    await world.request()

    now = world.clock.now().timestamp()

    assert now == pytest.approx(START - 10.0 + (world.true - START + 10.0) * 60.0)


async def test_a_scaled_clock_waits_for_the_step_of_the_date() -> None:
    world = World(scale=60.0)

    await world.clock.synchronize(world.request)

    engine = START + (world.true - START) * 60.0
    assert world.clock.now().timestamp() == pytest.approx(engine, abs=60 * 0.02)
    assert world.requests < 200


async def test_two_scaled_clocks_agree() -> None:
    one, other = World(scale=100.0), World(scale=100.0)
    other.true += 0.6

    for world in (one, other):
        await world.clock.synchronize(world.request)
        world.true = START + 30.0

    assert abs((one.clock.now() - other.clock.now()).total_seconds()) < 100 * 0.02


async def test_a_scaled_sleep_takes_its_share_of_real_time() -> None:
    world = World(scale=60.0)

    await world.clock.sleep(timedelta(minutes=2))

    assert world.true == pytest.approx(START + 2.0)
    assert world.clock.real(timedelta(minutes=1)) == timedelta(seconds=1)


@pytest.mark.parametrize("scale", [0.0, -1.0])
def test_time_runs_forward(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        StorageClock(scale=scale)


async def test_sleepers_wake_in_the_order_of_their_times_at_their_times() -> None:
    clock = ManualClock()
    start = clock.now()
    woken: list[tuple[str, timedelta]] = []

    async def sleeper(name: str, *seconds: int) -> None:
        for each in seconds:
            await clock.sleep(timedelta(seconds=each))
            woken.append((name, clock.now() - start))

    async with asyncio.TaskGroup() as group:
        for name, seconds in (("late", (9,)), ("twice", (2, 3)), ("early", (1,)), ("never before", (0, 20))):
            group.create_task(sleeper(name, *seconds))
        await asyncio.sleep(0)
        await clock.advance(timedelta(seconds=10))
        assert clock.next_wake == start + timedelta(seconds=20)
        await clock.advance(timedelta(seconds=10))

    assert [(name, passed.total_seconds()) for name, passed in woken] == [
        ("never before", 0),
        ("early", 1),
        ("twice", 2),
        ("twice", 5),
        ("late", 9),
        ("never before", 20),
    ]
    assert clock.now() == start + timedelta(seconds=20)
    assert clock.next_wake is None
