"""How do requests to storage and their answers travel over HTTP? Nobody signs in: the port is on loopback."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import IO, Any
from urllib.parse import unquote, unquote_plus

import msgspec

from sandbox.storage.database import Database, StorageError
from sandbox.storage.exchange import Answer, Request
from sandbox.storage.queues import Queues
from sandbox.storage.tables import answer_tables
from sandbox.storage.transactions import answer_transaction

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

TABLES = "tables"
QUEUES = "queues"


def application_of(database: Database, log: IO[str]) -> Application:
    """The two services below the paths of their names; each request is a line of the log, as Azurite writes them."""
    queues = Queues()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        answer = _answered(database, queues, scope, body)
        path = scope["raw_path"].decode("latin-1")
        # before the answer: whoever has it may count the lines
        log.write(f'- - - [-] "{scope["method"]} {path} HTTP/1.1" {answer.status} {len(answer.body)}\n')
        await _send(send, answer)

    return application


def _answered(database: Database, queues: Queues, scope: Scope, body: bytes) -> Answer:
    service, _, path = unquote(scope["raw_path"].decode("latin-1")).lstrip("/").partition("/")
    request = Request(
        method=scope["method"],
        path=path,
        options=_options(scope["query_string"].decode("latin-1")),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )
    try:
        if service == QUEUES:
            return queues.answer(request, time.time())
        if service == TABLES and path == "$batch":
            return answer_transaction(database, request)
        if service == TABLES:
            return answer_tables(database, request)
        return Answer(status=200 if service == "" else 404)
    except StorageError as error:
        return _refusal(service, error)


def _refusal(service: str, error: StorageError) -> Answer:
    headers = {"x-ms-error-code": error.code}
    if service == QUEUES:
        named = f"<Code>{error.code}</Code><Message>{error.code}</Message>"
        text = f'<?xml version="1.0" encoding="utf-8"?><Error>{named}</Error>'
        return Answer(status=error.status, headers={**headers, "Content-Type": "application/xml"}, body=text.encode())
    body = msgspec.json.encode({"odata.error": {"code": error.code, "message": {"lang": "en-US", "value": error.code}}})
    return Answer(status=error.status, headers={**headers, "Content-Type": "application/json"}, body=body)


def _options(query: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, answer: Answer) -> None:
    headers = {"Date": formatdate(usegmt=True), **answer.headers}
    if answer.status != 204:
        headers["Content-Length"] = str(len(answer.body))
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
