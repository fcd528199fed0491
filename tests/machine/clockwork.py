"""How does time pass for what runs in the engine's process? As for the engine: asyncio's time-outs are its clock's."""

import asyncio

from tests.engine.local_engine import JumpingClock


class EngineLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the engine's, so that nothing depends on how busy the machine is."""

    def __init__(self, clock: JumpingClock) -> None:
        self._clock = clock
        super().__init__()

    def time(self) -> float:
        return self._clock.timestamp()
