"""What was so at which moment? Every change of the truth is a moment; many may share one time of the clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    number: int
    time: datetime


class History(Generic[_Value]):
    """The values that something has had, each with the moment since which it had it."""

    def __init__(self, moment: Moment, value: _Value) -> None:
        self._since = [(moment, value)]

    @property
    def now(self) -> _Value:
        return self._since[-1][1]

    def note(self, moment: Moment, value: _Value) -> bool:
        """Note what is so from now on; True if that is another value."""
        if value == self.now:
            return False
        self._since.append((moment, value))
        return True

    def began(self, holds: Callable[[_Value], bool]) -> datetime | None:
        """Since when has this been so without a break? None if it is not so now."""
        began = None
        for moment, value in reversed(self._since):
            if not holds(value):
                break
            began = moment.time
        return began

    def at(self, moment: Moment) -> _Value:
        """Return what was so at this moment, or at first."""
        past = [value for since, value in self._since if since.number <= moment.number]
        return past[-1] if past else self._since[0][1]

    def before(self, time: datetime) -> Iterator[_Value]:
        """Every value that was so at any moment up to this time."""
        yield from (value for moment, value in self._since if moment.time <= time)

    def since(self, began: Moment, slack: timedelta = timedelta(0)) -> Iterator[_Value]:
        """Every value that was so at any moment since then, or so long before."""
        for moment, value in reversed(self._since):
            yield value
            if moment.number <= began.number and moment.time <= began.time - slack:
                return
