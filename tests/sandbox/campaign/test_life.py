"""Life within a round: whatever happens, a flawless engine that looks now and then agrees in the end."""

from random import Random

import pytest

from sandbox.campaign.plan import LifeInSource, LifeInTarget, plan_of
from sandbox.campaign.source_life import SourceLife
from sandbox.campaign.target_life import TargetLife
from sandbox.campaign.trial import ids_at_the_beginning
from sandbox.campaign.witness import Witness
from sandbox.report import Report
from sandbox.runner.judging import rules_of
from sandbox.runner.rounds import Rounds
from sandbox.scenarios import Plan, build_scenario
from tests.sandbox.runner.reference_world import rounds_in_process


class Lives:
    """The lives of both tenants of a seed, and the engine that may look after each piece."""

    def __init__(self, seed: int) -> None:
        self.plan = plan_of(seed)
        self.chance = Random(seed)
        self.scenario = build_scenario(self.plan.scenario, Plan(users=self.plan.users, seed=seed))
        self.rounds: Rounds = rounds_in_process(self.scenario)
        self.witness = Witness(rules_of(self.rounds.jobs[0].document))
        self.target = TargetLife(rounds=self.rounds, seed=seed)
        self.source = SourceLife(rounds=self.rounds, target=self.target, witness=self.witness, seed=seed)

    async def round(self, number: int) -> Report:
        for event in self.plan.rounds[number - 1]:
            if isinstance(event.happening, LifeInSource):
                await self.source.live(event.happening.kinds)
            elif isinstance(event.happening, LifeInTarget):
                await self.target.live()
            if self.chance.random() < 0.5:
                await self.rounds.jobs[0].cycles()
        await self.rounds.mark()
        report = await self.rounds.round(number)
        self.source.judged()
        return report

    async def problems(self, report: Report) -> list[str]:
        target = await self.rounds.directory(report.target_tenant_id)
        own = self.target.touched | ids_at_the_beginning(self.scenario, report.target_tenant_id)
        deleted = [key for key in target.deleted if key not in own]
        return [*map(str, report.disagreements), *map(str, self.witness.problems(target, own, deleted))]


@pytest.mark.parametrize("seed", range(12))
async def test_a_flawless_engine_agrees_whenever_it_looks(seed: int) -> None:
    lives = Lives(seed)
    await lives.rounds.begin()

    for number in (1, 2, 1, 2):
        report = await lives.round(number)
        assert await lives.problems(report) == []
