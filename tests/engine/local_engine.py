"""The whole engine in one process: memory storage, a clock that jumps, simulated tenants mounted over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Unpack

import httpx

from sandbox.judge import Directory, Judgement, read_directory
from sandbox.runner.judging import Judged, judge_all
from sandbox.scenarios.scenario import Scenario
from sandbox.tenants import Conditions, Simulation
from sandbox.tenants.application import application_of
from shared.adapters.graph.directories import GraphDirectories
from shared.adapters.graph.options import CredentialKind, GraphOptions
from shared.adapters.memory.queue import MemoryQueues, Mischief
from shared.adapters.memory.rows import MemoryTables
from shared.adapters.memory.telemetry import SilentTelemetry
from shared.adapters.tables.budgets import TableBudgetStore
from shared.configuration.document import parse, serialize
from shared.cycles.cycle import Cycle, CycleState
from shared.cycles.pending import Workload
from shared.cycles.state import ConfigurationState
from shared.orchestration.apply_configuration import SHARDS
from shared.orchestration.engine import Engine
from shared.orchestration.import_changes import import_changes
from shared.orchestration.messages import decode_import, decode_provisioning
from shared.orchestration.ports import EntryRows, Telemetry
from shared.orchestration.provision_entries import provision_entries
from shared.orchestration.start_cycles import tick
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus
from shared.wiring import assemble
from tests.engine.hazards import CALM, Doom, Surroundings

START = datetime(2026, 1, 5, tzinfo=UTC)
TICK = timedelta(minutes=5)
CYCLE = timedelta(minutes=40)
NO_MISCHIEF = Mischief()
OPTIONS = GraphOptions(endpoint="http://127.0.0.1:9", credential_kind=CredentialKind.SANDBOX)

Network = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]


class JumpingClock:
    """Time passes only while somebody sleeps, or when a test lets it.

    With a `step` it also passes when somebody looks: then nobody sees the time that another has seen.
    """

    def __init__(self) -> None:
        self.time = START
        self.step = timedelta(0)

    def now(self) -> datetime:
        self.time += self.step
        return self.time

    def timestamp(self) -> float:
        return self.time.timestamp()

    def real(self, duration: timedelta) -> timedelta:
        return duration

    async def sleep(self, duration: timedelta) -> None:
        self.time += max(duration, timedelta(0))
        await asyncio.sleep(0)


def handled(engine: Engine, queue: str, text: str) -> Coroutine[Any, Any, None]:
    """Do what the function of a queue does with a message."""
    if queue == "import":
        return import_changes(engine, decode_import(text))
    return provision_entries(engine, decode_provisioning(text))


class LocalEngine:
    """Storage, tenants and clock; `engine` looks at them, `worker` is the process that works and may die over it."""

    telemetry: Telemetry = SilentTelemetry()
    """Silent, so that two runs send the same messages: ids of traces are random."""
    directories = GraphDirectories

    def __init__(
        self,
        scenario: Scenario,
        *,
        surroundings: Surroundings = CALM,
        mischief: Mischief = NO_MISCHIEF,
        workers: int = 1,
        shards: int = SHARDS,
        network: Network = lambda transport: transport,
        **conditions: Unpack[Conditions],
    ) -> None:
        self.clock = JumpingClock()
        self.scenario = scenario
        self.documents: Sequence[Mapping[str, Any]] = scenario.configurations
        conditions.setdefault("quota", "off")
        self.simulation = Simulation(scenario.world, clock=self.clock.timestamp, **conditions)
        self.tables = MemoryTables()
        self.queues = MemoryQueues(self.clock, mischief)
        self.next_tick = START
        self.workers = workers
        self.calls = 0
        """How many messages, ticks and requests the worker has been given."""
        self.shards = shards
        self._network = network
        self.on_step: Callable[[], None] = lambda: None
        self._owners = 0
        self.judged = Judged(targets={id_: self.directory(id_) for id_ in self._targets()})
        self.engine = self.assembled(CALM)
        self.work_by(surroundings)

    def work_by(self, surroundings: Surroundings) -> None:
        """Let another process do the work from now on, over the storage as it is."""
        self.surroundings = surroundings
        self.worker = self.assembled(surroundings)

    def assembled(self, surroundings: Surroundings) -> Engine:
        """Return the engine of one process; each has its own memory, all have the storage and the tenants."""
        transport = surroundings.transport(self._network(self.tenants()))
        budgets = TableBudgetStore(surroundings.rows(self.tables.rows("budgets")))
        assembled = assemble(
            rows=lambda name: surroundings.rows(self.tables.rows(name)),
            clock=self.clock,
            directories=self.directories(OPTIONS, budgets, self.clock, Random(1), transport, self.telemetry),
            import_queue=surroundings.queue(self.queues.queue("import")),
            provisioning_queue=surroundings.queue(self.queues.queue("provisioning")),
            new_id=self._new_owner,
        )
        return replace(assembled, telemetry=self.telemetry)

    def tenants(self) -> httpx.AsyncBaseTransport:
        """Return the way to the simulated tenants."""
        return httpx.ASGITransport(app=self.simulation.application)

    def _new_owner(self) -> str:
        self._owners += 1
        return f"owner-{self._owners}"

    def copy(self) -> "LocalEngine":
        """The same moment once more, with a new process: what happens to the one does not happen to the other."""
        other, memo = copy(self), dict[int, object]()
        other.clock = deepcopy(self.clock, memo)
        other.tables = deepcopy(self.tables, memo)
        other.queues = deepcopy(self.queues, memo)
        other.simulation = deepcopy(self.simulation, memo)
        other.simulation.application = application_of(other.simulation)  # a function, of which there are no copies
        other.engine = other.assembled(CALM)
        other.work_by(CALM)
        return other

    async def start(self) -> None:
        """Apply the scenario's configurations and start them."""
        for document in self.documents:
            configuration = parse(document)
            await self.engine.configurations.add_document(configuration.id, 1, serialize(configuration))
            state = ConfigurationState(configuration_id=configuration.id, version=1, active=False, shards=self.shards)
            await self.engine.configurations.create(
                replace(state, active=True, ever_started=True, next_due=self.clock.now())
            )

    async def begin(self) -> None:
        """Start, run the initial cycle and judge it, so that later judgements know who was there."""
        await self.start()
        await self.run_cycle()
        assert not (disagreements := self.judge().disagreements), disagreements

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

    async def records(self, source_id: str) -> Sequence[ProvisioningLogRecord]:
        """All log records of one person beside the entry, the newest first."""
        return await self.engine.entries.log_records(await self.state(), source_id, 100)

    async def index(self) -> Sequence[ProvisioningLogRecord]:
        """All log records in the index, the newest first."""
        ids = [str(document["id"]) for document in self.documents]
        return (await self.engine.log_index.page(ids, 1000, "")).records

    async def counted(self, action: ProvisioningAction, status: ProvisioningStatus) -> int:
        """What the counters of all cycles say together."""
        state = await self.state()
        each = [await self.engine.entries.counters(state, number) for number in range(state.cycle + 1)]
        return sum(counters.of(action, status) for counters in each)

    async def run_cycle(self) -> None:
        """Run until each configuration has ended one more cycle and nothing is open that could be done."""
        await self.settle({document["id"]: (await self.state(document["id"])).cycle + 1 for document in self.documents})

    async def settle(self, numbers: Mapping[str, int], *, limit: timedelta = timedelta(hours=12)) -> None:
        """Run until the cycles with these numbers have ended and are worked off."""
        until = self.clock.now() + limit
        while not await self._is_settled(numbers):
            assert self.clock.now() < until, f"not settled: {await self.workload()} {await self.state()}"
            await self.step()

    async def run_for(self, duration: timedelta) -> None:
        """Let so much time pass, with all that happens in it."""
        until = self.clock.now() + duration
        while self.clock.now() < until:
            await self.step(until)

    async def attempt(self, call: Callable[[Engine], Awaitable[object]]) -> bool:
        """Have something done by the worker; False if the process died over it."""
        return await self._survive(call(self.worker))

    async def insist(self, call: Callable[[Engine], Awaitable[object]]) -> None:
        """Have something done by the worker; whoever asks for it asks again if the process dies over it."""
        while not await self.attempt(call):
            pass

    async def step(self, until: datetime | None = None) -> None:
        """Handle what is visible; if nothing is, let time pass to the next message or tick."""
        self.on_step()
        if await self._work():
            return
        await self.rest(until)
        if self.clock.time >= self.next_tick:
            self.next_tick += TICK * ((self.clock.time - self.next_tick) // TICK + 1)
            await self._survive(tick(self.worker))

    def change(self, *changes: Mapping[str, Any]) -> None:
        """Let life go on in the source."""
        self.simulation.change(self.source_id, changes)

    def change_target(self, *changes: Mapping[str, Any]) -> None:
        """Let somebody else act in the target."""
        self.simulation.change(self.target_id, changes)

    def directory(self, tenant_id: str) -> Directory:
        return read_directory(self.simulation.dump(tenant_id))

    def judge(self) -> Judgement:
        """Judge all configurations; returns the first one's judgement."""
        tenants = {each.id: self.directory(each.id) for each in self.scenario.world.tenants}
        judgements, self.judged = judge_all(list(self.documents), tenants, self.judged, self.clock.now())  # type: ignore[arg-type]
        return judgements[self.documents[0]["id"]]

    def assert_agreement(self, **exceptions: int) -> None:
        """Source and target agree; `exceptions` says how many people have which reason, nobody else has one."""
        judgement = self.judge()
        assert not judgement.disagreements, "\n".join(map(str, judgement.disagreements))
        reasons = [entry.reason.value for entry in judgement.closing.exceptions]
        assert {reason: reasons.count(reason) for reason in reasons} == exceptions

    def users(self) -> dict[str, dict[str, Any]]:
        """The users of the target as they are, by mail."""
        dump = self.simulation.dump(self.target_id)
        return {user["mail"]: user for user in dump["users"]}

    def deleted_users(self) -> dict[str, dict[str, Any]]:
        """The deleted users of the target, by id."""
        return {user["id"]: user for user in self.simulation.dump(self.target_id)["deletedItems"]}

    def writes(self, tenant_id: str = "") -> int:
        return self.simulation.statistics()[tenant_id or self.target_id]["writes"]

    @property
    def source_id(self) -> str:
        return str(self.documents[0]["source"]["tenantId"])

    @property
    def target_id(self) -> str:
        return str(self.documents[0]["target"]["tenantId"])

    def _targets(self) -> set[str]:
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
        # of a disable that is held the other attributes may still be on their way
        return all(time > self.clock.now() for time in self._visible())

    async def _work(self) -> bool:
        """Handle one message for each worker, all at the same time."""
        handled = await asyncio.gather(*(self._handle_one() for _ in range(self.workers)))
        return any(handled)

    async def _handle_one(self) -> bool:
        return await self._import() or await self._provision()

    async def _import(self) -> bool:
        return await self._function("import")

    async def _provision(self) -> bool:
        return await self._function("provisioning")

    async def _function(self, name: str) -> bool:
        queue = self.queues.queue(name)
        for message in await queue.receive(1):
            if await self._survive(handled(self.worker, name, message.text)):
                await queue.delete(message)
            return True
        return False

    async def _survive(self, work: Awaitable[object]) -> bool:
        """Do the work; if the process dies over it, a new one is started, and the message stays where it is."""
        doom = self.surroundings
        self.calls += 1
        try:
            await work
        except BaseException:
            if not isinstance(doom, Doom) or not doom.dead:
                raise
            self.work_by(CALM)
            return False
        return True

    async def rest(self, until: datetime | None = None) -> None:
        ends = [] if until is None else [until]
        self.clock.time = max(self.clock.time, min([self.next_tick, *self._visible(), *ends]))

    def _visible(self) -> list[datetime]:
        """When the next message of each queue can be received."""
        times = [self.queues.queue(name).next_visible for name in ("import", "provisioning")]
        return [time for time in times if time is not None]
