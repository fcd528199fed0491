"""How does time pass for what runs in the engine's process? As for the engine: asyncio's time-outs are its clock's."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from selectors import SelectorKey, SelectSelector
from typing import TypeVarTuple, Unpack

from tests.engine.local_engine import JumpingClock

_Arguments = TypeVarTuple("_Arguments")


class Nothing(SelectSelector):
    """What is to be waited for outside of the process: nothing, and to ask the kernel each time costs a tenth."""

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        return []


class EngineLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the engine's, so that nothing depends on how busy the machine is."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, clock: JumpingClock) -> None:
        self._clock = clock
        self._seen = clock.time
        self._seconds = clock.timestamp()
        super().__init__(Nothing())

    def time(self) -> float:
        if self._clock.time is not self._seen:  # asked at each turn, and it mostly stands still
            self._seen, self._seconds = self._clock.time, self._clock.timestamp()
        return self._seconds

    def call_soon(
        self,
        callback: Callable[[Unpack[_Arguments]], object],
        *args: *_Arguments,
        context: Context | None = None,
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def _run_once(self) -> None:
        """Take a turn. Where nobody waits for a time there is nothing to do but what is ready."""
        if self._scheduled or not self._ready:
            super()._run_once()  # type: ignore[misc]  # the stubs do not know it
            return
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle._run()
