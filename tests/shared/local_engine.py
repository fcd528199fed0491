"""The whole engine in one process: memory storage, a clock that jumps, simulated tenants mounted over HTTP."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Unpack

import httpx

from sandbox.judge import Directory, Judgement, read_directory
from sandbox.runner.judging import Judged, judge_all
from sandbox.scenarios.scenario import Scenario
from sandbox.tenants import Conditions, Simulation
from shared.adapters.graph.directories import GraphDirectories
from shared.adapters.graph.options import CredentialKind, GraphOptions
from shared.adapters.memory.queue import MemoryQueue, MemoryQueues
from shared.adapters.memory.rows import MemoryTables
from shared.adapters.tables.budgets import TableBudgetStore
from shared.adapters.tables.rows import Rows
from shared.configuration.document import parse, serialize
from shared.cycles.cycle import Cycle, CycleState
from shared.cycles.pending import Workload
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.import_changes import import_changes
from shared.orchestration.messages import decode_import, decode_provisioning
from shared.orchestration.ports import EntryRows
from shared.orchestration.provision_entries import provision_entries
from shared.orchestration.start_cycles import tick
from shared.wiring import assemble


def _plain(rows: Rows) -> Rows:
    return rows


START = datetime(2026, 1, 5, tzinfo=UTC)
TICK = timedelta(minutes=5)
Wrap = Callable[[Rows], Rows]


class JumpingClock:
    """Time passes only while somebody sleeps, or when a test lets it."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def timestamp(self) -> float:
        return self.time.timestamp()

    def real(self, duration: timedelta) -> timedelta:
        return duration

    async def sleep(self, duration: timedelta) -> None:
        self.time += max(duration, timedelta(0))
        await asyncio.sleep(0)


class LocalEngine:
    """Storage, tenants and clock; `engine` may be built anew over them, as after a crash."""

    def __init__(self, scenario: Scenario, **conditions: Unpack[Conditions]) -> None:
        self.clock = JumpingClock()
        self.scenario = scenario
        self.documents: Sequence[Mapping[str, Any]] = scenario.configurations
        conditions.setdefault("quota", "off")
        self.simulation = Simulation(scenario.world, clock=self.clock.timestamp, **conditions)
        self.tables = MemoryTables()
        self.queues = MemoryQueues(self.clock)
        self.next_tick = START
        self._ids = count(1)
        self.judged = Judged(targets={id_: self.directory(id_) for id_ in self._targets()})
        self.engine = self.build()

    def build(self, wrap: Wrap = _plain) -> Engine:
        """Return an engine over the storage as it is; `wrap` may put something between."""
        options = GraphOptions(endpoint="http://127.0.0.1:9", credential_kind=CredentialKind.SANDBOX)
        budgets = TableBudgetStore(self.tables.rows("budgets"))
        transport = httpx.ASGITransport(app=self.simulation.application)
        directories = GraphDirectories(options, budgets, self.clock, Random(1), transport)
        return assemble(
            rows=lambda name: wrap(self.tables.rows(name)),
            clock=self.clock,
            directories=directories,
            import_queue=self.queues.queue("import"),
            provisioning_queue=self.queues.queue("provisioning"),
            new_id=lambda: f"owner-{next(self._ids)}",
        )

    async def start(self) -> None:
        """Apply the scenario's configurations and start them."""
        for document in self.documents:
            configuration = parse(document)
            await self.engine.configurations.add_document(configuration.id, 1, serialize(configuration))
            state = ConfigurationState(configuration_id=configuration.id, version=1, active=False)
            await self.engine.configurations.create(
                replace(state, active=True, ever_started=True, next_due=self.clock.now())
            )

    async def state(self, configuration_id: str = "") -> ConfigurationState:
        state = await self.engine.configurations.state(configuration_id or self.documents[0]["id"])
        assert state is not None
        return state

    async def cycle(self, configuration_id: str = "") -> Cycle:
        state = await self.state(configuration_id)
        cycle = await self.engine.cycles.get(state.configuration_id, state.cycle)
        assert cycle is not None
        return cycle

    async def rows(self, source_id: str) -> EntryRows:
        return (await self.engine.entries.read(await self.state(), [source_id]))[source_id]

    async def workload(self, configuration_id: str = "") -> Workload:
        return await self.engine.entries.workload(await self.state(configuration_id), self.clock.now())

    async def run_cycle(self) -> None:
        """Run until each configuration has ended one more cycle and nothing is open that could be done."""
        numbers = {document["id"]: (await self.state(document["id"])).cycle + 1 for document in self.documents}
        await self.settle(numbers)

    async def settle(self, numbers: Mapping[str, int], *, limit: timedelta = timedelta(hours=12)) -> None:
        """Run until the cycles with these numbers have ended and are worked off."""
        until = self.clock.now() + limit
        while not await self._is_settled(numbers):
            assert self.clock.now() < until, f"not settled: {await self.workload()} {await self.state()}"
            await self.step()

    async def step(self) -> None:
        """Handle what is visible; if nothing is, let time pass to the next message or tick."""
        if await self._work():
            return
        await self._rest()
        if self.clock.time >= self.next_tick:
            self.next_tick += TICK * ((self.clock.time - self.next_tick) // TICK + 1)
            await tick(self.engine)

    def directory(self, tenant_id: str) -> Directory:
        return read_directory(self.simulation.dump(tenant_id))

    def judge(self) -> Judgement:
        """Judge all configurations; returns the first one's judgement."""
        tenants = {each.id: self.directory(each.id) for each in self.scenario.world.tenants}
        judgements, self.judged = judge_all(list(self.documents), tenants, self.judged, self.clock.now())  # type: ignore[arg-type]
        return judgements[self.documents[0]["id"]]

    def writes(self, tenant_id: str) -> int:
        return self.simulation.statistics()[tenant_id]["writes"]

    @property
    def source_id(self) -> str:
        return str(self.documents[0]["source"]["tenantId"])

    @property
    def target_id(self) -> str:
        return str(self.documents[0]["target"]["tenantId"])

    def _targets(self) -> Iterable[str]:
        return {document["target"]["tenantId"] for document in self.documents}

    async def _is_settled(self, numbers: Mapping[str, int]) -> bool:
        for configuration_id, number in numbers.items():
            state = await self.state(configuration_id)
            cycle = await self.engine.cycles.get(configuration_id, state.cycle)
            if state.cycle < number or cycle is None or state.running or cycle.state is CycleState.RUNNING:
                return False
            work = await self.workload(configuration_id)
            if work.due or work.waiting:
                return False
        return True

    async def _work(self) -> bool:
        return await self._import() or await self._provision()

    async def _import(self) -> bool:
        queue = self.queues.queue("import")
        for message in await queue.receive(1):
            await import_changes(self.engine, decode_import(message.text))
            await queue.delete(message)
            return True
        return False

    async def _provision(self) -> bool:
        queue = self.queues.queue("provisioning")
        for message in await queue.receive(1):
            await provision_entries(self.engine, decode_provisioning(message.text))
            await queue.delete(message)
            return True
        return False

    async def _rest(self) -> None:
        queues: list[MemoryQueue] = [self.queues.queue("import"), self.queues.queue("provisioning")]
        visible = [queue.next_visible for queue in queues]
        times = [time for time in visible if time is not None]
        self.clock.time = max(self.clock.time, min([self.next_tick, *times]))
