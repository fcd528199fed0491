"""When will what is open be done, as far as quota and ramp tell?"""

from datetime import UTC, datetime, timedelta

import pytest

from shared.cycles.forecast import Forecast, OpenWork, expected_end, work_after, work_of
from shared.cycles.pending import Workload
from shared.cycles.statement import Statement
from shared.cycles.write_budget import INTERVAL, Invitations, WriteBudget, blocked, reserve_invitations

NOW = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PRACTISED = Invitations(sent=10**6, last=NOW)
UNUSED = WriteBudget()


def seconds_until(work: OpenWork, budget: WriteBudget = UNUSED, invitations: Invitations = PRACTISED) -> float:
    end = expected_end(work, budget, invitations, NOW, managers=False)
    assert end is not None
    return (end - NOW).total_seconds()


@pytest.mark.parametrize(
    ("work", "writes"),
    [
        (OpenWork(creates=0, others=0), 0),
        (OpenWork(creates=0, others=1000), 1000),
        (OpenWork(creates=1000, others=0), 2000),
        (OpenWork(creates=1000, others=500), 2500),
    ],
)
def test_work_takes_as_long_as_the_quota_needs_for_its_writes(work: OpenWork, writes: int) -> None:
    assert seconds_until(work) == pytest.approx(writes * INTERVAL.total_seconds(), rel=0.01)


def test_a_manager_is_one_more_write() -> None:
    end = expected_end(OpenWork(creates=1000, others=0), WriteBudget(), PRACTISED, NOW, managers=True)

    assert end == NOW + 3000 * INTERVAL


def test_a_target_that_is_held_or_gives_less_takes_longer() -> None:
    work = OpenWork(creates=0, others=1000)

    assert seconds_until(work, WriteBudget(not_before=NOW + MINUTE)) == pytest.approx(60 + seconds_until(work))
    assert seconds_until(work, WriteBudget(share=0.5, slowed=NOW)) == pytest.approx(2 * seconds_until(work))


@pytest.mark.parametrize(("people", "sent"), [(100, 0), (1000, 0), (6000, 0), (2000, 4000), (1000, 2000)])
def test_on_the_ramp_it_takes_as_long_as_invitations_are_given_out(people: int, sent: int) -> None:
    invitations, now, invited = Invitations(sent=sent, last=NOW), NOW, 0
    while invited < people:
        grant, invitations = reserve_invitations(invitations, 10, now)
        invited += grant.count
        now += grant.wait

    foreseen = seconds_until(OpenWork(creates=people, others=0), invitations=Invitations(sent=sent, last=NOW))

    assert foreseen == pytest.approx((now - NOW).total_seconds(), rel=0.1, abs=45)


def test_while_invitations_are_blocked_nobody_knows_when_people_are_created() -> None:
    stopped = blocked(PRACTISED, NOW)

    assert expected_end(OpenWork(creates=1, others=5), WriteBudget(), stopped, NOW, managers=False) is None
    assert expected_end(OpenWork(creates=0, others=5), WriteBudget(), stopped, NOW, managers=False) is not None


def test_work_is_counted_from_what_is_open_or_from_how_everybody_stands() -> None:
    closing = Statement(in_scope=100, present=60, equal=55, exceptions={"Pending": 42, "StagedDelete": 3})

    assert work_of(Workload(due=30, waiting=12, staged=3, escrowed=4, creates=40)) == OpenWork(creates=40, others=2)
    assert work_after(closing) == OpenWork(creates=40, others=2)
    assert work_after(Statement(in_scope=9, present=9, equal=9)).entries == 0
    assert work_after(Statement(in_scope=9, present=2, exceptions={"Pending": 3})) == OpenWork(creates=3, others=0)


@pytest.mark.parametrize(
    ("hours", "late", "held"),
    [(5, timedelta(0), True), (5, 29 * MINUTE, True), (5, 31 * MINUTE, False), (0, 14 * MINUTE, True)],
)
def test_a_forecast_holds_give_or_take_a_tenth_or_a_quarter_of_an_hour(hours: int, late: timedelta, held: bool) -> None:
    expected = NOW + timedelta(hours=hours)
    forecast = Forecast(made=NOW, expected=expected, entries=1, ended=expected + late)

    assert forecast.held is held
    assert Forecast(made=NOW, expected=expected, entries=1).held is None
