"""What moment does a text mean, how is a moment written, and how far is one from another?

Dates are read as .NET's DateTime.Parse reads them in the invariant culture, as far as a directory or a personnel system
writes them; a text without a zone is in UTC. https://learn.microsoft.com/dotnet/api/system.datetime.parse
"""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.expressions.dotnet_dates import DAYS, LONGEST_FORMAT, MONTHS, DateRefused, formatted, moment_of

CANONICAL_FORMAT: Final = "M/d/yyyy h:mm:ss tt"
"""How Now, CDate and DateAdd write a date."""
_FILE_TIME_ZERO: Final = datetime(1601, 1, 1, tzinfo=UTC)
_TICKS: Final = 10
"""Ticks of a file time (100 ns) in a microsecond."""

_MONTH: Final = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS) + ")"
_WEEKDAY: Final = "(?:(?P<weekday>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in DAYS) + r"),?\s+)?"
_DATES: Final = (
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
    r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
    r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
    _WEEKDAY + r"(?P<day>\d{1,2})[\s-]" + _MONTH + r",?[\s-](?P<year>\d{4})",
    _WEEKDAY + _MONTH + r"\s(?P<day>\d{1,2}),?\s(?P<year>\d{4})",
)
_TIME: Final = (
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[AP])M?)?)?"
)
_ZONE: Final = r"\s*(?P<zone>Z|GMT|UTC|[+-]\d{1,2}(?::?\d{2})?)?"
_READABLE: Final = tuple(re.compile(rf"\s*{date}{_TIME}{_ZONE}\s*", re.ASCII | re.IGNORECASE) for date in _DATES)


def read_moment(text: str) -> datetime:
    """Return the moment a text means, in UTC."""
    if len(text) > LONGEST_FORMAT:
        raise DateRefused(f"a date of more than {LONGEST_FORMAT} characters")
    for readable in _READABLE:
        if found := readable.fullmatch(text):
            parts = {name: part for name, part in found.groupdict().items() if part is not None}
            return moment_of(parts).replace(tzinfo=UTC)
    raise DateRefused("a text that is no date")


def written(moment: datetime) -> str:
    """Return a moment as an expression gives it out, always in UTC."""
    return formatted(in_utc(moment), CANONICAL_FORMAT)


def in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def file_time(moment: datetime) -> int:
    """Return a moment as Active Directory counts it: in units of 100 ns since 1601."""
    return (in_utc(moment) - _FILE_TIME_ZERO) // timedelta(microseconds=1) * _TICKS


def from_file_time(ticks: int) -> datetime:
    if ticks < 0:
        raise DateRefused("a date before 1601")
    return _FILE_TIME_ZERO + timedelta(microseconds=ticks // _TICKS)


def add(interval: str, count: int, moment: datetime) -> datetime:
    """Return a moment so many intervals later; a month that is too short ends on its last day."""
    if interval in _MONTHS_OF:
        return _months_later(moment, count * _MONTHS_OF[interval])
    return moment + count * _LENGTHS[interval]


def difference(interval: str, first: datetime, second: datetime) -> int:
    """Return how far the second date is from the first, counted as Visual Basic counts.

    Days, hours, minutes and seconds are whole ones; months and years are those of the calendar, weeks begin on Sunday.
    https://learn.microsoft.com/dotnet/api/microsoft.visualbasic.dateandtime.datediff
    """
    return _DIFFERENCES[interval](first, second)


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("no such year")
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _whole(unit: timedelta) -> Callable[[datetime, datetime], int]:
    """Towards zero: .NET cuts fractions off."""

    def count(first: datetime, second: datetime) -> int:
        return (second - first) // unit if second >= first else -((first - second) // unit)

    return count


def _weeks(first: datetime, second: datetime) -> int:
    def days_since_sunday(moment: datetime) -> timedelta:
        return timedelta(days=(moment.weekday() + 1) % 7)

    # Ordinals, because the Sunday before the first days of the year 1 is no date.
    days = (second - first) + days_since_sunday(first) - days_since_sunday(second)
    return days // _WEEK if days >= timedelta(0) else -(-days // _WEEK)


_WEEK: Final = timedelta(weeks=1)
_MONTHS_OF: Final = {"yyyy": 12, "m": 1}
_LENGTHS: Final = {
    "ww": _WEEK,
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "n": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_DIFFERENCES: Final[Mapping[str, Callable[[datetime, datetime], int]]] = {
    "yyyy": lambda first, second: second.year - first.year,
    "m": lambda first, second: (second.year - first.year) * 12 + second.month - first.month,
    "ww": _weeks,
    **{name: _whole(_LENGTHS[name]) for name in ("d", "h", "n", "s")},
}
INTERVALS: Final = (*_MONTHS_OF, *_LENGTHS)
"""yyyy year, m month, ww week, d day, h hour, n minute, s second."""
