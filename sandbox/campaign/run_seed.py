"""How is one seed run? A local world of its own around a trial; its logs stay where it failed."""

import asyncio
import tempfile
import time
from pathlib import Path
from random import Random

from sandbox.campaign.ground import Ground
from sandbox.campaign.options import CampaignOptions
from sandbox.campaign.outcome import Outcome
from sandbox.campaign.plan import CampaignPlan, plan_of
from sandbox.campaign.trial import Trial, Verdict
from sandbox.runner.local_world import Surroundings, remove_logs, started_world
from sandbox.runner.options import Options
from sandbox.runner.problems import GaveUpError
from sandbox.scenarios import Plan, build_scenario
from sandbox.storage_proxy import StorageFaults, storage_proxy

#: Two minutes of engine time; what finds nothing still takes the machine from what is to be done.
POLLING = 0.4


async def run_seed(seed: int, options: CampaignOptions, ground: Ground) -> Outcome:
    """What came of the seed; never raises for what the seed did."""
    plan = plan_of(seed, hosts=options.hosts, users=options.users)
    logs = Path(tempfile.mkdtemp(prefix=f"campaign-{seed}-"))
    began = time.monotonic()
    try:
        async with asyncio.timeout(options.limit):
            verdict = await _tried(plan, options, logs, ground)
    except TimeoutError:
        verdict = Verdict(problem=f"It did not come to its end within {options.limit:g} seconds.")
    except GaveUpError as error:
        verdict = Verdict(problem=str(error))
    failed = bool(verdict.problem or verdict.disagreements)
    if failed:
        ground.account(seed).log.copy(logs / "azurite.log")
    else:
        remove_logs(logs)
    return Outcome(
        seed=seed,
        about=f"{plan.scenario} of {plan.users}, {plan.hosts} host{'s' * (plan.hosts > 1)}",
        seconds=time.monotonic() - began,
        disagreements=verdict.disagreements,
        problem=verdict.problem,
        logs=logs if failed else None,
        faults=verdict.faults,
        kills=verdict.kills,
        cycles=verdict.cycles,
    )


async def _tried(plan: CampaignPlan, options: CampaignOptions, logs: Path, ground: Ground) -> Verdict:
    record = logs / "graph.jsonl"
    scenario = build_scenario(plan.scenario, Plan(users=plan.users, seed=plan.seed))
    run = Options(port=0, seed=plan.seed, time_scale=options.time_scale, record=record)
    faults = StorageFaults(Random(f"storage {plan.seed}"))
    around = Surroundings(
        hosts=plan.hosts,
        between=lambda account: storage_proxy(account, faults),
        storage=ground.account(plan.seed),
        starter=ground.nursery,
        polling=POLLING,
        timers_everywhere=plan.timers_everywhere,
    )
    async with started_world(run, scenario, logs, around) as world:
        trial = Trial(plan=plan, scenario=scenario, world=world, record=record, storage_faults=faults)
        return await trial.run()
