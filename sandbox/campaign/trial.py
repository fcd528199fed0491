"""How does one seed go? Rounds of trouble, each followed by calm: everything settles, and the judge compares."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.campaign.fleet import Fleet
from sandbox.campaign.plan import CampaignPlan, Event, GraphFaults, Happening, Kill, LifeInSource, LifeInTarget, Nothing
from sandbox.campaign.source_life import SourceLife
from sandbox.campaign.target_life import TargetLife
from sandbox.campaign.witness import Witness, deleted_by_graph
from sandbox.judge import Disagreement, Kind
from sandbox.report import Report
from sandbox.runner.judging import rules_of
from sandbox.runner.local_world import LocalWorld
from sandbox.runner.problems import GaveUpError
from sandbox.runner.progress import SilentProgress
from sandbox.runner.rounds import Rounds
from sandbox.scenarios import Scenario
from sandbox.storage_proxy import RATES, StorageFaults

#: An escrow is tried again by the next cycle, then less and less often: after trouble that may take some cycles.
MOST_CALM_CYCLES = 12
#: No further cycle makes these good.
FINAL = frozenset({Kind.DOUBLED, Kind.WRONGLY_REMOVED})

#: So small a company makes few requests: what happens to some of thousands happens to more of them here.
GRAPH_RATES: Mapping[str, Mapping[str, float]] = {
    "flaky": {
        "unavailable_after": 0.04,
        "conflicts": 0.06,
        "cut_before": 0.03,
        "cut_after": 0.03,
        "empty_pages": 0.2,
        "replays": 0.9,
    },
    "throttled": {"throttle_reads": 0.05, "throttle_writes": 0.1},
}

SECONDS_BETWEEN_LOOKS = 0.1
#: At the cycles: half of the shortest time between two, for each look is as much work as half a tick.
SECONDS_BETWEEN_LOOKS_AT_CYCLES = 1.0
#: Ticks that have to look at all shards make so many in some six minutes of engine time.
TRANSACTIONS_WITHOUT_WORK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a trial."""

    disagreements: tuple[Disagreement, ...] = ()
    #: Why it did not come to a judgement.
    problem: str | None = None
    faults: Counter[str] = field(default_factory=Counter)
    cycles: int = 0
    kills: int = 0


