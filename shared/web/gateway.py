"""What happens to every request, whatever it asks for? It gets its names, is authenticated, and is always answered."""

import logging
import re
from collections.abc import Iterable
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.authorization import caller_of
from shared.web.endpoints import HEALTH
from shared.web.errors import RequestIds, answer, refusal
from shared.web.principal import HEADER, AccessSettings, read_principal

# Graph takes any text; ours goes into logs and headers.
_CLIENT_ID = re.compile("[A-Za-z0-9._:{}-]{1,128}")

_log = logging.getLogger(__name__)


class Gateway:
    """ASGI middleware around the routes."""

    def __init__(self, app: ASGIApp, settings: AccessSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        ids = _name(headers.getlist("client-request-id"))
        exchange = _Exchange(send, ids)
        state = scope.setdefault("state", {})
        state["ids"] = ids
        try:
            if scope["path"] != HEALTH:
                state["caller"] = caller_of(read_principal(headers.getlist(HEADER), self._settings))
            await self._app(scope, receive, exchange.send)
        except Exception as error:  # outermost: what nobody expects is logged once, and nothing of it is told
            if refusal(error) is None:
                _log.exception("request failed", extra={"action": "answer_request", "request_id": ids.request})
            if exchange.begun:
                raise
            await answer(error, ids)(scope, receive, exchange.send)


class _Exchange:
    """The way back to the caller: each answer carries the names of its request, and none is kept by caches."""

    def __init__(self, send: Send, ids: RequestIds) -> None:
        self._send = send
        self._ids = ids
        self.begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers["request-id"] = self._ids.request
            headers["client-request-id"] = self._ids.client
            headers["Cache-Control"] = "no-store"
            headers["X-Content-Type-Options"] = "nosniff"
        await self._send(message)


def _name(given: Iterable[str]) -> RequestIds:
    request = str(uuid4())
    client = next(iter(given), "")
    return RequestIds(request=request, client=client if _CLIENT_ID.fullmatch(client) else request)
