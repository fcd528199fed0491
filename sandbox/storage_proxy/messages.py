"""How are HTTP/1.1 messages taken off a connection, whole and unchanged?

Requests pass as they came: the signature of a shared key covers path, query and some headers, never the host.
https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
"""

import asyncio
import re
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request or an answer; the head ends with its empty line."""

    head: bytes
    body: bytes = b""

    @property
    def first_line(self) -> list[str]:
        """Method, target and version of a request; version, status and reason of an answer."""
        return self.head.partition(b"\r\n")[0].decode("latin-1").split(" ", 2)

    @property
    def status(self) -> int:
        return int(self.first_line[1])


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """The next message; None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        return Message(head=head, body=await _body(reader, head))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if _CHUNKED.search(head):
        return await _chunks(reader)
    length = _LENGTH.search(head)
    # An answer without a body (204) says no length either.
    return await reader.readexactly(int(length[1])) if length else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """All chunks with their sizes, as they came; storage sends no trailers."""
    parts = []
    while True:
        size = await reader.readuntil(b"\r\n")
        parts += [size, await reader.readexactly(int(size.partition(b";")[0], 16) + 2)]
        if parts[-1] == b"\r\n":
            return b"".join(parts)
