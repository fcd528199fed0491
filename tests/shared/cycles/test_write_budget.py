"""Do reserved slots keep every window within the quota, and does a block stop invitations but for one try?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cycles.write_budget import (
    BURST,
    FASTEST,
    FIRST_INVITATIONS,
    FIRST_PAUSE,
    INTERVAL,
    LEAST_SHARE,
    LONGEST_PAUSE,
    ON_REFUSALS,
    PROBE,
    QUOTA,
    QUOTA_WINDOW,
    RECOVERS,
    RESTS,
    SETTLED,
    Grant,
    Invitations,
    WriteBudget,
    blocked,
    held_until,
    pace,
    passed,
    reserve_invitations,
    reserve_writes,
    slowed_down,
)

NOW = datetime(2026, 1, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PATIENCE = 10 * SECOND


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 4000)), min_size=1, max_size=400))
def test_no_window_takes_more_than_the_quota(asked: list[tuple[int, int]]) -> None:
    budget, now = WriteBudget(), NOW
    sent = list[tuple[datetime, int]]()

    for count, milliseconds in asked:
        now += timedelta(milliseconds=milliseconds)
        grant, budget = reserve_writes(budget, count, now, patience=PATIENCE)
        if grant.count:
            sent.append((now + grant.wait, grant.count))

    for begin, _ in sent:
        assert sum(count for time, count in sent if begin <= time < begin + QUOTA_WINDOW) <= QUOTA


def test_whoever_asks_all_the_time_gets_nearly_the_whole_quota() -> None:
    budget, now, sent = WriteBudget(), NOW, 0

    while now < NOW + QUOTA_WINDOW:
        grant, budget = reserve_writes(budget, 20, now, patience=PATIENCE)
        sent += grant.count
        now += grant.wait or SECOND / 100

    assert sent >= 0.99 * QUOTA


def test_in_the_long_run_at_least_97_percent_of_the_quota_are_used() -> None:
    budget, now, sent = WriteBudget(), NOW, 0

    while now < NOW + 20 * QUOTA_WINDOW:
        grant, budget = reserve_writes(budget, 12, now, patience=PATIENCE)
        sent += grant.count
        now += grant.wait or SECOND / 100

    assert 0.97 * 20 * QUOTA <= sent <= 20 * QUOTA


def in_a_minute(budget: WriteBudget, now: datetime) -> int:
    """How many writes a minute takes, after the burst."""
    sent, end = 0, now + 60 * SECOND
    budget = replace(budget, reserved=now + BURST * INTERVAL)
    while now < end:
        grant, budget = reserve_writes(budget, 10, now, patience=timedelta(hours=1))
        sent += grant.count
        now = max(now + grant.wait, now + SECOND / 100)
    return sent


def test_one_429_holds_the_tenant_and_leaves_the_pace_as_it_was() -> None:
    budget = held_until(WriteBudget(), NOW + 5 * SECOND, NOW)

    assert reserve_writes(budget, 1, NOW, patience=PATIENCE)[0] == Grant(count=0, wait=5 * SECOND)
    assert budget.share_at(NOW) == 1.0
    assert held_until(budget, NOW + 6 * SECOND, NOW + SECOND).share_at(NOW) == 1.0, "the same batch"


@pytest.mark.parametrize(
    ("sign", "share"),
    [
        (lambda budget, now: held_until(budget, now, now), ON_REFUSALS),
        (lambda budget, now: slowed_down(budget, 1.25, now), 0.8),
        (lambda budget, now: slowed_down(budget, 1.8, now), 1 / 1.8),
        (lambda budget, now: slowed_down(budget, 1.0, now), 1.0),
        (lambda budget, _: held_until(budget, NOW), 1.0),
    ],
    ids=["429", "a fourth too many", "the most that is documented", "at the limit", "held for another reason"],
)
@pytest.mark.parametrize("first", [lambda b: held_until(b, NOW, NOW), lambda b: slowed_down(b, 1.1, NOW)])
def test_a_second_sign_within_a_window_slows_the_pace(
    first: Callable[[WriteBudget], WriteBudget], sign: Callable[[WriteBudget, datetime], WriteBudget], share: float
) -> None:
    now = NOW + 60 * SECOND

    slower = sign(first(WriteBudget()), now)

    assert slower.share_at(now) == pytest.approx(share)
    assert in_a_minute(slower, now) == pytest.approx(share * in_a_minute(WriteBudget(), now), rel=0.03)


def test_a_sign_long_after_the_last_one_is_a_first_one() -> None:
    budget = held_until(WriteBudget(), NOW, NOW)

    assert held_until(budget, NOW + QUOTA_WINDOW, NOW + QUOTA_WINDOW).share_at(NOW + QUOTA_WINDOW) == 1.0


def test_the_pace_falls_as_long_as_signs_come_and_never_to_nothing() -> None:
    budget, now, shares = WriteBudget(), NOW, list[float]()

    for _ in range(40):
        budget = slowed_down(budget, 1.5, now)
        shares.append(budget.share_at(now))
        now += SETTLED

    assert shares[:2] == [1.0, pytest.approx(2 / 3)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == LEAST_SHARE


def test_without_further_signs_the_pace_comes_back() -> None:
    budget = slowed_down(slowed_down(WriteBudget(), 1.5, NOW), 2.0, NOW + SETTLED)
    slowed = NOW + SETTLED

    assert budget.share_at(slowed + RESTS) == 0.5
    assert budget.share_at(slowed + RESTS + RECOVERS / 4) == pytest.approx(0.75)
    assert budget.share_at(slowed + RESTS + RECOVERS) == 1.0


def test_a_slot_beyond_the_patience_is_not_reserved() -> None:
    budget = WriteBudget(reserved=NOW + 60 * SECOND)

    grant, after = reserve_writes(budget, 20, NOW, patience=PATIENCE)

    assert (grant.count, after) == (0, budget)
    assert grant.wait > 50 * SECOND


def test_a_tenant_that_is_held_gives_no_slots() -> None:
    budget = WriteBudget(not_before=NOW + 7 * SECOND)

    assert reserve_writes(budget, 1, NOW, patience=PATIENCE) == (Grant(count=0, wait=7 * SECOND), budget)
    assert reserve_writes(budget, 1, NOW + 7 * SECOND, patience=PATIENCE)[0] == Grant(count=1)


def test_invitations_begin_slowly_and_become_faster_with_each_that_was_sent() -> None:
    invitations, now, times = Invitations(), NOW, list[datetime]()

    while len(times) < 400:
        grant, invitations = reserve_invitations(invitations, 12, now)
        times += [now] if grant.count else []
        now += grant.wait or SECOND / 100

    assert times[0] == NOW
    assert times[20] - times[10] > 2 * (times[-1] - times[-11])
    assert times[-1] - times[-11] >= 120 * SECOND / FASTEST * 0.9


@pytest.mark.parametrize(("sent", "in_a_second"), [(0, 0.5), (250, 1.0), (4750, FASTEST), (10**9, FASTEST)])
def test_the_pace_grows_up_to_its_limit(sent: int, in_a_second: float) -> None:
    assert pace(sent) == in_a_second


def test_a_few_people_are_invited_at_once() -> None:
    grant, _ = reserve_invitations(Invitations(), FIRST_INVITATIONS, NOW)

    assert grant == Grant(count=FIRST_INVITATIONS)


def test_after_quiet_days_the_pace_is_lower_again() -> None:
    busy = Invitations(sent=4000, last=NOW)

    assert reserve_invitations(busy, 1, NOW + timedelta(hours=23))[1].sent == 4001
    assert reserve_invitations(busy, 1, NOW + timedelta(days=2))[1].sent == 1001
    assert reserve_invitations(busy, 1, NOW + timedelta(days=5000))[1].sent == 1


def test_a_block_stops_everybody_then_lets_one_try() -> None:
    standing = blocked(Invitations(sent=4000), NOW)

    assert reserve_invitations(standing, 12, NOW)[0] == Grant(count=0, wait=FIRST_PAUSE)
    grant, standing = reserve_invitations(standing, 12, NOW + FIRST_PAUSE)
    assert grant == Grant(count=1)
    assert standing.closed_for(NOW + FIRST_PAUSE) == timedelta(0), "the one may be sent"
    assert reserve_invitations(standing, 12, NOW + FIRST_PAUSE)[0] == Grant(count=0, wait=PROBE)


def test_one_block_is_told_once_and_each_further_one_doubles_the_pause_up_to_a_day() -> None:
    standing, now, pauses = Invitations(), NOW, list[timedelta]()

    for _ in range(7):
        standing = blocked(standing, now)
        assert blocked(standing, now + SECOND) == standing, "another person of the same batch"
        pauses.append(standing.closed_for(now))
        now += pauses[-1]

    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_what_went_through_ends_the_block_and_begins_slowly() -> None:
    standing = passed(blocked(Invitations(sent=4000), NOW))

    assert (standing.blocks, standing.blocked_until, standing.sent) == (0, None, 0)
    assert reserve_invitations(standing, 12, NOW)[0] == Grant(count=12)
