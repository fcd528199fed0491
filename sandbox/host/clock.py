"""What time is it in the local world? All its processes share an origin and a scale.

engine time = origin + (real time - origin) * scale
"""

import asyncio
import contextlib
import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineClock:
    """Time that runs ``scale`` times as fast as real time since ``origin`` (seconds since 1970)."""

    origin: float
    scale: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.origin + (time.time() - self.origin) * self.scale, UTC)

    def real_seconds(self, engine_seconds: float) -> float:
        """How long a span of engine time lasts for real."""
        return engine_seconds / self.scale

    def storage_seconds(self, engine_seconds: float) -> int:
        """The same for storage, which counts real whole seconds: rounded up, so that nothing comes early."""
        return math.ceil(self.real_seconds(engine_seconds))

    async def reaches(self, moment: datetime, stopping: asyncio.Event) -> bool:
        """Waits for the moment; False if the host stops before."""
        while not stopping.is_set():
            left = (moment - self.now()).total_seconds()
            if left <= 0:
                return True
            await pause(self.real_seconds(left), stopping)
        return False


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Waits for real seconds, or shorter if the host stops."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
