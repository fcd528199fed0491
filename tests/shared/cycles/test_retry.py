"""When is an entry tried again, and when does it need somebody?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.cycles.pending import LONGEST_WAIT, MOST_ATTEMPTS, Pending, PendingState, WorkKind
from shared.cycles.retry import LONGEST_ESCROW, escrow, pause, wait
from tests.shared.cycles.rows import pending
from tests.shared.provisioning.people import NOW

WAITING, STAGED, ESCROWED = PendingState.WAITING, PendingState.STAGED, PendingState.ESCROWED
SECOND = timedelta(seconds=1)

ROWS = st.builds(
    pending,
    state=st.sampled_from(PendingState),
    kind=st.sampled_from(WorkKind),
    attempts=st.integers(0, 40),
)
DELAYS = st.timedeltas(timedelta(0), timedelta(hours=2))


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 10), (1, 20), (2, 40), (3, 80), (4, 160), (5, 300), (6, 300), (11, 300)]
)
def test_each_wait_is_twice_as_long_up_to_five_minutes(attempts: int, seconds: int) -> None:
    row = wait(pending(attempts=attempts), NOW, "Timeout")

    assert (row.state, row.due, row.attempts) == (WAITING, NOW + timedelta(seconds=seconds), attempts + 1)
    assert (row.confirm, row.reason) == (True, "Timeout")


@pytest.mark.parametrize(
    ("attempts", "at_least", "state", "seconds"),
    [
        (0, timedelta(seconds=30), WAITING, 30),
        (0, timedelta(seconds=3), WAITING, 10),
        (0, LONGEST_WAIT, WAITING, 900),
        (0, LONGEST_WAIT + SECOND, ESCROWED, 0),
        (MOST_ATTEMPTS - 1, None, WAITING, 300),
        (MOST_ATTEMPTS, None, ESCROWED, 0),
        (MOST_ATTEMPTS, timedelta(seconds=1), ESCROWED, 0),
    ],
)
def test_a_wait_too_long_or_too_often_is_an_escrow(
    attempts: int, at_least: timedelta | None, state: PendingState, seconds: int
) -> None:
    row = wait(pending(attempts=attempts), NOW, "Timeout", at_least=at_least)

    assert (row.state, row.due) == (state, NOW + timedelta(seconds=seconds))


@settings(deadline=None)
@given(row=ROWS, at_least=st.none() | DELAYS)
def test_no_wait_is_longer_than_the_longest(row: Pending, at_least: timedelta | None) -> None:
    waiting = wait(row, NOW, "Timeout", at_least=at_least)

    assert waiting.state is ESCROWED or NOW < waiting.due <= NOW + LONGEST_WAIT
    assert waiting.state is ESCROWED or at_least is None or waiting.due >= NOW + at_least


@settings(deadline=None)
@given(row=ROWS, delays=st.lists(st.timedeltas(timedelta(0), LONGEST_WAIT), min_size=MOST_ATTEMPTS + 1))
def test_whatever_it_waits_for_it_ends_in_escrow(row: Pending, delays: list[timedelta]) -> None:
    states = list[PendingState]()
    for delay in delays:
        row = wait(row, NOW, "Timeout", at_least=delay)
        states.append(row.state)

    assert ESCROWED in states[: MOST_ATTEMPTS + 1]


@settings(deadline=None)
@given(row=ROWS, delay=DELAYS)
def test_a_pause_is_no_attempt_and_never_longer_than_the_longest_wait(row: Pending, delay: timedelta) -> None:
    paused = pause(row, NOW, delay, "TooManyRequests")

    assert paused.due == NOW + min(delay, LONGEST_WAIT)
    assert (paused.attempts, paused.confirm, paused.reason) == (row.attempts, True, "TooManyRequests")
    assert paused.state is (STAGED if row.state is STAGED else WAITING)


@pytest.mark.parametrize("attempts", [0, MOST_ATTEMPTS - 1])
def test_what_is_staged_stays_staged_while_it_waits(attempts: int) -> None:
    row = pending(state=STAGED, kind=WorkKind.REMOVE, attempts=attempts)

    waiting = wait(replace(row, staged_cycle=3), NOW, "Timeout")

    assert (waiting.state, waiting.staged_cycle) == (STAGED, 3)
    assert waiting.due > NOW


@pytest.mark.parametrize("state", [WAITING, STAGED])
@pytest.mark.parametrize("attempts", [0, 5, MOST_ATTEMPTS])
def test_a_first_escrow_is_tried_again_by_the_next_cycle(state: PendingState, attempts: int) -> None:
    row = escrow(pending(state=state, attempts=attempts), NOW, "EntryConflict")

    assert (row.state, row.due, row.escrows, row.reason) == (ESCROWED, NOW, 1, "EntryConflict")
    assert (row.confirm, row.differed, row.attempts) == (True, False, 0)


def test_each_further_escrow_lasts_twice_as_long_up_to_a_day() -> None:
    row, delays = pending(), list[timedelta]()
    for _ in range(20):
        row = escrow(row, NOW, "EntryConflict")
        delays.append(row.due - NOW)

    assert delays[0] == timedelta(0)
    assert all(after == min(2 * before, LONGEST_ESCROW) for before, after in pairwise(delays[1:]))
    assert delays[-1] == LONGEST_ESCROW


def test_an_escrow_that_is_tried_again_and_waits_in_between_is_still_a_further_one() -> None:
    row, delays = pending(), list[timedelta]()
    for _ in range(4):
        row = wait(row, NOW, "Timeout")
        while row.state is not ESCROWED:
            row = wait(row, NOW, "Timeout")
        delays.append(row.due - NOW)

    assert delays == [timedelta(0), timedelta(minutes=40), timedelta(minutes=80), timedelta(minutes=160)]


@settings(deadline=None)
@given(row=ROWS, again=st.sampled_from([wait, escrow]))
def test_nothing_is_lost_but_the_etag_and_the_stamp_of_an_escrow(
    row: Pending, again: Callable[[Pending, datetime, str], Pending]
) -> None:
    row = replace(row, source={"jobTitle": "Analyst"}, staged_cycle=2, etag="etag")

    after = again(row, NOW, "Timeout")

    assert (after.source_id, after.kind, after.source, after.cycle) == (row.source_id, row.kind, row.source, row.cycle)
    assert (after.configuration_version, after.etag) == (row.configuration_version, "")
    assert after.staged_cycle == (0 if after.state is ESCROWED else 2), "no guard waits for an escrow"
