"""What does an operator see of a job: its state, its cycles, its open work?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.configuration.configuration import Configuration
from shared.cycles.counters import Counters
from shared.cycles.cycle import Cycle, CycleState
from shared.cycles.forecast import Forecast, work_of
from shared.cycles.pending import Workload
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.foresee import foreseen_end
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus

RECENT = 10
"""Cycles that a status looks back on."""

EXPORTS = (
    ProvisioningAction.CREATE,
    ProvisioningAction.UPDATE,
    ProvisioningAction.DISABLE,
    ProvisioningAction.DELETE,
)
"""Actions that write to the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A configuration as an administrator knows it: its id is the job's."""

    state: ConfigurationState
    configuration: Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCycle:
    cycle: Cycle
    counters: Counters

    @property
    def exports(self) -> int:
        """Count the entries that were written to the target."""
        return sum(self.counters.of(action, ProvisioningStatus.SUCCESS) for action in EXPORTS)

    @property
    def failures(self) -> int:
        """Count the entries that failed."""
        return sum(self.counters.of(action, ProvisioningStatus.FAILURE) for action in ProvisioningAction)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """A job with what its status tells."""

    job: Job
    workload: Workload
    newest: Cycle | None = None
    last: CountedCycle | None = None
    """The newest cycle that ended."""
    last_successful: CountedCycle | None = None
    last_with_exports: CountedCycle | None = None
    successive_failures: int = 0
    """Cycles that failed since the last one that did not, as far as the status looks back."""


async def find_job(engine: Engine, configuration_id: str) -> Job | None:
    """Return the job; None if there is no such one, if nothing is declared for it, or if it is being removed."""
    state = await engine.configurations.state(configuration_id)
    if state is None or state.removed is not None:
        return None
    configuration = await engine.configurations.configuration(configuration_id, state.version)
    return None if configuration is None else Job(state=state, configuration=configuration)


async def list_jobs(engine: Engine) -> Sequence[Job]:
    """Return all jobs in the order of their ids."""
    jobs = []
    async for state in engine.configurations.states():
        configuration = await engine.configurations.configuration(state.configuration_id, state.version)
        if configuration is not None and state.removed is None:
            jobs.append(Job(state=state, configuration=configuration))
    return sorted(jobs, key=lambda job: job.configuration.id)


async def report_job(engine: Engine, job: Job) -> JobReport:
    """Look at the recent cycles and the open work of a job."""
    cycles = await engine.cycles.newest(job.configuration.id, RECENT)
    ended = [cycle for cycle in cycles if cycle.state is not CycleState.RUNNING]
    completed = [cycle for cycle in ended if cycle.state is CycleState.COMPLETED]
    counted = await _until_exports(engine, job.state, completed)
    return JobReport(
        job=job,
        workload=await engine.entries.workload(job.state, engine.clock.now()),
        newest=cycles[0] if cycles else None,
        last=await count_cycle(engine, job.state, ended[0]) if ended else None,
        last_successful=counted[0] if counted else None,
        last_with_exports=next((each for each in counted if each.exports), None),
        successive_failures=ended.index(completed[0]) if completed else len(ended),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEntries:
    """The open work of a job, and when it is expected to be done."""

    workload: Workload
    expected_end: datetime | None
    """None: nothing is open that could be done, or nobody can say."""
    forecast: Forecast | None
    """The newest that a recent cycle has made."""


async def open_entries(engine: Engine, job: Job) -> OpenEntries:
    """Count what is open."""
    workload = await engine.entries.workload(job.state, engine.clock.now())
    cycles = await engine.cycles.newest(job.configuration.id, RECENT)
    return OpenEntries(
        workload=workload,
        expected_end=await foreseen_end(engine, job.configuration, work_of(workload)),
        forecast=next((cycle.forecast for cycle in cycles if cycle.forecast is not None), None),
    )


async def newest_cycles(engine: Engine, state: ConfigurationState, count: int) -> Sequence[CountedCycle]:
    """Return the newest cycles with their counters, newest first."""
    cycles = await engine.cycles.newest(state.configuration_id, count)
    return await asyncio.gather(*(count_cycle(engine, state, cycle) for cycle in cycles))


async def count_cycle(engine: Engine, state: ConfigurationState, cycle: Cycle) -> CountedCycle:
    """Return the cycle with its counters."""
    return CountedCycle(cycle=cycle, counters=await engine.entries.counters(state, cycle.number))


async def _until_exports(
    engine: Engine, state: ConfigurationState, completed: Sequence[Cycle]
) -> Sequence[CountedCycle]:
    """Count from the newest cycle on, no further than the first that wrote anything."""
    counted = []
    for cycle in completed:
        counted.append(await count_cycle(engine, state, cycle))
        if counted[-1].exports:
            break
    return counted
