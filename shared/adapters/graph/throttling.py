"""May we write to this tenant now? One batch at a time, and none before Graph's `Retry-After` has passed.

https://learn.microsoft.com/graph/throttling: "Requests that are throttled still count against the limit."
"""

import asyncio
import logging
from datetime import datetime, timedelta
from random import Random

from shared.orchestration.ports import BudgetStore, Clock, StorageUnavailable

_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=5)
_LEAST_MARGIN = timedelta(seconds=2)
# by how much two looks at the clock may disagree, in real time
_CLOCK_ERROR = 0.05

_logger = logging.getLogger(__name__)


class WriteGate:
    """The only way to write to a target tenant from this process; `turn` is held while a batch is under way."""

    def __init__(self, tenant_id: str, budgets: BudgetStore, clock: Clock, random: Random) -> None:
        self.turn = asyncio.Lock()
        self._tenant_id = tenant_id
        self._budgets = budgets
        self._clock = clock
        self._random = random
        self._not_before: datetime | None = None
        self._unexplained = 0

    async def closed_for(self) -> timedelta:
        """Return how long nothing may be written; zero if the gate is open. Raises StorageUnavailable."""
        stored = await self._budgets.not_before(self._tenant_id)
        marks = [mark for mark in (self._not_before, stored) if mark is not None]
        return max((mark - self._clock.now() for mark in marks), default=timedelta(0))

    async def close(self, waits: list[timedelta | None]) -> timedelta:
        """Close the gate after 429s, each with its `Retry-After` or None; returns for how long."""
        told = [wait for wait in waits if wait]
        if len(told) < len(waits):
            told.append(self._guess())
        wait = max(told) + self._margin()
        until = self._clock.now() + wait
        self._not_before = max(until, self._not_before or until)
        try:
            await self._budgets.hold_until(self._tenant_id, self._not_before)
        except StorageUnavailable:
            # this process knows; the others will meet their own 429
            _logger.warning("hold not stored", extra={"action": "hold_until", "tenant_id": self._tenant_id})
        return wait

    def passed(self) -> None:
        """Note that a batch passed without a 429: the next guess starts from the beginning."""
        self._unexplained = 0

    def _guess(self) -> timedelta:
        # exponential with jitter, where a 429 names no time: https://learn.microsoft.com/graph/throttling
        ceiling = min(_FIRST_WAIT * (1 << min(self._unexplained, 10)), _LONGEST_WAIT)
        self._unexplained += 1
        return ceiling * self._random.uniform(0.75, 1.25)

    def _margin(self) -> timedelta:
        # `Date` is in whole seconds, and where time runs faster a real blink is long
        real_second = self._clock.real(timedelta(seconds=1)).total_seconds()
        return max(_LEAST_MARGIN, timedelta(seconds=_CLOCK_ERROR / real_second))
