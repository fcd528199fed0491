"""What happens in a run? A cycle, a judgement, a piece of life, and again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.judge import Closing, Directory, Disagreement, History, read_directory
from sandbox.report import CycleReport, GraphUse, Report, total_actions, total_closing
from sandbox.runner.clients import JobClient
from sandbox.runner.judging import Judged, judge_all
from sandbox.runner.local_world import LocalWorld
from sandbox.runner.progress import Progress
from sandbox.runner.settling import SECONDS_BETWEEN_LOOKS, Look, Pace, settled
from sandbox.scenarios import LifeOptions, Scenario, life_between_cycles


@dataclass(kw_only=True)
class Rounds:
    """A run in progress; a round is one cycle of each configuration and its judgement."""

    world: LocalWorld
    scenario: Scenario
    progress: Progress
    seconds_between_looks: float = SECONDS_BETWEEN_LOOKS
    jobs: list[JobClient] = field(init=False)
    judged: Judged = field(init=False)
    #: By configuration, what a judge knows of the cycles before this run.
    histories: Mapping[str, History] = field(default_factory=dict)
    #: The tenants as they were at the last judgement.
    tenants: dict[str, Directory] = field(default_factory=dict)
    cycles: list[CycleReport] = field(default_factory=list)
    #: By source tenant, how many people life has removed or disabled so far.
    removed: dict[str, int] = field(default_factory=dict)
    #: By configuration, the number of the newest cycle that has been judged or may have missed the last changes.
    seen: dict[str, int] = field(default_factory=dict)
    reported: dict[str, int] = field(default_factory=dict)
    use: dict[str, GraphUse] = field(default_factory=dict)
    transactions: int = 0

    def __post_init__(self) -> None:
        self.jobs = [JobClient(http=self.world.host, document=each) for each in self.scenario.configurations]

    def go_on(self, number: int, histories: Mapping[str, History]) -> None:
        """The world begins after so many cycles that are not of this run, with what a judge would know of them."""
        self.seen = dict.fromkeys((job.id for job in self.jobs), number)
        self.reported = dict(self.seen)
        self.histories = histories

    async def run(self, cycles: int) -> Report:
        await self.begin()
        report = await self.round(1)
        for number in range(2, cycles + 1):
            if not report.agreement:
                return report
            await self.live(number - 1)
            report = await self.round(number)
        return report

    async def begin(self) -> None:
        """Look at the targets as they are, and start every configuration."""
        target_ids = {str(job.document["target"]["tenantId"]) for job in self.jobs}
        targets = {tenant_id: await self.directory(tenant_id) for tenant_id in sorted(target_ids)}
        self.judged = Judged(targets=targets, histories=self.histories)
        for job in self.jobs:
            await job.apply()
            await job.start()

    async def round(self, number: int) -> Report:
        """Wait for a cycle of every configuration, then judge."""
        looks = await asyncio.gather(*(self._settle(number, job) for job in self.jobs))
        for job, look in zip(self.jobs, looks, strict=True):
            self.cycles.append(await self._cycle_report(job, look))
        self.transactions = self.world.storage.transactions()
        report = await self._judge()
        self.progress.judged(number, report)
        return report

    async def _settle(self, number: int, job: JobClient) -> Look:
        async def watch(look: Look) -> int:
            self.world.check()
            use = await self.world.tenants.use_of(_tenant_ids(job))
            self.progress.show(number, job.id, look, use)
            return use.writes

        pace = Pace(scale=self.world.clock.scale, seconds_between_looks=self.seconds_between_looks)
        return await settled(job, self.seen.get(job.id, 0), pace=pace, watch=watch)

    async def _judge(self) -> Report:
        tenant_ids = {tenant_id for job in self.jobs for tenant_id in _tenant_ids(job)}
        self.tenants = {tenant_id: await self.directory(tenant_id) for tenant_id in sorted(tenant_ids)}
        documents = [job.document for job in self.jobs]
        judgements, self.judged = judge_all(documents, self.tenants, self.judged, self.world.clock.now())
        closings = [judgement.closing for judgement in judgements.values()]
        problems = tuple(each for judgement in judgements.values() for each in judgement.disagreements)
        return self._report(closings, problems)

    def _report(self, closings: Sequence[Closing], disagreements: tuple[Disagreement, ...]) -> Report:
        source_id, target_id = _tenant_ids(self.jobs[0])
        return Report(
            agreement=not disagreements,
            closing=total_closing(closings),
            source_tenant_id=source_id,
            target_tenant_id=target_id,
            cycles=tuple(self.cycles),
            disagreements=disagreements,
        )

    async def live(self, number: int) -> None:
        """Let life go on in every source; only a cycle that starts after that has seen all of it."""
        for job in {job.document["source"]["tenantId"]: job for job in self.jobs}.values():
            await self._live_in(job, number)
        await self.mark()

    async def mark(self) -> None:
        """From here on, only a cycle that starts after now counts: an earlier one may have missed what has happened."""
        for job in self.jobs:
            self.seen[job.id] = max((cycle.number for cycle in await job.cycles(most=1)), default=0)

    async def _live_in(self, job: JobClient, number: int) -> None:
        source = job.document["source"]
        tenant_id = source["tenantId"]
        options = LifeOptions(
            seed=self.scenario.seed,
            cycle=number,
            service_principal_id=source["servicePrincipalId"],
            removed_so_far=self.removed.get(tenant_id, 0),
        )
        life = life_between_cycles(self.tenants[tenant_id], options)
        self.removed[tenant_id] = options.removed_so_far + life.removals
        await self.world.tenants.change(tenant_id, life.changes)
        self.progress.lived(number, life)

    async def _cycle_report(self, job: JobClient, look: Look) -> CycleReport:
        """All cycles since the last report count as one: those without the changes only carried work on."""
        after = self.reported.get(job.id, 0)
        cycles = [cycle for cycle in look.cycles if cycle.number > after and cycle.state != "running"]
        self.reported[job.id] = max((cycle.number for cycle in cycles), default=after)
        use, before = await self.world.tenants.use_of(_tenant_ids(job)), self.use.get(job.id, GraphUse())
        self.use[job.id] = use
        return CycleReport(
            configuration=job.id,
            kind="initial" if any(cycle.kind == "initial" for cycle in cycles) else "incremental",
            duration_seconds=sum(cycle.duration_seconds for cycle in cycles),
            actions=total_actions(cycle.actions for cycle in cycles),
            graph=GraphUse(
                requests=use.requests - before.requests,
                writes=use.writes - before.writes,
                throttled=use.throttled - before.throttled,
            ),
            storage_transactions=self.world.storage.transactions() - self.transactions,
            peak_memory_mib=self.world.host_process.peak_memory_mib(),
        )

    async def directory(self, tenant_id: str) -> Directory:
        """A tenant as it is now."""
        return read_directory(await self.world.tenants.dump(tenant_id))


def _tenant_ids(job: JobClient) -> tuple[str, str]:
    return str(job.document["source"]["tenantId"]), str(job.document["target"]["tenantId"])
