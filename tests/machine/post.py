"""What becomes of queue messages: which are there, and how are they lost, repeated, hastened and taken?"""

from dataclasses import replace
from datetime import timedelta

from shared.adapters.memory.queue import MemoryQueue, Message
from tests.engine.local_engine import LocalEngine

QUEUES = ("import", "provisioning")
HIDDEN = timedelta(minutes=10)


class Post:
    """Both queues of the engine, as the host and as bad luck see them."""

    def __init__(self, local: LocalEngine) -> None:
        self._local = local

    def queue(self, name: str) -> MemoryQueue:
        return self._local.queues.queue(name)

    def visible(self, name: str) -> list[Message]:
        return self.queue(name)._visible()

    def all(self) -> list[tuple[str, Message]]:
        return [(name, message) for name in QUEUES for message in self.queue(name)._messages.values()]

    def take(self, name: str, message: Message) -> Message:
        """Deliver this message; it is hidden until its function has ended or is known to be dead."""
        queue = self.queue(name)
        delivered = queue._deliver(message, HIDDEN)
        queue._messages[message.id] = delivered
        return delivered

    def lose(self, name: str, message: Message) -> None:
        self.queue(name)._messages.pop(message.id, None)

    def repeat(self, name: str, message: Message) -> None:
        """Have the same message once more, visible at once."""
        queue, number = self.queue(name), self.queue(name)._next_number()
        now = self._local.clock.now()
        queue._messages[number] = replace(message, id=number, visible=now, dequeue_count=0, receipt=0)

    def hasten(self, name: str, message: Message) -> None:
        """Make a message visible before its time."""
        self.queue(name)._messages[message.id] = replace(message, visible=self._local.clock.now())
