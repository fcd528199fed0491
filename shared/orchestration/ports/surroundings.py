"""What does the engine need of its surroundings: time, queues?"""

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Engine time; in production it follows storage, in the sandbox it may run faster."""

    def now(self) -> datetime: ...
    async def sleep(self, duration: timedelta) -> None: ...
    def real(self, duration: timedelta) -> timedelta: ...


class MessageQueue(Protocol):
    """A queue of hints."""

    async def send(self, text: str, *, delay: timedelta = timedelta(0)) -> None: ...
    async def length(self) -> int:
        """Return about how many messages are in the queue, visible or not."""
        ...
