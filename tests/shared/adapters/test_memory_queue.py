"""Does the queue in memory keep the contract, and does it misbehave as it is told?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.memory.queue import MemoryQueue, MemoryQueues, Mischief
from tests.shared.adapters.queue_contract import QueueContract


class MemoryReader:
    def __init__(self, queue: MemoryQueue, clock: ManualClock) -> None:
        self._queue = queue
        self._clock = clock

    async def texts(self) -> list[str]:
        received = await self._queue.receive(1000)
        assert all([await self._queue.delete(message) for message in received])
        return [message.text for message in received]

    async def pass_time(self, duration: timedelta) -> None:
        await self._clock.advance(duration)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def queue(clock: ManualClock) -> MemoryQueue:
    return MemoryQueue(clock)


@pytest.fixture
def reader(queue: MemoryQueue, clock: ManualClock) -> MemoryReader:
    return MemoryReader(queue, clock)


class TestMemoryQueue(QueueContract):
    pass


async def sent(clock: ManualClock, mischief: Mischief) -> list[str]:
    queue = MemoryQueue(clock, mischief)
    for number in range(200):
        await queue.send(f"{number:03}")
    return await MemoryReader(queue, clock).texts()


async def test_a_name_always_gives_the_same_queue(clock: ManualClock) -> None:
    queues = MemoryQueues(clock)

    await queues.queue("import").send("text")

    assert await queues.queue("import").length() == 1
    assert await queues.queue("provisioning").length() == 0


async def test_a_message_that_is_not_deleted_comes_again_with_its_count(queue: MemoryQueue, clock: ManualClock) -> None:
    await queue.send("text")

    first = await queue.receive(visibility=timedelta(seconds=30))
    hidden = await queue.receive()
    await clock.advance(timedelta(seconds=30))
    second = await queue.receive()

    assert [message.dequeue_count for message in (*first, *hidden, *second)] == [1, 2]


async def test_a_delivery_that_was_overtaken_deletes_nothing(queue: MemoryQueue, clock: ManualClock) -> None:
    await queue.send("text")
    (first,) = await queue.receive(visibility=timedelta(seconds=30))
    await clock.advance(timedelta(seconds=30))
    (second,) = await queue.receive()

    assert not await queue.delete(first)
    assert not await queue.release(first)
    assert await queue.delete(second)
    assert not await queue.delete(second)


async def test_a_released_message_comes_again_at_its_time(queue: MemoryQueue, clock: ManualClock) -> None:
    await queue.send("text")
    (message,) = await queue.receive()

    await queue.release(message, after=timedelta(seconds=5))

    assert await queue.receive() == []
    assert queue.next_visible == clock.now() + timedelta(seconds=5)
    await clock.advance(timedelta(seconds=5))
    assert [again.id for again in await queue.receive()] == [message.id]


async def test_a_queue_that_was_emptied_has_not_even_its_hidden_messages(
    queue: MemoryQueue, clock: ManualClock
) -> None:
    await queue.send("seen")
    (message,) = await queue.receive()
    await queue.send("not seen")

    await queue.clear()

    assert await queue.length() == 0
    assert not await queue.delete(message)


async def test_a_message_is_gone_after_seven_days(queue: MemoryQueue, clock: ManualClock) -> None:
    await queue.send("text")

    await clock.advance(timedelta(days=7))

    assert await queue.receive() == []
    assert await queue.length() == 0


@pytest.mark.parametrize(
    ("mischief", "fewest", "most"),
    [(Mischief(), 200, 200), (Mischief(lost=0.2), 120, 199), (Mischief(duplicated=0.2), 201, 280)],
)
async def test_messages_are_lost_and_doubled_as_told(
    clock: ManualClock, mischief: Mischief, fewest: int, most: int
) -> None:
    received = await sent(clock, mischief)

    assert fewest <= len(received) <= most
    assert received == sorted(received)


async def test_messages_are_reordered_as_told(clock: ManualClock) -> None:
    received = await sent(clock, Mischief(reordered=1.0))

    assert received != sorted(received)
    assert len(set(received)) == 200


async def test_one_seed_misbehaves_in_one_way(clock: ManualClock) -> None:
    mischief = Mischief(seed=7, lost=0.1, duplicated=0.1, reordered=0.5)

    once, again, other = [await sent(clock, each) for each in (mischief, mischief, replace(mischief, seed=8))]

    assert once == again
    assert once != other
