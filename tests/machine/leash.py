"""How does one run of a function go on step by step, while others act in between?"""

import asyncio
from typing import TypeVar

from tests.engine.hazards import Effect, Mortal, ProcessDied

_Answer = TypeVar("_Answer")


class Leash(Mortal):
    """A process that touches the outside only as often as it is let, and may die where it stands.

    It stands still before it asks for something, and after it has done something, before the answer arrives.
    """

    def __init__(self) -> None:
        super().__init__(self)
        self.dead = False
        self.free = False
        self._left = 0
        self._waiting: list[asyncio.Future[None]] = []

    async def before(self) -> None:
        while self._left <= 0 and not self.free and not self.dead:
            await self._turn()
        if self.dead:
            raise ProcessDied
        self._left -= 1

    async def have(self, effect: Effect[_Answer]) -> _Answer:
        await self.before()
        answer = await effect.happen()
        await self.before()
        return answer

    @property
    def stands_still(self) -> bool:
        return self._left <= 0 and bool(self._waiting)

    def let(self, touches: int) -> None:
        """Let it touch the outside so often, and no oftener."""
        self._left = touches
        self._wake()

    def release(self) -> None:
        """Let it go on to its end."""
        self.free = True
        self._wake()

    def kill(self) -> None:
        self.dead = True
        self._wake()

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        finally:  # a time-out may end the waiting
            if turn in self._waiting:
                self._waiting.remove(turn)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
