"""How do numbers and times become parts of keys that sort?

All parts have a fixed width, so that the order of the keys is the order of the values. "Inverted" parts sort the other
way round: Azure Tables reads a partition upwards only, and we read newest first.
"""

from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_NUMBER = 10**10 - 1
_LAST_MICROSECOND = 10**18 - 1
_LAST_DAY = date.max.toordinal()
_TIME = "%Y%m%dT%H%M%S.%fZ"


def number_part(number: int) -> str:
    """The number, ascending."""
    return f"{number:010}"


def inverted_number(number: int) -> str:
    """The number, descending."""
    return f"{_LAST_NUMBER - number:010}"


def time_part(time: datetime) -> str:
    """The time to the microsecond, ascending, readable."""
    return time.astimezone(UTC).strftime(_TIME)


def time_of(part: str) -> datetime:
    """The time that `time_part` was given."""
    return datetime.fromisoformat(part)


def inverted_time(time: datetime) -> str:
    """The time to the microsecond, descending."""
    return f"{_LAST_MICROSECOND - (time - _EPOCH) // _MICROSECOND:018}"


def inverted_time_of(part: str) -> datetime:
    """The time that `inverted_time` was given; OverflowError for what it cannot have returned."""
    return _EPOCH + (_LAST_MICROSECOND - int(part)) * _MICROSECOND


def inverted_day(day: date) -> str:
    """The day, descending."""
    return f"{_LAST_DAY - day.toordinal():07}"


def inverted_day_of(part: str) -> date:
    """The day that `inverted_day` was given."""
    return date.fromordinal(_LAST_DAY - int(part))


def within(*parts: str) -> tuple[str, str]:
    """First key and key behind the last of those that begin with these parts.

    Parts are joined by ":", which no part holds; ";" is the character after it.
    """
    start = ":".join(parts)
    return f"{start}:", f"{start};"
