"""Does the gate stay closed long enough, and never longer than it must?"""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.graph.throttling import WriteGate
from shared.adapters.memory.clock import ManualClock
from shared.orchestration.ports import StorageUnavailable
from tests.shared.adapters.graph.fake_graph import TARGET, FakeBudgets


class FastClock(ManualClock):
    """Six hundred seconds of engine time in a real one."""

    def real(self, duration: timedelta) -> timedelta:
        return duration / 600


def gate(budgets: FakeBudgets | None = None, clock: ManualClock | None = None) -> WriteGate:
    return WriteGate(TARGET, budgets or FakeBudgets(), clock or ManualClock(), Random(1))


async def test_a_gate_is_open_until_it_is_closed() -> None:
    closed_for = await gate().closed_for()

    assert closed_for <= timedelta(0)


@given(st.lists(st.none() | st.timedeltas(timedelta(0), timedelta(hours=24)), min_size=1, max_size=20))
async def test_a_gate_is_closed_for_longer_than_any_retry_after(waits: list[timedelta | None]) -> None:
    closing = gate()

    await closing.close(waits)

    assert await closing.closed_for() > max(wait or timedelta(0) for wait in waits)


async def test_waits_without_a_retry_after_grow_until_a_batch_passes() -> None:
    closing = gate()

    waits = [await closing.close([None]) for _ in range(8)]
    closing.passed()
    again = await closing.close([timedelta(0)])

    assert timedelta(seconds=7) < waits[0] < timedelta(seconds=15)
    assert waits[0] < waits[1] < waits[2] < waits[3]
    assert max(waits) < timedelta(minutes=7)
    assert again < timedelta(seconds=15)


async def test_a_shorter_wait_does_not_open_a_closed_gate() -> None:
    closing = gate()

    await closing.close([timedelta(seconds=60)])
    await closing.close([timedelta(seconds=1)])

    assert await closing.closed_for() > timedelta(seconds=60)


async def test_where_time_runs_faster_the_margin_is_wider() -> None:
    slow = await gate().close([timedelta(seconds=1)])
    fast = await gate(clock=FastClock()).close([timedelta(seconds=1)])

    assert slow == timedelta(seconds=3)
    assert fast > timedelta(seconds=30)


async def test_a_hold_that_cannot_be_stored_still_holds_here(caplog: pytest.LogCaptureFixture) -> None:
    budgets = FakeBudgets()
    closing = gate(budgets)

    budgets.failure = StorageUnavailable()
    await closing.close([timedelta(seconds=60)])
    budgets.failure = None

    assert await closing.closed_for() > timedelta(seconds=60)
    assert caplog.messages == ["hold not stored"]
