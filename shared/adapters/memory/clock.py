"""What time does a test say it is?"""

import asyncio
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count


class ManualClock:
    """Stands still until it is advanced; sleepers wake in the order of their times."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Event]] = []
        self._order = count()

    def now(self) -> datetime:
        return self._now

    def real(self, duration: timedelta) -> timedelta:
        return duration

    async def sleep(self, duration: timedelta) -> None:
        woken = asyncio.Event()
        if duration > timedelta(0):
            heappush(self._sleepers, (self._now + duration, next(self._order), woken))
        else:
            woken.set()
            await asyncio.sleep(0)
        await woken.wait()

    @property
    def next_wake(self) -> datetime | None:
        """When the first sleeper wants to be woken."""
        return self._sleepers[0][0] if self._sleepers else None

    async def advance(self, duration: timedelta) -> None:
        """Let time pass; each sleeper sees the time it asked for, and those it starts anew in between wake too."""
        await _give_way()
        until = self._now + duration
        while self._sleepers and self._sleepers[0][0] <= until:
            self._now, _, woken = heappop(self._sleepers)
            woken.set()
            await _give_way()
        self._now = until
        await _give_way()


async def _give_way() -> None:
    # enough turns for a woken task to pass through a few awaits and to sleep again
    for _ in range(20):
        await asyncio.sleep(0)
