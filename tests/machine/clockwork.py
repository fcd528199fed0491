"""How does time pass for what runs in the engine's process? As for the engine: asyncio's time-outs are its clock's."""

import asyncio
from selectors import SelectorKey, SelectSelector

from tests.engine.local_engine import JumpingClock


class Nothing(SelectSelector):
    """What is to be waited for outside of the process: nothing, and to ask the kernel each time costs a tenth."""

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        return []


class EngineLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the engine's, so that nothing depends on how busy the machine is."""

    def __init__(self, clock: JumpingClock) -> None:
        self._clock = clock
        super().__init__(Nothing())

    def time(self) -> float:
        return self._clock.timestamp()
