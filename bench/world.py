"""In which world is a cycle measured? In the local one, with hosts whose cycles begin when they are asked for."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.escrows import EscrowSeed
from sandbox.report import GraphUse
from sandbox.runner.clients import JobClient
from sandbox.runner.local_world import LocalWorld, Surroundings, remove_logs, started_world
from sandbox.runner.options import Options
from sandbox.scenarios.scenario import Plan, Scenario
from sandbox.seeding import AgreedSeed, AgreedWorld
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.azure_rows import AzureTables
from shared.adapters.tables.budgets import INVITATIONS, INVITED, STANDING, budget_key
from shared.adapters.tables.rows import Upsert
from shared.cycles.cycle import Cycle, CycleState
from shared.cycles.reset_scope import ResetScope
from shared.cycles.write_budget import Invitations
from shared.orchestration.engine import Engine
from shared.orchestration.restart_job import restart_job
from shared.orchestration.start_cycles import tick
from shared.wiring import open_engine

_PAUSE = 0.5
_SENT_BEFORE = 1_000_000
"""Invitations after which the pace has long stopped to grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a piece of work took."""

    seconds: float
    graph: GraphUse
    transactions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredWorld:
    """A world whose cycles begin when they are asked for; nobody else ticks."""

    local: LocalWorld
    agreed: AgreedWorld
    engine: Engine

    @property
    def id(self) -> str:
        return str(self.agreed.document["id"])

    @property
    def peak_memory_mib(self) -> int:
        """The most that any of the hosts has had."""
        return max(host.process.peak_memory_mib() for host in self.local.hosts)

    async def graph_use(self) -> GraphUse:
        """What the two tenants have answered so far."""
        return await self.local.tenants.use_of((self.agreed.source_id, self.agreed.target_id))

    async def change(self, changes: list[dict[str, object]]) -> None:
        """Let life go on in the source."""
        await self.local.tenants.change(self.agreed.source_id, changes)

    async def cycle(self, *, full: bool = False, writes: int = 0) -> tuple[Cycle, Use]:
        """Run a cycle to its end, and until so many writes have come to Graph; what looking costs is not counted."""
        await restart_job(self.engine, self.id, {ResetScope.WATERMARK} if full else (), "bench")
        before, transactions = await self.graph_use(), self.local.storage.transactions()
        began, looks = time.monotonic(), 0
        await tick(self.engine)
        while True:
            await asyncio.sleep(_PAUSE)
            self.local.check()
            looks += 2
            cycle = await self._newest()
            if cycle.state is CycleState.FAILED:
                raise RuntimeError(f"The cycle failed: {cycle.error_code} {cycle.error_message}")
            use = await self.graph_use()
            if cycle.state is CycleState.COMPLETED and use.writes - before.writes >= writes:
                break
        seconds = time.monotonic() - began
        await asyncio.sleep(1.0 if writes else 0.0)  # what is written to Graph has still to be closed
        return cycle, Use(
            seconds=seconds,
            graph=_difference(await self.graph_use(), before),
            transactions=self.local.storage.transactions() - transactions - looks,
        )

    async def _newest(self) -> Cycle:
        state = await self.engine.configurations.state(self.id)
        cycle = None if state is None else await self.engine.cycles.get(self.id, state.cycle)
        if cycle is None:
            raise RuntimeError("The configuration has no cycle.")
        return cycle


@contextlib.asynccontextmanager
async def agreed_world(options: Options) -> AsyncIterator[MeasuredWorld]:
    """A world of so many people who are provisioned already; cycles begin when they are asked for."""
    agreed = _tenants_of(options)
    surroundings = Surroundings(without_timers=True, seed=AgreedSeed(world=agreed))
    async with _started(options, agreed, agreed.scenario(), surroundings) as world:
        yield world


@contextlib.asynccontextmanager
async def escrowed_world(options: Options) -> AsyncIterator[MeasuredWorld]:
    """A world of so many people of whom nobody could be created; cycles begin when they are asked for."""
    agreed = _tenants_of(options)
    surroundings = Surroundings(without_timers=True, seed=EscrowSeed(world=agreed))
    async with _started(options, agreed, agreed.scenario(provisioned=False), surroundings) as world:
        yield world


@contextlib.asynccontextmanager
async def created_world(options: Options, *, hosts: int = 1) -> AsyncIterator[MeasuredWorld]:
    """A world of so many people, without managers, who are being created: each takes two writes."""
    agreed = replace(_tenants_of(options), managed=False)
    surroundings = Surroundings(hosts=hosts, timers_everywhere=False)
    async with _started(options, agreed, agreed.scenario(provisioned=False), surroundings) as world:
        await _begin(world.local, agreed)
        await tick(world.engine)
        yield world


def _tenants_of(options: Options) -> AgreedWorld:
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    return AgreedWorld(plan=Plan(users=options.users, seed=options.seed), now=now)


@contextlib.asynccontextmanager
async def _started(
    options: Options, agreed: AgreedWorld, scenario: Scenario, surroundings: Surroundings
) -> AsyncIterator[MeasuredWorld]:
    logs = Path(tempfile.mkdtemp(prefix="tenantsync-bench-"))
    async with (
        started_world(replace(options, port=0), scenario, logs, surroundings) as local,
        open_engine(local.environment) as engine,
    ):
        yield MeasuredWorld(local=local, agreed=agreed, engine=engine)
    remove_logs(logs)


async def _begin(local: LocalWorld, agreed: AgreedWorld) -> None:
    """Declare and start a configuration whose target has been invited to for long: the pace does not grow any more."""
    await _skip_ramp(local, agreed.target_id)
    job = JobClient(http=local.host, document=agreed.document)
    await job.apply()
    await job.start()


async def _skip_ramp(local: LocalWorld, tenant_id: str) -> None:
    sent = Invitations(sent=_SENT_BEFORE, last=local.clock.now())
    account = StorageAccount(connection_string=local.environment["AzureWebJobsStorage"])
    async with AzureTables(account) as tables:
        row = Upsert(key=budget_key(tenant_id, INVITATIONS), values=INVITED.columns(sent))
        await tables.rows("budgets").commit(STANDING, [row])


def _difference(after: GraphUse, before: GraphUse) -> GraphUse:
    return GraphUse(
        requests=after.requests - before.requests,
        writes=after.writes - before.writes,
        throttled=after.throttled - before.throttled,
    )
