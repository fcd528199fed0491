"""What time is it in the local world? Its runner and all its processes share an origin and a scale."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Engine time: real time, faster."""

    origin: float
    scale: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.origin + (time.time() - self.origin) * self.scale, UTC)

    @property
    def arguments(self) -> list[str]:
        return ["--time-scale", repr(self.scale), "--time-origin", repr(self.origin)]
