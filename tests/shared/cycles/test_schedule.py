"""Is the next cycle due on the grid, however late it is looked at?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.cycles.schedule import TOLERANCE, is_due, next_due
from tests.shared.cycles.rows import configuration_state

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
INTERVAL = timedelta(minutes=40)

TIMES = st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda passed: NOON + passed)
INTERVALS = st.timedeltas(timedelta(minutes=5), timedelta(days=1))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (timedelta(0), 1),
        (timedelta(seconds=1), 1),
        (timedelta(minutes=39, seconds=59), 1),
        (timedelta(minutes=40), 2),
        (timedelta(minutes=41), 2),
        (timedelta(hours=6), 10),
        (timedelta(seconds=-1), 0),
        (timedelta(days=-1), 0),
    ],
)
def test_missed_times_are_left_out_and_the_grid_stays(now: timedelta, due: int) -> None:
    assert next_due(NOON, INTERVAL, NOON + now) == NOON + due * INTERVAL


@settings(deadline=None)
@given(previous=TIMES, interval=INTERVALS, now=TIMES)
def test_it_is_the_first_time_on_the_grid_after_now(previous: datetime, interval: timedelta, now: datetime) -> None:
    due = next_due(previous, interval, now)

    assert due > now
    assert due >= previous
    assert (due - previous) % interval == timedelta(0)
    assert due == previous or due - interval <= now


@settings(deadline=None)
@given(previous=TIMES, interval=INTERVALS, now=TIMES, later=TIMES)
def test_how_often_it_is_looked_at_changes_nothing(
    previous: datetime, interval: timedelta, now: datetime, later: datetime
) -> None:
    now, later = sorted((now, later))

    assert next_due(next_due(previous, interval, now), interval, later) == next_due(previous, interval, later)


@pytest.mark.parametrize(
    ("running", "next_due", "due"),
    [
        (False, NOON, True),
        (False, NOON + TOLERANCE, True),
        (False, NOON + TOLERANCE + timedelta(seconds=1), False),
        (False, None, False),
        (True, NOON, False),
    ],
)
def test_a_cycle_is_due_at_its_time_while_none_runs(running: bool, next_due: datetime | None, due: bool) -> None:
    state = replace(configuration_state(), running=running, next_due=next_due)

    assert is_due(state, NOON) is due
