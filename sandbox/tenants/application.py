"""How do requests and answers travel over HTTP? An ASGI application without a framework: it is on the hot path."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

import httpx
import msgspec

from sandbox.tenants.clock import http_date
from sandbox.tenants.exchange import VERSION, Answer, GraphError, Request, parse_url

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_CONTROL = "/_sandbox/"
_encode = msgspec.json.encode


class World(Protocol):
    """What stands behind the application."""

    def now(self) -> float: ...
    def real_delay(self, request: Request) -> float:
        """Real seconds before the answer."""

    def serve(self, request: Request) -> Answer | None:
        """None cuts the connection."""

    def control(self, method: str, path: str, body: object) -> Answer: ...


def application_of(world: World) -> Application:
    """The ASGI application: Graph below /v1.0, the control API below /_sandbox."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        body = await _body(receive)
        if scope["path"].startswith(_CONTROL):
            await _answer_control(world, scope, body, send)
            return
        await _answer_graph(world, scope, body, send)

    return application


async def _answer_graph(world: World, scope: Scope, body: bytes, send: Send) -> None:
    try:
        request = _request(scope, body)
    except GraphError as error:
        refusal = Answer(status=error.status, body={"error": {"code": error.code, "message": error.message}})
        await _send(send, refusal, {"Date": http_date(world.now())})
        return
    delay = world.real_delay(request)
    if delay > 0:
        await asyncio.sleep(delay)
    answer = world.serve(request)
    if answer is None:
        await _cut(send)
    request_id = str(uuid.uuid4())
    sent = {
        "Date": http_date(world.now()),
        "request-id": request_id,
        "client-request-id": request.headers.get("client-request-id", request_id),
    }
    if answer is not None:
        await _send(send, answer, sent)


async def _answer_control(world: World, scope: Scope, body: bytes, send: Send) -> None:
    """For runner, judge and tests; whoever reaches the port may use it, and the port is on loopback."""
    try:
        document = msgspec.json.decode(body) if body else None
        answer = world.control(scope["method"], scope["path"], document)
    except (ValueError, KeyError, TypeError) as error:
        answer = Answer(status=400, body={"error": {"code": "BadRequest", "message": f"{error}"}})
    await _send(send, answer, {})


def _request(scope: Scope, body: bytes) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    raw_path = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string") or b""
    url = (raw_path + (b"?" + query if query else b"")).decode("latin-1")
    segments, options = parse_url(url)
    if segments[0] != VERSION:
        raise GraphError(400, "BadRequest", f"Invalid version: {segments[0]}.")
    return Request(
        method=scope["method"],
        url=url,
        path=segments[1:],
        options=options,
        headers=headers,
        body=_document(body),
        base=f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}/{VERSION}",
    )


def _document(body: bytes) -> object:
    if not body:
        return None
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise GraphError(400, "BadRequest", "Unable to read JSON request payload.") from error


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, answer: Answer, headers: dict[str, str]) -> None:
    body = b"" if answer.body is None else _encode(answer.body)
    every = {**headers, **answer.headers, "Content-Length": str(len(body))}
    if body:
        every["Content-Type"] = "application/json"
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.lower().encode(), value.encode()) for name, value in every.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def _cut(send: Send) -> None:
    """End the connection before the promised body: the server closes it, and in process the client's error flies."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
    raise httpx.RemoteProtocolError("The simulated connection was cut.")


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
