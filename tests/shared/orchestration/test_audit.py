"""Is each act written down before it takes effect, whatever happens then?"""

from datetime import timedelta

import pytest

from shared.cycles.audit import Activity, Audited, AuditOutcome, AuditRecord, AuditResult
from shared.orchestration.apply_configuration import VersionMismatch, apply_configuration
from shared.orchestration.audit import Act, audited
from shared.orchestration.change_configuration import (
    Author,
    NoSuchVersion,
    change_configuration,
    difference,
    roll_back,
    versions,
)
from shared.orchestration.control_job import start_job
from shared.orchestration.engine import Engine
from shared.orchestration.ports import StorageUnavailable
from tests.engine.hazards import CALM, Doom
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, person, small_world
from tests.shared.fakes import configuration, memory_engine

START = Act(activity=Activity.START, configuration_id=CONFIGURATION, initiated_by="user 1 Ada")
ID = configuration().id
SECOND = timedelta(seconds=1)


async def acts(engine: Engine, *ids: str) -> list[Audited]:
    return list((await engine.audits.page(ids or [ID], 100, "")).acts)


async def test_what_died_in_between_stands_there_without_an_end() -> None:
    world = LocalEngine(small_world([person("p")]))
    await world.start()
    fates = set()
    for effects in range(1, 12):
        attempt = world.copy()
        before = await attempt.state()
        attempt.work_by(Doom(effects))
        await attempt.attempt(lambda engine: audited(engine, START, lambda: start_job(engine, CONFIGURATION)))
        attempt.work_by(CALM)

        told = await acts(attempt.engine, CONFIGURATION)
        happened = await attempt.state() != before

        assert told or not happened
        if told and told[0].outcome is not None:
            assert told[0].outcome.result is AuditResult.SUCCESS
        fates.add((len(told), bool(told and told[0].outcome)))
    assert (1, False) in fates
    assert (1, True) in fates


async def test_what_cannot_be_written_down_is_not_done() -> None:
    engine = memory_engine()
    done: list[int] = []

    class Down:
        async def add(self, record: AuditRecord) -> bool:
            raise StorageUnavailable(record.id)

    object.__setattr__(engine, "audits", Down())
    with pytest.raises(StorageUnavailable):
        await audited(engine, START, lambda: _note(done))

    assert done == []


async def test_what_is_done_is_answered_even_if_its_end_cannot_be_written() -> None:
    engine = memory_engine()
    standing = engine.audits

    class HalfDown:
        async def add(self, record: AuditRecord) -> bool:
            return await standing.add(record)

        async def end(self, record: AuditRecord, outcome: AuditOutcome) -> None:
            raise StorageUnavailable(record.id + outcome.reason)

    object.__setattr__(engine, "audits", HalfDown())
    done: list[int] = []
    assert await audited(engine, START, lambda: _note(done)) == 1
    assert done == [1]


async def _note(done: list[int]) -> int:
    done.append(1)
    return len(done)


async def test_what_failed_says_so() -> None:
    engine = memory_engine()

    async def fail() -> None:
        raise LookupError("nobody there")

    with pytest.raises(LookupError):
        await audited(engine, Act(activity=Activity.PAUSE, configuration_id=ID), fail)

    [act] = await acts(engine)
    assert act.outcome is not None
    assert (act.outcome.result, act.outcome.reason) == (AuditResult.FAILURE, "LookupError: nobody there")


async def test_a_change_tells_what_was_before_and_after() -> None:
    engine = memory_engine()
    ada = Author(by="user 1 Ada", reason="faster")
    last = {"/interval": "PT20M", "/adoption": "none"}
    for changes in ({}, {"/interval": "PT20M"}, last, last):
        await change_configuration(engine, configuration(changes), ada)
        await engine.clock.sleep(SECOND)

    mapping, setting, added = (each for each in await acts(engine))

    assert [each.record.activity for each in (added, setting, mapping)] == [
        Activity.ADD,
        Activity.UPDATE_SETTING,
        Activity.UPDATE_MAPPING,
    ]
    assert [(each.name, each.before, each.after) for each in setting.record.changes] == [
        ("/interval", '"PT40M"', '"PT20M"')
    ]
    assert (setting.record.initiated_by, setting.record.reason) == ("user 1 Ada", "faster")
    assert setting.outcome is not None
    assert (setting.record.details, setting.outcome.details) == ({"ReplacedVersion": "1"}, {"Version": "2"})


async def test_versions_form_a_chain_and_one_can_go_back() -> None:
    engine = memory_engine()
    for interval in ("PT40M", "PT20M", "PT10M"):
        await change_configuration(engine, configuration({"/interval": interval}), Author(by=f"user 1 {interval}"))
        await engine.clock.sleep(SECOND)
    await engine.configurations.add_document(ID, 4, b"an orphan that nobody came to name")

    state, _ = await roll_back(engine, ID, 1, Author(by="user 1 Ada"))

    found = await versions(engine, state, 100)
    assert [each.number for each in found] == [5, 3, 2, 1]
    assert [each.origin.added_by for each in found][:2] == ["user 1 Ada", "user 1 PT10M"]
    assert [each.number for each in await versions(engine, state, 2)] == [5, 3]
    assert await difference(engine, ID, 1, 5) == ()
    assert [(each.path, each.before, each.after) for each in await difference(engine, ID, 1, 2)] == [
        ("/interval", '"PT40M"', '"PT20M"')
    ]
    assert (await acts(engine))[0].record.details["RolledBackToVersion"] == "1"
    with pytest.raises(NoSuchVersion):
        await roll_back(engine, ID, 9, Author())


async def test_another_version_than_expected_changes_nothing_and_is_no_act() -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())

    with pytest.raises(VersionMismatch):
        await change_configuration(
            engine, configuration({"/interval": "PT20M"}), Author(), expected=lambda version: version == 7
        )

    assert await acts(engine) == []
