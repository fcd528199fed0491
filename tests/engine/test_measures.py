"""Does whoever watches over the app see at once what is wrong: late, held, blocked, stopped, given up?"""

from dataclasses import replace
from datetime import timedelta

from shared.adapters.memory.telemetry import MemoryTelemetry
from shared.orchestration.ports import Count, Gauge
from shared.orchestration.record_poison import GivenUp, record_import_poison, record_provisioning_poison
from shared.orchestration.start_cycles import tick
from tests.engine.local_engine import CYCLE, START, TICK, LocalEngine
from tests.engine.small_world import CONFIGURATION, SOURCE, TARGET, id_of, people, small_world


def watched(local: LocalEngine) -> MemoryTelemetry:
    telemetry = MemoryTelemetry()
    local.worker = replace(local.worker, telemetry=telemetry)
    return telemetry


async def test_cycles_that_come_in_time_are_about_one_interval_late_at_the_most() -> None:
    local = LocalEngine(small_world(people(2)))
    telemetry = watched(local)
    await local.begin()

    await local.run_for(3 * CYCLE)

    assert telemetry.counted(Count.CYCLES, outcome="completed", configuration_id=CONFIGURATION) >= 3
    assert telemetry.counted(Count.TICKS) >= 24
    (late,) = telemetry.measured(Gauge.CYCLE_LATENESS, configuration_id=CONFIGURATION)
    assert late <= 1.2


async def test_a_cycle_that_never_completes_is_later_with_each_tick() -> None:
    local = LocalEngine(small_world(people(2)))
    telemetry = watched(local)
    await local.begin()

    local.clock.time += 3 * CYCLE
    await tick(local.worker)

    assert telemetry.measured(Gauge.CYCLE_LATENESS)[0] > 2


async def test_a_first_cycle_that_hangs_is_late_as_well() -> None:
    local = LocalEngine(small_world(people(2)))
    telemetry = watched(local)
    await local.start()
    await tick(local.worker)

    local.clock.time += 5 * CYCLE / 2
    await tick(local.worker)

    assert telemetry.measured(Gauge.CYCLE_LATENESS) == [2.5]


async def test_held_removals_are_a_quarantine_with_their_number() -> None:
    local = LocalEngine(small_world(people(60)))
    telemetry = watched(local)
    await local.begin()
    local.change(*({"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(30)))

    await local.run_for(CYCLE + 2 * TICK)

    assert telemetry.measured(Gauge.QUARANTINE, reason="TooManyDeletes") == [1]
    assert telemetry.measured(Gauge.REMOVALS_HELD) == [30]


async def test_work_that_nobody_does_grows_older() -> None:
    local = LocalEngine(small_world(people(2)))
    telemetry = watched(local)
    await local.start()
    while not (await local.workload()).due:
        await local.step()
    assert await local.workload()
    await local.engine.budgets.set_read_only(on=True, by="ada", now=local.clock.now())

    local.clock.time += timedelta(hours=1)
    await tick(local.worker)

    assert telemetry.measured(Gauge.READ_ONLY) == [1]
    assert telemetry.measured(Gauge.OLDEST_DUE, configuration_id=CONFIGURATION)[0] >= 3600


async def test_blocked_invitations_and_a_held_tenant_are_told_by_target() -> None:
    local = LocalEngine(small_world(people(1)))
    telemetry = watched(local)
    await local.start()
    await local.engine.budgets.block_invitations(TARGET, local.clock.now())
    await local.engine.budgets.hold_until(TARGET, local.clock.now() + timedelta(seconds=90))

    await tick(local.worker)

    assert telemetry.measured(Gauge.INVITATIONS_BLOCKED, tenant_id=TARGET) == [1]
    assert telemetry.measured(Gauge.TENANT_HELD, tenant_id=TARGET) == [90]
    assert telemetry.measured(Gauge.INVITATIONS_BLOCKED, tenant_id=SOURCE) == []


async def test_messages_that_were_given_up_are_counted_even_if_nothing_can_be_read_from_them() -> None:
    local = LocalEngine(small_world(people(1)))
    telemetry = watched(local)

    await record_provisioning_poison(local.worker, GivenUp(body=b"?", id="one", inserted=START))
    await record_import_poison(local.worker, GivenUp(body=b"", id="two", inserted=START))

    assert telemetry.counted(Count.POISON_MESSAGES) == 2


async def test_a_configuration_that_is_paused_is_not_late() -> None:
    local = LocalEngine(small_world(people(1)))
    telemetry = watched(local)
    await local.begin()
    telemetry.gauges.clear()
    state = await local.state()
    await local.engine.configurations.save(replace(state, active=False))

    local.clock.time += 5 * CYCLE
    await tick(local.worker)

    assert telemetry.measured(Gauge.CYCLE_LATENESS) == []
