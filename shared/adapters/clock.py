"""What time is it, by storage's clock and not by that of the machine we happen to run on?"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

# A bound older than this is given up: the two clocks may have drifted apart since.
_WINDOW_SECONDS = 300.0
# `Date` is in whole seconds; where time runs faster we wait until we saw it step, but not for ever.
_STEP_WITHIN_SECONDS = 2.5
_STEP_PAUSE_SECONDS = 0.02


class ClockNotSynchronized(RuntimeError):
    """The clock has not heard from storage yet; `synchronize` comes first."""


class StorageClock:
    """Engine time: origin + (storage's time - origin) * scale; with scale 1 storage's time itself.

    Each answer of storage says, by its `Date`, that it is at least so late; the best of these bounds counts, with
    the monotonic clock in between. So the time is never ahead of storage, and it never steps back.
    """

    def __init__(
        self,
        *,
        scale: float = 1.0,
        origin: float = 0.0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if scale <= 0:
            raise ValueError(f"A time scale of {scale}.")
        self._scale = scale
        self._origin = origin
        self._monotonic = monotonic
        self._sleep = sleep
        self._bounds: deque[tuple[float, float]] = deque()
        self._latest = 0.0

    def observe(self, date: datetime) -> None:
        """Hear the `Date` of an answer that has just arrived."""
        heard = self._monotonic()
        bound = date.timestamp() - heard
        while self._bounds and self._bounds[-1][1] <= bound:
            self._bounds.pop()
        self._bounds.append((heard, bound))
        while self._bounds[0][0] < heard - _WINDOW_SECONDS:
            self._bounds.popleft()

    async def synchronize(self, request: Callable[[], Awaitable[object]]) -> None:
        """Ask storage for the time, by a cheap request whose answer reaches `observe`.

        Where time runs faster the fraction of a second that `Date` leaves out would be minutes: then until it steps.
        """
        await request()
        if not self._bounds:
            raise ClockNotSynchronized("Storage's answer had no Date, or the account does not report it to the clock.")
        if self._scale == 1.0:
            return
        until = self._monotonic() + _STEP_WITHIN_SECONDS
        known = self._bounds[0][1]
        while self._monotonic() < until and self._bounds[0][1] < known + 2 * _STEP_PAUSE_SECONDS:
            await self._sleep(_STEP_PAUSE_SECONDS)
            await request()

    def now(self) -> datetime:
        if not self._bounds:
            raise ClockNotSynchronized(ClockNotSynchronized.__doc__)
        true = self._monotonic() + self._bounds[0][1]
        self._latest = max(self._latest, self._origin + (true - self._origin) * self._scale)
        return datetime.fromtimestamp(self._latest, UTC)

    async def sleep(self, duration: timedelta) -> None:
        await self._sleep(self.real(duration).total_seconds())

    def real(self, duration: timedelta) -> timedelta:
        """How long such a duration of engine time takes."""
        return duration / self._scale
