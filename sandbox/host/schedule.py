"""When does a timer fire next? NCRONTAB, the schedule language of timer triggers.

``{second} {minute} {hour} {day} {month} {day of week}``, each ``*``, a value, ``a-b``, any of these with ``/step``, or
a list of them; without the seconds they are 0. UTC.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Self

# fmt: off
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
# fmt: on
# Every date and weekday meet again within 40 years, across a century without a leap day too.
HORIZON = timedelta(days=366 * 40)


class ScheduleError(ValueError):
    """This is no NCRONTAB expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    lowest: int
    highest: int
    words: tuple[str, ...] = ()


FIELDS = (
    _Field(name="second", lowest=0, highest=59),
    _Field(name="minute", lowest=0, highest=59),
    _Field(name="hour", lowest=0, highest=23),
    _Field(name="day", lowest=1, highest=31),
    _Field(name="month", lowest=1, highest=12, words=MONTHS),
    _Field(name="day of week", lowest=0, highest=6, words=WEEKDAYS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A parsed expression: for each field the values at which it fires, ascending."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    @classmethod
    def parse(cls, expression: str) -> Self:
        parts = expression.split()
        if len(parts) == 5:
            parts.insert(0, "0")
        if len(parts) != 6:
            raise ScheduleError(f"{expression!r} has {len(parts)} fields; NCRONTAB has six (or five, without seconds).")
        values = [_values(part, field) for part, field in zip(parts, FIELDS, strict=True)]
        seconds, minutes, hours, days, months, weekdays = values
        return cls(seconds=seconds, minutes=minutes, hours=hours, days=days, months=months, weekdays=weekdays)

    def next_after(self, moment: datetime) -> datetime:
        """The first occurrence later than ``moment``."""
        today = self._first_time_after(moment)
        if today is not None and self._fires_on(moment.date()):
            return datetime.combine(moment.date(), today, moment.tzinfo)
        midnight = time(self.hours[0], self.minutes[0], self.seconds[0])
        for offset in range(1, HORIZON.days):
            day = moment.date() + timedelta(days=offset)
            if self._fires_on(day):
                return datetime.combine(day, midnight, moment.tzinfo)
        raise ScheduleError("This schedule names a day that never comes.")

    def _fires_on(self, day: date) -> bool:
        # Day and weekday must both match: NCrontab is not cron, which takes either.
        return day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays

    def _first_time_after(self, moment: datetime) -> time | None:
        hours = [hour for hour in self.hours if hour >= moment.hour]
        for hour, minute, second in product(hours, self.minutes, self.seconds):
            if (hour, minute, second) > (moment.hour, moment.minute, moment.second):
                return time(hour, minute, second)
        return None


def _values(part: str, field: _Field) -> tuple[int, ...]:
    values: set[int] = set()
    for item in part.split(","):
        values.update(_range(item, field))
    return tuple(sorted(values))


def _range(item: str, field: _Field) -> range:
    bounds, slash, step_text = item.partition("/")
    step = _number(step_text, field) if slash else 1
    if step < 1:
        raise ScheduleError(f"{item!r} in the field {field.name}: a step is at least 1.")
    if bounds == "*":
        return range(field.lowest, field.highest + 1, step)
    first_text, dash, last_text = bounds.partition("-")
    first = _value(first_text, field)
    open_end = field.highest if slash else first
    last = _value(last_text, field) if dash else open_end
    if first > last:
        raise ScheduleError(f"{item!r} in the field {field.name}: a range goes upwards.")
    return range(first, last + 1, step)


def _value(text: str, field: _Field) -> int:
    for value, word in enumerate(field.words, start=field.lowest):
        if text.lower() in (word, word[:3]):
            return value
    value = _number(text, field)
    if not field.lowest <= value <= field.highest:
        raise ScheduleError(f"{value} is no {field.name}: it goes from {field.lowest} to {field.highest}.")
    return value


def _number(text: str, field: _Field) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ScheduleError(f"{text!r} in the field {field.name} is no number.")
    return int(text)
