"""What can a storage account do instead of answering? A server on loopback that does it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from shared.adapters.storage_account import Patience, StorageAccount

ASKED_ONCE = Patience(retries=0, backoff_seconds=0.0)
# Only for an account that never answers: on a busy machine any other answer may take as long.
IMPATIENT = Patience(retries=0, read_seconds=0.2, backoff_seconds=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The bytes that answer every request before the connection is closed, or left hanging."""

    answer: bytes = b""
    hang: bool = False


def answer(status: str, *, headers: str = "", body: str = "", promised: int | None = None) -> Failure:
    length = len(body) if promised is None else promised
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n"
    return Failure(answer=(head + body).encode())


def coded(status: str, code: str) -> Failure:
    return answer(status, body=f'{{"odata.error":{{"code":"{code}","message":{{"value":"text"}}}}}}')


SILENT = Failure(hang=True)
CLOSING = Failure()
CUT_OFF = answer("200 OK", body='{"value":[', promised=500)
UNAVAILABLE = {
    "silent": SILENT,
    "closing": CLOSING,
    "cut off": CUT_OFF,
    "500": answer("500 Internal Server Error"),
    "503": coded("503 Service Unavailable", "ServerBusy"),
    "504": answer("504 Gateway Timeout"),
    "408": answer("408 Request Timeout"),
    "429": answer("429 Too Many Requests"),
    "being deleted": coded("409 Conflict", "TableBeingDeleted"),
    "no HTTP": Failure(answer=b"SSH-2.0-OpenSSH_9.2\r\n"),
}
REFUSING = {
    "401": coded("401 Unauthorized", "AuthenticationFailed"),
    "403": coded("403 Forbidden", "AuthorizationPermissionMismatch"),
    "400": coded("400 Bad Request", "InvalidInput"),
}


@asynccontextmanager
async def storage_that(fails: Failure) -> AsyncIterator[StorageAccount]:
    """An account whose every answer is the failure."""

    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.create_task(_serve(fails, reader, writer)))

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        yield account_at(server.sockets[0].getsockname()[1], IMPATIENT if fails.hang else ASKED_ONCE)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _serve(fails: Failure, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(fails.answer)
        await writer.drain()
        if fails.hang:
            await reader.read()
    finally:
        await _close(writer)


async def _close(*writers: asyncio.StreamWriter) -> None:
    for writer in writers:
        writer.close()
    for writer in writers:
        with suppress(ConnectionError):
            await writer.wait_closed()


def account_at(port: int, patience: Patience = ASKED_ONCE) -> StorageAccount:
    address = f"http://127.0.0.1:{port}/devstoreaccount1"
    connection = f"AccountName=devstoreaccount1;AccountKey=a2V5;TableEndpoint={address};QueueEndpoint={address};"
    return StorageAccount(connection_string=connection, patience=patience)


@asynccontextmanager
async def storage_that_loses_an_answer(connection_string: str, method: str) -> AsyncIterator[StorageAccount]:
    """The tables of an account, whose first answer to the method is lost after it did what was asked."""
    endpoint = re.search(r"TableEndpoint=http://127\.0\.0\.1:(\d+)/", connection_string)
    assert endpoint is not None
    lost: list[bytes] = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", int(endpoint[1]))
        try:
            while request := await _message(reader):
                upstream.write(request)
                reply = await _message(upstream_reader)
                if not lost and request.startswith(method.encode()):
                    lost.append(reply)
                    return
                writer.write(reply)
        finally:
            await _close(writer, upstream)

    connections: set[asyncio.Task[None]] = set()
    server = await asyncio.start_server(
        lambda reader, writer: connections.add(asyncio.create_task(relay(reader, writer))), "127.0.0.1", 0
    )
    async with server:
        port = str(server.sockets[0].getsockname()[1])
        yield StorageAccount(
            connection_string=connection_string.replace(f":{endpoint[1]}/", f":{port}/"),
            patience=Patience(retries=2, backoff_seconds=0.0),
        )
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One HTTP request or answer; nothing at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    if b"transfer-encoding: chunked" in head.lower():
        return head + await reader.readuntil(b"0\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return head + await reader.readexactly(int(length[1]) if length else 0)
