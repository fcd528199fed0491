"""What can a storage account do instead of answering? A server on loopback that does it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from shared.adapters.storage_account import Patience, StorageAccount

IMPATIENT = Patience(retries=0, connect_seconds=0.5, read_seconds=0.2, backoff_seconds=0.0)


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
        yield account_at(server.sockets[0].getsockname()[1])
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
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def account_at(port: int) -> StorageAccount:
    address = f"http://127.0.0.1:{port}/devstoreaccount1"
    connection = f"AccountName=devstoreaccount1;AccountKey=a2V5;TableEndpoint={address};QueueEndpoint={address};"
    return StorageAccount(connection_string=connection, patience=IMPATIENT)
