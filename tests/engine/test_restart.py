"""An operator restarts a job, and a job that fails again and again is tried less and less often."""

from datetime import timedelta

import pytest

from shared.adapters.tables.entry_keys import counters_key, partition_key
from shared.adapters.tables.entry_rows import counts_columns
from shared.adapters.tables.rows import Upsert
from shared.cycles.cycle import CycleKind
from shared.cycles.reset_scope import USUAL, ResetScope
from shared.cycles.state import JobStatus, QuarantineReason
from shared.orchestration.control_job import pause_job, start_job
from shared.orchestration.restart_job import restart_job
from shared.orchestration.stir import stir
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import CONFIGURATION, SOURCE, id_of, mail_of, people, person, small_world

HOUR = timedelta(hours=1)


async def restart(local: LocalEngine, *scopes: ResetScope) -> None:
    assert await restart_job(local.engine, CONFIGURATION, scopes, "operator") is not None


async def kinds(local: LocalEngine) -> list[CycleKind]:
    return [cycle.kind for cycle in await local.engine.cycles.newest(CONFIGURATION, 100)]


async def test_a_restart_evaluates_everybody_again_at_once_and_writes_nothing() -> None:
    local = LocalEngine(small_world(people(5)))
    await local.begin()
    writes, requested = local.writes(), local.clock.now()

    await restart(local, *USUAL)
    await local.run_cycle()

    cycle = await local.cycle()
    assert (cycle.kind, cycle.imported) == (CycleKind.INITIAL, 5)
    assert cycle.started - requested < timedelta(minutes=6)
    assert local.writes() == writes


async def test_what_was_asked_for_while_an_initial_cycle_ran_is_done_by_the_next() -> None:
    local = LocalEngine(small_world(people(5)))
    await local.start()
    while not (await local.state()).running:
        await local.step()

    await restart(local, ResetScope.WATERMARK)
    await local.run_cycle()
    await local.run_cycle()

    assert await kinds(local) == [CycleKind.INCREMENTAL, CycleKind.INITIAL, CycleKind.INITIAL]


async def test_a_restart_starts_a_paused_job() -> None:
    local = LocalEngine(small_world(people(2)))
    await local.begin()
    await pause_job(local.engine, CONFIGURATION)

    await restart(local, ResetScope.WATERMARK)

    assert (await local.state()).status is JobStatus.ACTIVE


async def test_forgotten_failures_are_tried_again_at_once() -> None:
    local = LocalEngine(small_world([person("ada"), person("bert")]))
    local.change_target({"op": "createUser", "user": person("boss", mail=mail_of("ada"))})
    await local.start()
    for _ in range(6):
        await local.run_cycle()
    pending = (await local.rows(id_of("ada"))).pending
    assert pending is not None
    assert pending.escrows >= 4
    assert pending.due > local.clock.now() + HOUR
    [boss] = [user["id"] for user in local.users().values() if user["mail"] == mail_of("ada")]
    local.change_target({"op": "deleteUser", "id": boss}, {"op": "purgeUser", "id": boss})

    await restart(local, ResetScope.ESCROWS)
    await local.run_for(timedelta(minutes=20))

    assert (await local.state()).forgiven_cycle == 0
    assert (await local.rows(id_of("ada"))).pending is None
    assert set(local.users()) == {mail_of("ada"), mail_of("bert")}


async def test_a_full_restart_compares_every_link_with_what_the_target_shows() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    target_id = local.users()[mail_of("person1")]["id"]
    local.change_target({"op": "updateUser", "id": target_id, "set": {"city": "Elsewhere"}})

    await restart(local, ResetScope.WATERMARK)
    await local.run_cycle()
    unseen = local.users()[mail_of("person1")]["city"]
    await restart(local, ResetScope.CONNECTOR_DATA_STORE)
    await local.run_cycle()
    writes = local.writes()
    await local.run_cycle()

    assert unseen == "Elsewhere"
    local.assert_agreement()
    assert local.users()[mail_of("person1")]["city"] != "Elsewhere"
    assert not (await local.state()).proves_links
    assert local.writes() == writes


