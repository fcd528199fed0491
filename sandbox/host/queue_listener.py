"""Which message is worked on when, and what becomes of it?

    function succeeded                     deleted
    failed, dequeued fewer times than max  visible again after visibilityTimeout
    failed, dequeued max times             copied to <queue>-poison, deleted
    failed, in a -poison queue             stays invisible until its lease ends, so that no fast endless loop begins
    dequeued more than max times, or its   copied to <queue>-poison, deleted, without running the function
    text cannot be decoded

A lease lasts 10 minutes and is renewed at half of it while the function runs.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueMessage

from sandbox.host.arguments import queue_message
from sandbox.host.bindings import HostedFunction, QueueTrigger
from sandbox.host.clock import EngineClock, pause
from sandbox.host.invocation import Invoker
from sandbox.host.persistence import STORAGE_FAILURES
from sandbox.host.queues import Queues, UndecodableTextError
from sandbox.host.settings import QueueSettings

log = logging.getLogger(__name__)

LEASE_ENGINE_SECONDS = 600.0
# However fast the clock: a busy machine must be able to renew in time.
SHORTEST_LEASE_SECONDS = 6
FIRST_IDLE_SECONDS = 0.02
POISON_SUFFIX = "-poison"
#: What comes there has failed for minutes already.
POISON_PATIENCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePolicy:
    """How all queues are listened to; the longest idle time is in real seconds."""

    settings: QueueSettings
    clock: EngineClock
    longest_idle: float

    @property
    def lease(self) -> int:
        return max(self.clock.storage_seconds(LEASE_ENGINE_SECONDS), SHORTEST_LEASE_SECONDS)


class QueueListener:
    """Feeds one function from its queue."""

    def __init__(
        self, function: HostedFunction, trigger: QueueTrigger, *, policy: QueuePolicy, queues: Queues, invoker: Invoker
    ) -> None:
        self._function = function
        self._trigger = trigger
        self._policy = policy
        self._queues = queues
        self._invoker = invoker
        self._client = queues.client(trigger.connection, trigger.queue)
        self._running: set[asyncio.Task[None]] = set()

    async def listen(self, stopping: asyncio.Event) -> None:
        """Runs until the host stops, and then until what runs has ended."""
        idle = FIRST_IDLE_SECONDS
        async with asyncio.TaskGroup() as group:
            while not stopping.is_set():
                await self._room()
                messages = await self._receive()
                for message in messages:
                    task = group.create_task(self._work(message))
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)
                idle = FIRST_IDLE_SECONDS if messages else min(idle * 2, self._longest_idle)
                if not messages:
                    await pause(idle, stopping)

    @property
    def _longest_idle(self) -> float:
        return self._policy.longest_idle * (POISON_PATIENCE if self._is_poison_queue else 1)

    async def _room(self) -> None:
        """Waits until another batch may be fetched."""
        while len(self._running) > self._policy.settings.new_batch_threshold:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def _receive(self) -> list[QueueMessage]:
        batch = self._policy.settings.batch_size
        pages = self._client.receive_messages(
            messages_per_page=batch, max_messages=batch, visibility_timeout=self._policy.lease
        ).by_page()
        try:
            async for page in pages:
                return [message async for message in page]
        except ResourceNotFoundError:
            return []  # nobody has created the queue yet
        except STORAGE_FAILURES as error:
            log.warning("Queue %s cannot be read: %s", self._trigger.queue, error)
            await asyncio.sleep(self._policy.longest_idle)
        return []

    async def _work(self, message: QueueMessage) -> None:
        try:
            await self._process(message)
        except ResourceNotFoundError:
            log.warning("A message of queue %s was taken by somebody else: its lease had ended", self._trigger.queue)
        except STORAGE_FAILURES as error:
            # It becomes visible again when its lease ends, as after a crash.
            log.warning("A message of queue %s cannot be settled: %s", self._trigger.queue, error)

    async def _process(self, message: QueueMessage) -> None:
        text = self._text(message)
        if text is None:
            await self._give_up(message)
            return
        async with self._leased(message):
            outcome = await self._invoker.invoke(self._function, queue_message(text, _metadata(message)))
        if outcome.succeeded:
            await self._client.delete_message(message)
        elif self._is_poison_queue:
            return
        elif self._attempts_left(message) > 0:
            await self._release(message)
        else:
            await self._give_up(message)

    def _text(self, message: QueueMessage) -> str | None:
        """What the function gets; None where it is not to run."""
        if not self._is_poison_queue and self._attempts_left(message) < 0:
            return None
        try:
            return self._queues.text(message.content)
        except UndecodableTextError as error:
            log.warning("A message of queue %s goes to poison: %s", self._trigger.queue, error.__doc__)
            return None

    @property
    def _is_poison_queue(self) -> bool:
        return self._trigger.queue.endswith(POISON_SUFFIX)

    def _attempts_left(self, message: QueueMessage) -> int:
        return self._policy.settings.max_dequeue_count - (message.dequeue_count or 0)

    async def _release(self, message: QueueMessage) -> None:
        delay = self._policy.clock.storage_seconds(self._policy.settings.visibility_timeout)
        await self._client.update_message(message, visibility_timeout=delay)

    async def _give_up(self, message: QueueMessage) -> None:
        poison = self._queues.client(self._trigger.connection, self._trigger.queue + POISON_SUFFIX)
        await self._queues.put(poison, message.content)
        await self._client.delete_message(message)

    @contextlib.asynccontextmanager
    async def _leased(self, message: QueueMessage) -> AsyncIterator[None]:
        """Nobody else sees the message inside; each renewal changes its receipt."""
        renewal = asyncio.create_task(self._renew(message))
        try:
            yield
        finally:
            renewal.cancel()
            await asyncio.wait([renewal])

    async def _renew(self, message: QueueMessage) -> None:
        while True:
            await asyncio.sleep(self._policy.lease / 2)
            try:
                renewed = await self._client.update_message(message, visibility_timeout=self._policy.lease)
            except STORAGE_FAILURES as error:
                log.warning("A message of queue %s cannot be leased longer: %s", self._trigger.queue, error)
                continue
            message.pop_receipt = renewed.pop_receipt


def _metadata(message: QueueMessage) -> dict[str, str | int]:
    moments = {
        "InsertionTime": message.inserted_on,
        "ExpirationTime": message.expires_on,
        "NextVisibleTime": message.next_visible_on,
    }
    known = {name: moment.isoformat() for name, moment in moments.items() if moment is not None}
    return {
        "Id": message.id,
        "DequeueCount": message.dequeue_count or 0,
        "PopReceipt": message.pop_receipt or "",
        **known,
    }
