"""What does a status tell after cycles of several outcomes?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sandbox.scenarios import Plan, build_scenario
from shared.cycles.cycle import Cursor, Cycle, CycleKind, CyclePhase, CycleState
from shared.cycles.state import ConfigurationState
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.engine import Engine
from shared.orchestration.job_status import JobReport, find_job, list_jobs, newest_cycles, report_job
from tests.engine.local_engine import START, LocalEngine
from tests.shared.fakes import configuration, memory_engine

ID = "contoso-fabrikam"
RUNNING, COMPLETED, FAILED = CycleState.RUNNING, CycleState.COMPLETED, CycleState.FAILED


def cycle(number: int, state: CycleState) -> Cycle:
    began = START + timedelta(hours=number)
    return Cycle(
        configuration_id=ID,
        number=number,
        kind=CycleKind.INITIAL,
        state=state,
        phase=CyclePhase.USERS,
        cursor=Cursor(),
        sequence=0,
        heartbeat=began,
        started=began,
        configuration_version=1,
        completed=None if state is RUNNING else began + timedelta(minutes=1),
    )


async def after(*states: CycleState) -> JobReport:
    """The report of a job whose cycles ended so, oldest first."""
    engine = memory_engine()
    state = await apply_configuration(engine, configuration())
    for number, each in enumerate(states, start=1):
        await engine.cycles.create(cycle(number, each))
    await engine.configurations.save(replace(state, cycle=len(states)))
    return await reported(engine, ID)


async def reported(engine: Engine, configuration_id: str) -> JobReport:
    job = await find_job(engine, configuration_id)
    assert job is not None
    return await report_job(engine, job)


async def test_a_job_that_never_ran_has_nothing_to_tell() -> None:
    report = await after()

    assert (report.newest, report.last, report.last_successful) == (None, None, None)
    assert report.successive_failures == 0


@pytest.mark.parametrize(
    ("states", "last", "last_successful", "failures"),
    [
        ([RUNNING], None, None, 0),
        ([COMPLETED], 1, 1, 0),
        ([COMPLETED, RUNNING], 1, 1, 0),
        ([COMPLETED, COMPLETED, FAILED, FAILED, RUNNING], 4, 2, 2),
        ([FAILED, FAILED], 2, None, 2),
        ([FAILED, COMPLETED, COMPLETED], 3, 3, 0),
    ],
)
async def test_the_status_names_the_cycles_that_matter(
    states: Sequence[CycleState],
    last: int | None,
    last_successful: int | None,
    failures: int,
) -> None:
    report = await after(*states)

    numbers = (
        report.last.cycle.number if report.last else None,
        report.last_successful.cycle.number if report.last_successful else None,
    )
    assert numbers == (last, last_successful)
    assert report.successive_failures == failures


async def test_the_last_cycle_with_exports_is_found_behind_those_without() -> None:
    world = LocalEngine(build_scenario("company", Plan(users=30)))
    await world.start()
    await world.run_cycle()
    first = (await world.state()).cycle
    for _ in range(3):
        await world.run_cycle()

    report = await reported(world.engine, world.documents[0]["id"])

    assert report.last_with_exports is not None
    assert report.last_with_exports.exports > 0
    assert report.last_with_exports.cycle.number <= first + 1
    assert report.last is not None
    assert (report.last.cycle.number, report.last.exports) == ((await world.state()).cycle, 0)


async def test_cycles_come_newest_first() -> None:
    engine = memory_engine()
    state = await apply_configuration(engine, configuration())
    for number in (1, 2, 3):
        await engine.cycles.create(cycle(number, COMPLETED))

    newest = await newest_cycles(engine, state, 2)

    assert [each.cycle.number for each in newest] == [3, 2]


async def test_what_has_no_document_is_no_job() -> None:
    engine = memory_engine()
    await engine.configurations.create(ConfigurationState(configuration_id=ID, version=1, active=False))

    assert (await find_job(engine, ID), await list_jobs(engine), await find_job(engine, "another")) == (None, [], None)


async def test_jobs_are_listed_by_their_ids() -> None:
    engine = memory_engine()
    for name in ("b", "c", "a"):
        await apply_configuration(engine, configuration({"/id": name}))

    assert [job.configuration.id for job in await list_jobs(engine)] == ["a", "b", "c"]
