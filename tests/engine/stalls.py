"""What if a process stands still for longer than its leases, and then goes on as if nothing had been?"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from tests.engine.crash_outcome import Outcome
from tests.engine.crash_walk import Mortal, Walk, ended
from tests.engine.hazards import CALM, Effect
from tests.engine.local_engine import LocalEngine

STALL = timedelta(minutes=11)

_Answer = TypeVar("_Answer")


class Sleeper(Mortal):
    """A process that stalls before one of its effects; others do its work meanwhile, and whatever else there is."""

    def __init__(self, local: LocalEngine, number: int, meanwhile: Callable[[LocalEngine], Awaitable[None]]) -> None:
        super().__init__(local)
        self.slept = False
        self._number = number
        self._meanwhile = meanwhile

    async def have(self, effect: Effect[_Answer]) -> _Answer:
        if len(self.seen) == self._number and not self.slept:
            self.slept = True
            self._local.work_by(CALM)
            await self._meanwhile(self._local)
        return await super().have(effect)


async def others_go_on(local: LocalEngine) -> None:
    """Time passes, and another process works."""
    await local.run_for(STALL)


async def stalled(
    walk: Walk, number: int, meanwhile: Callable[[LocalEngine], Awaitable[None]] = others_go_on
) -> Outcome:
    """Tell a story to its end although its process stalls before one of its effects."""
    local = walk.before.copy()
    sleeper = Sleeper(local, number, meanwhile)
    local.work_by(sleeper)
    await walk.story.act(local)
    assert sleeper.slept, f"nobody stalled at effect {number}"
    return await ended(local, walk.story)
