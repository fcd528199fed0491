"""A local world in one process: real scenarios and simulated tenants around the reference engine."""

import time

import httpx

from sandbox.runner.clients import TenantsClient
from sandbox.runner.clock import Clock
from sandbox.runner.local_world import LocalWorld
from sandbox.runner.progress import SilentProgress
from sandbox.runner.rounds import Rounds
from sandbox.scenarios import Scenario
from sandbox.tenants import Simulation
from tests.sandbox.runner.reference_engine import Bug, ReferenceEngine


class Nothing:
    """Stands for the processes and the storage that a run in one process does not have."""

    def check(self) -> None:
        """Nothing ends by itself."""

    def peak_memory_mib(self) -> int:
        return 1

    def transactions(self) -> int:
        return 0


def rounds_in_process(scenario: Scenario, bug: Bug = Bug.NONE) -> Rounds:
    simulation = Simulation(scenario.world)
    graph = _client(httpx.ASGITransport(simulation.application))
    engine = ReferenceEngine(graph, bug)
    nothing = Nothing()
    world = LocalWorld(
        clock=Clock(origin=time.time(), scale=60.0),
        tenants=TenantsClient(http=graph),
        host=_client(httpx.ASGITransport(engine.application)),
        host_process=nothing,
        tenants_process=nothing,
        storage=nothing,
        address="http://127.0.0.1/",
    )
    return Rounds(world=world, scenario=scenario, progress=SilentProgress())


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
