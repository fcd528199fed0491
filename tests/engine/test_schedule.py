"""Law 12: cycles start on time, and no configuration hurts another."""

from datetime import timedelta

import pytest

from sandbox.scenarios.scenario import Scenario, configuration_document, partner_document
from sandbox.world import TenantDocument, World
from shared.cycles.cycle import CycleState
from shared.cycles.state import JobStatus
from tests.engine.local_engine import START, LocalEngine
from tests.engine.small_world import APPLICATION, DOMAIN, SOURCE, guest, id_of, mail_of, people, small_world

BROKEN, SLOW = "configuration0", "configuration1"


async def starts(local: LocalEngine, configuration_id: str = "") -> list[float]:
    """At which minutes the cycles began, the first one first."""
    state = await local.state(configuration_id)
    cycles = await local.engine.cycles.newest(state.configuration_id, 100)
    return [round((cycle.started - START) / timedelta(minutes=1), 1) for cycle in reversed(cycles)]


async def test_cycles_start_at_minutes_0_40_80_and_120() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.start()

    await local.run_for(timedelta(minutes=130))

    assert await starts(local) == [0, 40, 80, 120]


async def test_a_long_cycle_moves_no_later_one() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    local.simulation.set_faults(tenant_id=SOURCE, switches={"unavailable_before": 1.0})
    await local.run_for(timedelta(minutes=60))

    local.simulation.set_faults("none")
    await local.run_for(timedelta(minutes=80))

    assert await starts(local) == [0, 40, 80, 120]
    local.assert_agreement()


async def test_writes_that_take_longer_than_the_interval_delay_no_cycle() -> None:
    local = LocalEngine(small_world(people(3)))
    local.simulation.set_faults(
        tenant_id=local.target_id, switches={"throttle_writes": 1.0, "retry_after_seconds": 900}
    )
    await local.start()

    await local.run_for(timedelta(minutes=130))

    assert await starts(local) == [0, 40, 80, 120]


async def test_after_a_day_off_the_next_start_is_on_the_old_grid() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()

    local.clock.time = START + timedelta(days=1, minutes=7)
    await local.run_for(timedelta(minutes=100))

    missed, *after = (await starts(local))[1:]
    assert missed == pytest.approx(1450, abs=5)
    assert after == [1480, 1520]


def nine() -> Scenario:
    """Nine targets of one source; the first configuration's application is gone, the second target refuses writes."""
    targets = [str(id_of(f"target {number}")) for number in range(9)]
    source = TenantDocument(
        id=SOURCE,
        display_name="Lindenhof",
        initial_domain="lindenhof.onmicrosoft.com",
        verified_domains=(DOMAIN,),
        users=tuple(people(4)),
        service_principals=({"id": APPLICATION, "appId": id_of("app"), "displayName": "tenantsync"},),
        partners=tuple(partner_document(target, "Marisol") for target in targets),
    )
    documents = tuple(
        configuration_document(
            source_id=SOURCE,
            target_id=target,
            service_principal_id=id_of("nobody") if number == 0 else APPLICATION,
            id=f"configuration{number}",
            interval="PT40M",
            scope={"kind": "assigned" if number == 0 else "all"},
        )
        for number, target in enumerate(targets)
    )
    tenants = (source, *(_target(target, number) for number, target in enumerate(targets)))
    return Scenario(name="nine", seed=1, world=World(tenants=tenants), configurations=documents)


def _target(target_id: str, number: int) -> TenantDocument:
    return TenantDocument(
        id=target_id,
        display_name=f"Marisol {number}",
        initial_domain=f"marisol{number}.onmicrosoft.com",
        users=(guest("stranger", "stranger@elsewhere.example"),),
        partners=(partner_document(SOURCE, "Lindenhof"),),
    )


async def test_of_nine_configurations_one_broken_and_one_slow_leave_the_seven_others_alone() -> None:
    local = LocalEngine(nine())
    slow = local.documents[1]["target"]["tenantId"]
    local.simulation.set_faults(
        tenant_id=slow, switches={"throttle_writes": 1.0, "throttle_reads": 0.3, "retry_after_seconds": 900}
    )
    await local.start()

    await local.run_for(timedelta(minutes=50))
    local.change({"op": "deleteUser", "id": id_of("person0")})
    await local.run_for(timedelta(minutes=60))

    for document in local.documents[2:]:
        found = {each.mail for each in local.directory(document["target"]["tenantId"]).users.values()}
        assert found == {mail_of(f"person{number}") for number in (1, 2, 3)} | {"stranger@elsewhere.example"}
        assert await starts(local, document["id"]) == [0, 40, 80]
    assert local.writes(slow) == 0
    assert (await local.state(SLOW)).status is JobStatus.ACTIVE
    assert (await local.state(BROKEN)).status is JobStatus.QUARANTINE
    assert (await local.cycle(BROKEN)).state is CycleState.FAILED
