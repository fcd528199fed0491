"""May we write to this tenant now? One batch at a time, at the budget's pace, none before `Retry-After` has passed.

https://learn.microsoft.com/graph/throttling: "Requests that are throttled still count against the limit."
"""

import asyncio
import logging
from datetime import datetime, timedelta
from random import Random
from typing import Final

from shared.orchestration.ports import BudgetStore, Clock, Conflict, StorageUnavailable

PATIENCE: Final = timedelta(minutes=1)
"""For a slot so near a batch waits here; a later one is not reserved, and its entries wait in their rows."""

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
        self.tenant_id = tenant_id
        self.budgets = budgets
        self._clock = clock
        self._random = random
        self._not_before: datetime | None = None
        self._unexplained = 0

    async def closed_for(self, count: int = 1) -> timedelta:
        """Return zero once so many writes have their slots, else for how long nothing may be written.

        Raises StorageUnavailable, and Conflict where too many want slots at this moment.
        """
        now = self._clock.now()
        closed = self.closed_by_itself()
        if closed > timedelta(0):
            return closed
        grant = await self.budgets.reserve_writes(self.tenant_id, count, now, patience=PATIENCE)
        if not grant.count or not grant.wait:
            return grant.wait
        await self._clock.sleep(grant.wait)
        return timedelta(0)

    def closed_by_itself(self) -> timedelta:
        """Return for how long nothing may be written as far as this process has seen a 429."""
        now = self._clock.now()
        return max((self._not_before or now) - now, timedelta(0))

    async def close(self, waits: list[timedelta | None]) -> timedelta:
        """Close the gate after 429s, each with its `Retry-After` or None; returns for how long."""
        told = [wait for wait in waits if wait]
        if len(told) < len(waits):
            told.append(self._guess())
        wait = max(told) + self._margin()
        until = self._clock.now() + wait
        self._not_before = max(until, self._not_before or until)
        try:
            await self.budgets.hold_until(self.tenant_id, self._not_before)
        except (StorageUnavailable, Conflict):
            # this process knows; the others will meet their own 429
            _logger.warning("hold not stored", extra={"action": "hold_until", "tenant_id": self.tenant_id})
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
