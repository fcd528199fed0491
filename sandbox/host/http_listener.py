"""How does an HTTP request reach its function? As an ASGI application that finds the route and signs the caller in.

Bodies are whole in both directions: the platform does not stream to Python functions either.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from sandbox.host import routes
from sandbox.host.arguments import HttpAnswer, HttpCall, http_answer, http_request
from sandbox.host.bindings import HostedFunction, HttpTrigger
from sandbox.host.invocation import Invoker
from sandbox.host.principal import ROLE_HEADER, Role, authenticated

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class HttpListener:
    """The HTTP functions of the app, behind App Service Authentication with one role as default."""

    def __init__(
        self, functions: Iterable[HostedFunction], *, prefix: str, default_role: Role, invoker: Invoker
    ) -> None:
        self._functions = {function.name: function for function in functions}
        self._routes = [_route(function, prefix) for function in self._functions.values()]
        self._default_role = default_role
        self._invoker = invoker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"The platform passes HTTP to functions, not {scope['type']}.")
        answer = await self._answer(scope, await _body(receive))
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, body: bytes) -> HttpAnswer:
        path = scope["raw_path"].decode("latin-1")
        found = routes.find(self._routes, method=scope["method"], path=path)
        if found.function is None and found.allowed:
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, ("allow", ", ".join(sorted(found.allowed))))
        if found.function is None:
            return _refusal(HTTPStatus.NOT_FOUND)
        received = _joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        try:
            headers = authenticated(received, self._default_role)
        except ValueError:
            return _refusal(HTTPStatus.BAD_REQUEST, (ROLE_HEADER, " | ".join(Role)))
        call = HttpCall(
            method=scope["method"],
            url=_url(scope, path, received),
            headers=headers,
            query=_joined(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            parameters=found.parameters,
            body=body,
        )
        return await self._invoke(self._functions[found.function], call)

    async def _invoke(self, function: HostedFunction, call: HttpCall) -> HttpAnswer:
        outcome = await self._invoker.invoke(function, http_request(call))
        return http_answer(outcome.value) if outcome.succeeded else _refusal(HTTPStatus.INTERNAL_SERVER_ERROR)


def _route(function: HostedFunction, prefix: str) -> routes.Route:
    trigger = function.trigger
    if not isinstance(trigger, HttpTrigger):
        raise TypeError(f"{function.name} is not started by HTTP.")
    return routes.parse(trigger.route, prefix=prefix, function=function.name, methods=trigger.methods)


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One value per name: the platform joins repeated headers and query options with a comma."""
    values: dict[str, str] = {}
    for name, value in pairs:
        values[name] = f"{values[name]},{value}" if name in values else value
    return values


def _url(scope: Scope, path: str, headers: Mapping[str, str]) -> str:
    query = scope["query_string"].decode("latin-1")
    url = f"{scope['scheme']}://{headers.get('host', 'localhost')}{path}"
    return f"{url}?{query}" if query else url


def _refusal(status: HTTPStatus, *headers: tuple[str, str]) -> HttpAnswer:
    return HttpAnswer(status=status, headers=headers, body=b"")
