"""Two tenants and tenantsync behind real addresses on this machine, so that the command line finds both."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import httpx

from sandbox.scenarios.scenario import Scenario
from sandbox.world import TenantDocument, World
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import SOURCE, TARGET, people, small_world
from tests.shared.web.calling import administrating

Result = TypeVar("Result")
_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningWorld:
    """The engine lives in a loop of its own; tests step it from outside."""

    local: LocalEngine
    graph: str
    api: str
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_SECONDS)

    def run_cycle(self) -> None:
        """Run what was configured by the command line until one more cycle is over and its work done."""
        self.run(self._cycle())

    async def _cycle(self) -> None:
        documents = []
        async for state in self.local.engine.configurations.states():
            configuration = await self.local.engine.configurations.configuration(state.configuration_id, state.version)
            assert configuration is not None
            documents.append(
                {
                    "id": configuration.id,
                    "source": {"tenantId": configuration.source.tenant_id},
                    "target": {"tenantId": configuration.target.tenant_id},
                }
            )
        self.local.documents = documents
        await self.local.run_cycle()


def bare_scenario(users: int = 3, **of_target: Any) -> Scenario:  # noqa: ANN401 - fields of a tenant
    """Two tenants in which nobody has set anything up."""
    source, target = small_world(people(users)).world.tenants
    bare: dict[str, Any] = {"permissions": (), "service_principals": (), "partners": ()}
    tenants = (replace(source, **bare), replace(target, **{**bare, **of_target}))
    return Scenario(name="bare", seed=1, world=World(tenants=tenants), configurations=())


def with_partners(scenario: Scenario, source: dict[str, Any] | None, target: dict[str, Any] | None) -> Scenario:
    """The same tenants with what they say of each other; None: nothing."""
    first, second = scenario.world.tenants
    tenants = (_with(first, TARGET, source), _with(second, SOURCE, target))
    return replace(scenario, world=World(tenants=tenants))


def _with(tenant: TenantDocument, other: str, partner: dict[str, Any] | None) -> TenantDocument:
    return replace(tenant, partners=() if partner is None else ({"tenantId": other, **partner},))


@contextmanager
def running_world(scenario: Scenario) -> Iterator[RunningWorld]:
    """Serve for as long as a test lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        local = asyncio.run_coroutine_threadsafe(_built(scenario), loop).result(_SECONDS)
        graph = httpx.AsyncClient(
            transport=httpx.ASGITransport(local.simulation.application), base_url="http://127.0.0.1"
        )
        with _front(graph, loop) as at_graph, _front(administrating(local.engine), loop) as at_api:
            yield RunningWorld(local=local, graph=at_graph, api=at_api, loop=loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _built(scenario: Scenario) -> LocalEngine:
    return LocalEngine(scenario)


@contextmanager
def _front(client: httpx.AsyncClient, loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """An address whose requests the client answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(client, loop))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        asyncio.run_coroutine_threadsafe(client.aclose(), loop).result(_SECONDS)


def _handler(client: httpx.AsyncClient, loop: asyncio.AbstractEventLoop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_method(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
            asked = client.request(self.command, self.path, content=content, headers=headers)
            answer = asyncio.run_coroutine_threadsafe(asked, loop).result(_SECONDS)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "content-length" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_method)
    return Handler
