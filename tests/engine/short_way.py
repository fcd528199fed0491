"""How does a request of the engine reach the simulated tenants within a process, without an HTTP client and a server?

For the property machine and the stories of crashes, which make hundreds of thousands of requests: the SDK's client,
httpx's and ASGI were a quarter of what they cost. All the other tests of the engine take the long way. The request is
the one that the engine describes, the answer goes through JSON.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any

import httpx
import msgspec
from azure.core.credentials_async import AsyncTokenCredential
from kiota_abstractions.request_information import RequestInformation

from sandbox.tenants import Simulation
from sandbox.tenants.clock import http_date
from sandbox.tenants.exchange import VERSION, Request, parse_url
from shared.adapters.graph.connection import Connection
from shared.adapters.graph.directories import GraphDirectories
from shared.configuration.configuration import Configuration
from shared.configuration.document import parse
from shared.orchestration.engine import Engine
from tests.engine.hazards import Surroundings
from tests.engine.local_engine import LocalEngine

_encode = msgspec.json.encode
_decode = msgspec.json.decode


class Tenants(httpx.AsyncBaseTransport):
    """The door of the simulation, as the application that is mounted over HTTP opens it."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._simulation.serve(_asked(request))
        if answer is None:
            raise httpx.RemoteProtocolError("The simulated connection was cut.")
        request_id = str(uuid.uuid4())
        headers = {
            "date": http_date(self._simulation.now()),
            "request-id": request_id,
            "client-request-id": request.headers.get("client-request-id", request_id),
            **answer.headers,
        }
        content = b"" if answer.body is None else _encode(answer.body)
        if content:
            headers["content-type"] = "application/json"
        return httpx.Response(answer.status, headers=headers, content=content)


class ShortDirectories(GraphDirectories):
    """Directories whose clients give their requests to the transport at once."""

    def _open(self, tenant_id: str) -> Connection:
        connection = super()._open(tenant_id)
        client = connection._client
        vars(client)["_adapter"] = _Adapter(client._credential, client._transport.handle_async_request)
        return connection


class ShortEngine(LocalEngine):
    """The whole engine in one process, a short way from its tenants."""

    directories = ShortDirectories

    def tenants(self) -> httpx.AsyncBaseTransport:
        return Tenants(self.simulation)

    def assembled(self, surroundings: Surroundings) -> Engine:
        assembled = super().assembled(surroundings)
        vars(assembled.configurations)["_parse"] = _parsed  # each process reads the document, but it says the same
        return assembled


class _Adapter:
    """Sends what the SDK's adapter would send."""

    def __init__(
        self, credential: AsyncTokenCredential, send: Callable[[httpx.Request], Awaitable[httpx.Response]]
    ) -> None:
        self._credential = credential
        self._send = send

    async def send_primitive_async(self, request: RequestInformation, *_: object) -> httpx.Response:
        token = await self._credential.get_token()
        headers = {name: ", ".join(values) for name, values in request.headers.get_all().items()}
        headers["authorization"] = f"Bearer {token.token}"
        method = request.http_method.value if request.http_method else "GET"
        return await self._send(httpx.Request(method, _url(request.url), headers=headers, content=request.content))


@lru_cache(maxsize=4096)
def _url(url: str) -> httpx.URL:
    return httpx.URL(url)  # the same are asked for all the time


@lru_cache(maxsize=256)
def _parsed(document: bytes) -> Configuration:
    return parse(document)


def _asked(request: httpx.Request) -> Request:
    url = request.url.raw_path.decode("latin-1")
    segments, options = parse_url(url)
    return Request(
        method=request.method,
        url=url,
        path=segments[1:],
        options=options,
        headers=_plain(request.headers),
        body=_decode(request.content) if request.content else None,
        base=f"{request.url.scheme}://{request.headers['host']}/{VERSION}",
    )


def _plain(headers: httpx.Headers) -> Mapping[str, Any]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers.raw}
