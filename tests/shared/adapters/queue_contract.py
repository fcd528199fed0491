"""What must every message queue do? Subclasses give `queue`, and `Reader`s to see what the Functions host would."""

import asyncio
from datetime import timedelta
from typing import Protocol

import pytest

from shared.orchestration.ports import MessageQueue


class Reader(Protocol):
    """The host's side of the queue."""

    async def texts(self) -> list[str]:
        """The texts that can be received now; they are deleted."""

    async def pass_time(self, duration: timedelta) -> None: ...


class QueueContract:
    async def test_a_message_arrives_once_and_as_it_was_sent(self, queue: MessageQueue, reader: Reader) -> None:
        text = '{"name": "O\'Brien <&> Zoë 张伟 😀\r\n"}'

        await queue.send(text)

        assert await queue.length() == 1
        assert await reader.texts() == [text]
        assert await reader.texts() == []
        assert await queue.length() == 0

    async def test_a_queue_that_nobody_sent_to_is_empty(self, queue: MessageQueue, reader: Reader) -> None:
        assert await queue.length() == 0
        assert await reader.texts() == []

    async def test_all_messages_of_many_senders_arrive(self, queue: MessageQueue, reader: Reader) -> None:
        sent = [f"message {number}" for number in range(40)]

        await asyncio.gather(*(queue.send(text) for text in sent))

        assert sorted(await reader.texts()) == sorted(sent)

    async def test_a_message_of_48_kibibytes_arrives(self, queue: MessageQueue, reader: Reader) -> None:
        text = "Ж" * (24 * 1024)

        await queue.send(text)

        assert await reader.texts() == [text]

    @pytest.mark.parametrize("text", ["", "x" * (48 * 1024 + 1), "Ж" * (24 * 1024) + "x", "\ud800"])
    async def test_a_text_that_no_message_carries_is_refused(
        self, queue: MessageQueue, reader: Reader, text: str
    ) -> None:
        with pytest.raises(ValueError, match=r".+"):
            await queue.send(text)

        assert await reader.texts() == []

    @pytest.mark.parametrize("delay", [timedelta(seconds=-1), timedelta(days=7 * 60)])
    async def test_a_delay_that_no_message_has_is_refused(
        self, queue: MessageQueue, reader: Reader, delay: timedelta
    ) -> None:
        with pytest.raises(ValueError, match="delay"):
            await queue.send("text", delay=delay)

        assert await reader.texts() == []

    async def test_a_delayed_message_is_hidden_until_its_time(self, queue: MessageQueue, reader: Reader) -> None:
        await queue.send("tomorrow", delay=timedelta(days=1))
        await queue.send("later", delay=timedelta(seconds=60))
        await queue.send("now")

        assert await queue.length() == 3
        before = await reader.texts()
        await reader.pass_time(timedelta(seconds=60))
        # Where the time is real, a busy machine may have used up the delay before it looked.
        assert before in (["now"], ["now", "later"], ["later", "now"])
        assert sorted([*before, *await reader.texts()]) == ["later", "now"]
