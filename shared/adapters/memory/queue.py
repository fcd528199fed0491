"""What does a storage queue do, in memory, and what can it do to us?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from shared.adapters.queues.limits import TIME_TO_LIVE, check_delay, check_text
from shared.orchestration.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Mischief:
    """How badly a queue behaves, as shares of its messages from 0 to 1; the seed makes it repeatable."""

    seed: int = 0
    duplicated: float = 0.0
    lost: float = 0.0
    reordered: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery of a message; `receipt` is what this delivery, and no later one, deletes it by."""

    id: int
    text: str
    visible: datetime
    expires: datetime
    dequeue_count: int = 0
    receipt: int = 0


class MemoryQueues:
    """The queues of one storage account; a name always gives the same queue."""

    def __init__(self, clock: Clock, mischief: Mischief = Mischief()) -> None:
        self._clock = clock
        self._mischief = mischief
        self._queues: dict[str, MemoryQueue] = {}

    def queue(self, name: str) -> "MemoryQueue":
        if name not in self._queues:
            self._queues[name] = MemoryQueue(self._clock, self._mischief)
        return self._queues[name]


class MemoryQueue:
    """At least once, about in order, hidden while worked on: `send` is the port, the rest is the host's side.

    A deep copy is a backup.
    """

    def __init__(self, clock: Clock, mischief: Mischief = Mischief()) -> None:
        self._clock = clock
        self._mischief = mischief
        self._random = Random(mischief.seed)  # noqa: S311 - repeatable misbehaviour, no secret
        self._number = 0
        self._messages: dict[int, Message] = {}

    async def send(self, text: str, *, delay: timedelta = timedelta(0)) -> None:
        check_text(text)
        check_delay(self._clock.real(delay))
        await asyncio.sleep(0)
        for _ in range(self._copies()):
            number = self._next_number()
            now = self._clock.now()
            self._messages[number] = Message(id=number, text=text, visible=now + delay, expires=now + TIME_TO_LIVE)

    async def receive(self, limit: int = 1, *, visibility: timedelta = timedelta(minutes=10)) -> Sequence[Message]:
        """The next visible messages; each is hidden for `visibility` and then delivered again unless it is deleted."""
        await asyncio.sleep(0)
        received = [self._deliver(message, visibility) for message in self._visible()[:limit]]
        self._messages.update((message.id, message) for message in received)
        return received

    async def delete(self, message: Message) -> bool:
        """Delete a message by a delivery; False if it has been delivered again since, or is gone."""
        await asyncio.sleep(0)
        if not self._is_current(message):
            return False
        del self._messages[message.id]
        return True

    async def release(self, message: Message, *, after: timedelta = timedelta(0)) -> bool:
        """Make a delivered message visible again, as the host does when a function fails; False as for `delete`."""
        await asyncio.sleep(0)
        if not self._is_current(message):
            return False
        self._messages[message.id] = replace(message, visible=self._clock.now() + after)
        return True

    async def clear(self) -> None:
        """Lose all messages, as when an operator empties the queue."""
        await asyncio.sleep(0)
        self._messages.clear()

    @property
    def next_visible(self) -> datetime | None:
        """When the next message can be received; a time that has passed means at once."""
        return min((message.visible for message in self._messages.values()), default=None)

    async def length(self) -> int:
        await asyncio.sleep(0)
        now = self._clock.now()
        return sum(message.expires > now for message in self._messages.values())

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _copies(self) -> int:
        if self._random.random() < self._mischief.lost:
            return 0
        return 2 if self._random.random() < self._mischief.duplicated else 1

    def _visible(self) -> list[Message]:
        now = self._clock.now()
        self._messages = {number: each for number, each in self._messages.items() if each.expires > now}
        visible = sorted(
            (each for each in self._messages.values() if each.visible <= now), key=lambda each: (each.visible, each.id)
        )
        if self._random.random() < self._mischief.reordered:
            self._random.shuffle(visible)
        return visible

    def _deliver(self, message: Message, visibility: timedelta) -> Message:
        return replace(
            message,
            visible=self._clock.now() + visibility,
            dequeue_count=message.dequeue_count + 1,
            receipt=self._next_number(),
        )

    def _is_current(self, message: Message) -> bool:
        stored = self._messages.get(message.id)
        return stored is not None and stored.receipt == message.receipt