async def test_force_deletes_approves_exactly_what_is_held() -> None:
    local = LocalEngine(small_world(people(60)))
    await local.begin()
    local.change(*({"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(12)))
    await local.run_cycle()
    assert (await local.state()).status is JobStatus.QUARANTINE

    await restart(local, ResetScope.FORCE_DELETES)
    await local.run_cycle()

    assert len(local.deleted_users()) == 12
    assert (await local.state()).status is JobStatus.ACTIVE


@pytest.mark.parametrize(("scope", "ends"), [(ResetScope.QUARANTINE_STATE, True), (ResetScope.WATERMARK, False)])
async def test_a_quarantine_ends_only_if_that_is_asked_for(scope: ResetScope, ends: bool) -> None:
    local = await forbidden()
    await local.run_for(2 * CYCLE)

    await restart(local, scope)

    quarantine = (await local.state()).quarantine
    assert (quarantine is None) is ends
    assert quarantine is None or quarantine.next_attempt is None


async def test_a_job_that_is_not_there_or_has_no_document_is_not_restarted() -> None:
    local = LocalEngine(small_world(people(1)))

    assert await restart_job(local.engine, "nobody", USUAL, "operator") is None


async def forbidden() -> LocalEngine:
    """A company whose source has withdrawn its consent after the first cycle."""
    local = LocalEngine(small_world(people(2)))
    await local.begin()
    local.simulation.change(SOURCE, [{"op": "setPermissions", "permissions": []}])
    return local


async def test_cycles_that_fail_again_and_again_wait_longer_and_the_first_success_ends_it() -> None:
    local = await forbidden()

    await local.run_for(3 * 24 * HOUR)

    failed = [cycle for cycle in await local.engine.cycles.newest(CONFIGURATION, 100) if cycle.error_code]
    first = failed[-1].started
    hours = [round((cycle.started - first) / HOUR, 1) for cycle in reversed(failed)]
    assert hours == [0, 0.7, 6.0, 12.0, 24.0, 48.0], hours
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert (quarantine.reason, quarantine.series_count) == (QuarantineReason.EXCEPTION, len(failed))


async def test_starting_does_not_wait_for_the_back_off() -> None:
    local = await forbidden()
    await local.run_for(8 * HOUR)
    number = (await local.state()).cycle

    await start_job(local.engine, CONFIGURATION)
    await local.run_for(CYCLE)

    assert (await local.state()).cycle > number


async def test_after_four_weeks_the_job_is_disabled_and_says_why() -> None:
    local = await forbidden()

    await local.run_for(29 * 24 * HOUR)

    state = await local.state()
    assert not state.active
    assert state.quarantine is not None
    assert state.quarantine.code == "Authorization_RequestDenied"


async def count_in(local: LocalEngine, cycle: int, action: ProvisioningAction, **ends: int) -> None:
    """Let the counters of a cycle say that so many entries ended so."""
    counts = {(action, ProvisioningStatus(status)): count for status, count in ends.items()}
    key, rows = counters_key(cycle, "test"), local.tables.rows("entries")
    await rows.commit(partition_key(CONFIGURATION, 0), [Upsert(key=key, values=counts_columns(counts))])
    await stir(local.engine, CONFIGURATION)


async def test_a_cycle_in_which_too_much_fails_is_a_quarantine_until_one_that_goes_well() -> None:
    local = LocalEngine(small_world(people(2)))
    await local.begin()
    await count_in(local, 1, ProvisioningAction.CREATE, failure=6_000)

    await local.run_cycle()
    held = (await local.state()).quarantine
    await local.run_cycle()

    assert held is not None
    assert held.reason is QuarantineReason.ESCROW_PROPORTION
    assert (await local.state()).status is JobStatus.ACTIVE


async def test_a_success_in_quarantine_ends_it_before_the_next_cycle() -> None:
    local = LocalEngine(small_world(people(2)))
    await local.begin()
    await count_in(local, 1, ProvisioningAction.CREATE, failure=6_000)
    local.change({"op": "updateUser", "id": id_of("person1"), "set": {"city": "Jena"}})

    await local.run_cycle()
    held, number = (await local.state()).quarantine, (await local.state()).cycle
    await local.run_for(timedelta(minutes=10))

    assert held is not None
    assert ((await local.state()).quarantine, (await local.state()).cycle) == (None, number)


async def test_failures_in_every_cycle_make_its_attempts_rare() -> None:
    local = LocalEngine(small_world(people(2)))
    await local.begin()

    for number in range(1, 4):
        await count_in(local, number, ProvisioningAction.CREATE, failure=6_000)
        await local.run_cycle()

    quarantine, cycle = (await local.state()).quarantine, await local.cycle()
    assert quarantine is not None
    assert quarantine.series_began is not None
    assert (quarantine.series_count, quarantine.next_attempt) == (3, quarantine.series_began + 12 * HOUR)
    assert cycle.started >= quarantine.series_began + 6 * HOUR
