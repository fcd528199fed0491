"""How does the proxy ask storage itself? Over one connection for each of its clients, opened when it is needed."""

import asyncio

from sandbox.storage_proxy.messages import Message, read_message


class Upstream:
    """A connection to one service of Azurite."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def exchange(self, request: Message) -> Message | None:
        """Azurite's answer; None where it gave none."""
        try:
            reader, writer = await self._connection()
            writer.write(request.head + request.body)
            await writer.drain()
            answer = await read_message(reader)
        except ConnectionError:
            answer = None
        if answer is None:
            self.close()
        return answer

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        # Azurite closes what was idle for five seconds.
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self._reader, self._writer

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None
