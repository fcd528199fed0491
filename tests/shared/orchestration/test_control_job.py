"""When does a job run after it was started or paused?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.control_job import NotConfigured, pause_job, start_job
from shared.orchestration.engine import Engine
from tests.engine.local_engine import START
from tests.shared.fakes import configuration, memory_engine

ID = "contoso-fabrikam"
HOUR = timedelta(hours=1)
HELD = Quarantine(reason=QuarantineReason.TOO_MANY_DELETES, began=START, code="TooManyDeletes", message="held")


async def applied(engine: Engine, **changes: object) -> ConfigurationState:
    state = await apply_configuration(engine, configuration())
    if not changes:
        return state
    return await engine.configurations.save(replace(state, **changes))  # type: ignore[arg-type]


async def test_a_job_that_is_started_is_due_now() -> None:
    engine = memory_engine()
    await applied(engine)

    state = await start_job(engine, ID)

    assert state is not None
    assert (state.active, state.ever_started, state.next_due) == (True, True, START)


@pytest.mark.parametrize(
    ("active", "due", "then"),
    [
        (False, START - HOUR, START),  # it stood still meanwhile
        (False, START + HOUR, START + HOUR),
        (True, START - HOUR, START - HOUR),  # the tick is about to come; the schedule must not drift
        (True, START + HOUR, START + HOUR),
    ],
)
async def test_starting_keeps_the_schedule_of_what_runs(active: bool, due: object, then: object) -> None:
    engine = memory_engine()
    await applied(engine, active=active, next_due=due)

    state = await start_job(engine, ID)

    assert state is not None
    assert state.next_due == then


async def test_starting_ends_a_quarantine_and_releases_no_removal() -> None:
    engine = memory_engine()
    await applied(engine, quarantine=HELD, cycle=3, released_cycle=1, running=True)

    state = await start_job(engine, ID)

    assert state is not None
    assert (state.quarantine, state.released_cycle, state.running, state.cycle) == (None, 1, True, 3)


async def test_starting_twice_is_starting_once() -> None:
    engine = memory_engine()
    await applied(engine)
    first = await start_job(engine, ID)

    assert await start_job(engine, ID) == first


async def test_a_paused_job_keeps_all_but_its_activity() -> None:
    engine = memory_engine()
    before = await applied(engine, active=True, ever_started=True, running=True, next_due=START + HOUR)

    state = await pause_job(engine, ID)

    assert state is not None
    assert replace(state, active=True, etag="") == replace(before, etag="")
    assert await pause_job(engine, ID) == state


async def test_nobody_starts_or_pauses_what_does_not_exist() -> None:
    engine = memory_engine()

    assert (await start_job(engine, ID), await pause_job(engine, ID)) == (None, None)


async def test_a_job_without_a_document_cannot_be_started() -> None:
    engine = memory_engine()
    await engine.configurations.create(ConfigurationState(configuration_id=ID, version=1, active=False))

    with pytest.raises(NotConfigured):
        await start_job(engine, ID)
