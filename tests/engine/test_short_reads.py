"""Law 3: a short read is never taken for absence, whatever it looks like."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from sandbox.scenarios.scenario import Scenario
from shared.cycles.cycle import CycleKind
from tests.engine.hazards import Meddler
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.lying_source import as_other_tenant, blind, removed
from tests.engine.small_world import (
    SOURCE,
    assigned_world,
    assignment,
    group,
    id_of,
    mail_of,
    people,
    person,
    small_world,
)

LIES: Mapping[str, Mapping[str, Any]] = {
    "an empty answer with a valid delta link": {"empty_delta": 1.0},
    "a chain that ends early": {"early_end": 1.0, "short_pages": 1.0},
    "no assignments": {"empty_assignments": 1.0},
    "everything at once": {"empty_delta": 0.5, "early_end": 0.5, "empty_assignments": 0.5},
}


def scenario(kind: str) -> Scenario:
    if kind == "all":
        return small_world(people(6))
    groups = [group("weavers", "person1", "person2", "person3"), group("dyers", "person4")]
    given = (assignment("person0"), assignment("weavers", "Group"), assignment("dyers", "Group"))
    return assigned_world(people(6), groups, *given)


async def read_badly(local: LocalEngine, kind: CycleKind) -> None:
    """Let two cycles pass under whatever goes wrong, the first of them of this kind."""
    if kind is CycleKind.INITIAL:
        local.change({"op": "resyncDelta"})
    await local.run_for(2 * CYCLE)


def enabled(local: LocalEngine) -> set[str]:
    return {mail for mail, user in local.users().items() if user["accountEnabled"]}


@pytest.mark.parametrize("kind", list(CycleKind))
@pytest.mark.parametrize("scope", ["all", "assigned"])
@pytest.mark.parametrize("lie", LIES)
async def test_a_lying_source_removes_nobody(lie: str, scope: str, kind: CycleKind) -> None:
    local = LocalEngine(scenario(scope))
    await local.begin()
    before = enabled(local)

    local.simulation.set_faults("none", tenant_id=SOURCE, switches=LIES[lie])
    await read_badly(local, kind)

    assert enabled(local) == before
    assert not local.deleted_users()


@pytest.mark.parametrize("scope", ["all", "assigned"])
@pytest.mark.parametrize("lie", LIES)
async def test_after_the_lies_an_initial_cycle_agrees(lie: str, scope: str) -> None:
    local = LocalEngine(scenario(scope))
    await local.begin()
    local.simulation.set_faults("none", tenant_id=SOURCE, switches=LIES[lie])
    local.change({"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}})
    await local.run_for(CYCLE)

    local.simulation.set_faults("none")
    local.change({"op": "resyncDelta"})
    await local.run_cycle()

    local.assert_agreement()


@pytest.mark.parametrize("lie", LIES)
async def test_a_first_cycle_that_was_lied_to_is_made_good_by_the_next_initial_one(lie: str) -> None:
    local = LocalEngine(scenario("assigned"))
    local.simulation.set_faults("none", tenant_id=SOURCE, switches=LIES[lie])
    await local.start()
    await local.run_cycle()

    local.simulation.set_faults("none")
    local.change({"op": "resyncDelta"})
    await local.run_cycle()

    local.assert_agreement()


@pytest.mark.parametrize("kind", list(CycleKind))
@pytest.mark.parametrize("scope", ["all", "assigned"])
@pytest.mark.parametrize("meddle", [as_other_tenant, blind])
async def test_a_credential_that_sees_the_wrong_things_removes_nobody(
    meddle: Callable[[httpx.Request], httpx.Response | None], scope: str, kind: CycleKind
) -> None:
    meddler = Meddler(meddle)
    local = LocalEngine(scenario(scope), surroundings=meddler)
    await local.begin()
    before = enabled(local)

    meddler.on = True
    await read_badly(local, kind)
    meddler.on = False

    assert enabled(local) == before
    assert not local.deleted_users()
    local.change({"op": "resyncDelta"})
    await local.run_cycle()
    local.assert_agreement()


async def test_a_group_that_reads_empty_removes_nobody() -> None:
    local = LocalEngine(scenario("assigned"))
    await local.begin()

    local.simulation.set_faults("none", tenant_id=SOURCE, switches={"early_end": 1.0, "members_per_page": 1})
    local.change({"op": "resyncDelta"})
    await local.run_cycle()

    assert not local.deleted_users()
    local.simulation.set_faults("none")
    local.change({"op": "resyncDelta"})
    await local.run_cycle()
    local.assert_agreement()


async def test_a_delta_that_says_removed_of_somebody_who_is_there_removes_nobody() -> None:
    meddler = Meddler(removed([id_of(f"person{number}") for number in range(3)]))
    local = LocalEngine(small_world([*people(6), person("ada")]), surroundings=meddler)
    await local.begin()

    meddler.on = True
    await local.run_cycle()

    assert not local.deleted_users()
    assert mail_of("person0") in enabled(local)
