"""When do NCRONTAB expressions fire?"""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.host.schedule import Schedule, ScheduleError


@pytest.mark.parametrize(
    ("expression", "after", "following"),
    [
        # Microsoft's own examples
        ("0 */5 * * * *", "2026-01-01 00:00:00", "2026-01-01 00:05:00"),
        ("0 0 * * * *", "2026-01-01 00:30:00", "2026-01-01 01:00:00"),
        ("0 0 */2 * * *", "2026-01-01 01:00:00", "2026-01-01 02:00:00"),
        ("0 0 9-17 * * *", "2026-01-01 17:00:00", "2026-01-02 09:00:00"),
        ("0 30 9 * * *", "2026-01-01 09:30:00", "2026-01-02 09:30:00"),
        ("0 30 9 * * 1-5", "2026-01-02 09:30:00", "2026-01-05 09:30:00"),
        ("0 30 9 * Jan Mon", "2026-01-26 09:30:00", "2027-01-04 09:30:00"),
        # every 40 minutes it is not
        ("0 */40 * * * *", "2026-01-01 00:40:00", "2026-01-01 01:00:00"),
        # lists, ranges, steps, names, five fields
        ("5,10,50-52 * * * * *", "2026-01-01 00:00:10", "2026-01-01 00:00:50"),
        ("0 0 20 1-23/2 * *", "2026-01-23 20:00:00", "2026-02-01 20:00:00"),
        ("0 10/20 * * * *", "2026-01-01 00:30:00", "2026-01-01 00:50:00"),
        ("0 0 0 * * sunday,SAT", "2026-01-01 00:00:00", "2026-01-03 00:00:00"),
        ("*/5 * * * *", "2026-01-01 00:00:01", "2026-01-01 00:05:00"),
        # calendar
        ("0 0 0 29 2 *", "2026-01-01 00:00:00", "2028-02-29 00:00:00"),
        ("0 0 0 31 * *", "2026-01-31 00:00:00", "2026-03-31 00:00:00"),
        ("0 0 0 13 * Fri", "2026-01-01 00:00:00", "2026-02-13 00:00:00"),
        ("59 59 23 31 12 *", "2026-12-31 23:59:59", "2027-12-31 23:59:59"),
    ],
)
def test_the_next_occurrence(expression: str, after: str, following: str) -> None:
    schedule = Schedule.parse(expression)

    assert schedule.next_after(_moment(after)) == _moment(following)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("* * * *", "4 fields"),
        ("00:40:00", "1 fields"),
        ("60 * * * * *", "60 is no second"),
        ("0 0 0 0 * *", "0 is no day"),
        ("0 0 0 * 13 *", "13 is no month"),
        ("0 0 0 * * 7", "7 is no day of week"),
        ("0 */0 * * * *", "a step is at least 1"),
        ("0 20-10 * * * *", "a range goes upwards"),
        ("0 0 0 * Junk *", "is no number"),
        ("0 -5 * * * *", "is no number"),
        ("0 1, * * * *", "is no number"),
    ],
)
def test_what_is_no_expression(expression: str, reason: str) -> None:
    with pytest.raises(ScheduleError, match=reason):
        Schedule.parse(expression)


def test_a_day_that_never_comes_is_an_error() -> None:
    schedule = Schedule.parse("0 0 0 30 2 *")

    with pytest.raises(ScheduleError, match="never comes"):
        schedule.next_after(_moment("2026-01-01 00:00:00"))


@given(
    step=st.integers(1, 59),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_nothing_between_a_moment_and_its_next_occurrence_fires(step: int, moment: datetime) -> None:
    schedule = Schedule.parse(f"0 */{step} * * * *")

    following = schedule.next_after(moment)

    assert following > moment
    assert following.minute % step == 0
    assert (following - moment).total_seconds() <= step * 60


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