@dataclass(kw_only=True)
class Trial:
    plan: CampaignPlan
    scenario: Scenario
    world: LocalWorld
    #: Of the requests to Graph.
    record: Path
    storage_faults: StorageFaults
    fleet: Fleet = field(init=False)
    rounds: Rounds = field(init=False)
    witness: Witness = field(init=False)
    source: SourceLife = field(init=False)
    target: TargetLife = field(init=False)
    #: How often each has been switched on.
    profiles: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.fleet = Fleet(self.world.hosts)
        self.rounds = Rounds(
            world=self.world,
            scenario=self.scenario,
            progress=SilentProgress(),
            seconds_between_looks=SECONDS_BETWEEN_LOOKS_AT_CYCLES,
        )
        self.witness = Witness(rules_of(self.rounds.jobs[0].document))
        self.target = TargetLife(rounds=self.rounds, seed=self.plan.seed)
        self.source = SourceLife(rounds=self.rounds, target=self.target, witness=self.witness, seed=self.plan.seed)

    async def run(self) -> Verdict:
        """All rounds, as long as the tenants agree; whatever keeps them from it is the verdict."""
        disagreements: tuple[Disagreement, ...] = ()
        problem = None
        try:
            disagreements = await self._rounds()
        except GaveUpError as error:
            problem = str(error)
        finally:
            await self.fleet.end()
        return Verdict(
            disagreements=disagreements,
            problem=problem,
            faults=await self._faults(),
            cycles=max(self.rounds.seen.values(), default=0) + 1,
            kills=self.fleet.kills,
        )

    async def _rounds(self) -> tuple[Disagreement, ...]:
        await self.rounds.begin()
        report = await self._round(1)
        for number in range(2, len(self.plan.rounds) + 1):
            if report.agreement:
                report = await self._round(number)
        seen = self.witness.problems(
            await self.rounds.directory(report.target_tenant_id),
            own=self.target.touched | ids_at_the_beginning(self.scenario, report.target_tenant_id),
            deleted_ids=deleted_by_graph(self.record, report.target_tenant_id),
        )
        return (*report.disagreements, *seen)

    async def _faults(self) -> Counter[str]:
        """What has happened, by class."""
        graph = await self.world.tenants.faults_fired()
        storage = self.storage_faults.fired
        return +Counter(
            {
                **{f"graph: {name}": count for name, count in graph.items()},
                **{f"storage: {name}": count for name, count in storage.items()},
                "SIGKILL": self.fleet.kills,
                "wrong clock": self.fleet.wrong_clocks,
                "several hosts": int(self.plan.hosts > 1),
                "timers on several hosts": int(self.plan.hosts > 1 and self.plan.timers_everywhere),
                **{f"graph profile: {profile}": count for profile, count in self.profiles.items()},
            }
        )

    async def _round(self, number: int) -> Report:
        await self._trouble(self.plan.rounds[number - 1])
        await self._end_of_trouble()
        return await self._calm(number, until_silent=number == len(self.plan.rounds))

    async def _trouble(self, events: tuple[Event, ...]) -> None:
        """Everything that the plan wants, as far as the work has come; hosts come back meanwhile."""
        self.storage_faults.rates = RATES
        try:
            async with asyncio.TaskGroup() as group:
                for event in events:
                    await self._let_pass(event.after)
                    await self._happen(event.happening, group)
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    async def _let_pass(self, requests: int) -> None:
        """Wait for so many requests to Graph, but not much longer than there is work."""
        wanted = await self._requests() + requests
        patience = self.world.storage.transactions() + TRANSACTIONS_WITHOUT_WORK
        while await self._requests() < wanted and self.world.storage.transactions() < patience:
            self.world.check()
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def _requests(self) -> int:
        return (await self.world.tenants.use_of([tenant.id for tenant in self.scenario.world.tenants])).requests

    async def _happen(self, happening: Happening, group: asyncio.TaskGroup) -> None:
        match happening:
            case Kill(hosts=hosts, ahead=ahead):
                group.create_task(self.fleet.replace(hosts, ahead=ahead))
            case GraphFaults(profile=profile):
                await self.world.tenants.set_faults(profile, GRAPH_RATES.get(profile))
                self.profiles[profile] += profile != "none"
            case LifeInSource(kinds=kinds):
                await self.source.live(kinds)
            case LifeInTarget():
                await self.target.live()
            case Nothing():
                pass

    async def _end_of_trouble(self) -> None:
        self.storage_faults.rates = {}
        await self.world.tenants.set_faults("none")
        await self.rounds.mark()

    async def _calm(self, number: int, *, until_silent: bool) -> Report:
        """Cycles until the tenants agree, at the end until one more cycle has nothing to write."""
        before = self.rounds.judged
        for _ in range(MOST_CALM_CYCLES):
            report = await self.rounds.round(number)
            if report.agreement and not (until_silent and report.cycles[-1].graph.writes):
                self.source.judged()
                return report
            if any(each.kind in FINAL for each in report.disagreements):
                return report
            if not report.agreement:
                # What is wrong now must not be what the next judgement builds upon.
                self.rounds.judged = before
            await self.rounds.mark()
        if report.agreement:
            raise GaveUpError(f"After {MOST_CALM_CYCLES} quiet cycles there is still something to write to Graph.")
        return report


def ids_at_the_beginning(scenario: Scenario, tenant_id: str) -> set[str]:
    """Users of a tenant before the first cycle, deleted ones included."""
    tenant = next(each for each in scenario.world.tenants if each.id == tenant_id)
    return {str(user["id"]) for user in (*tenant.users, *tenant.deleted_items)}
