"""Law 3: a short read is never taken for absence, whatever it looks like, and where it can be told, status says so."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from sandbox.scenarios.scenario import Scenario
from shared.cycles.cycle import CycleKind
from shared.cycles.doubt import Doubt
from shared.cycles.state import JobStatus, QuarantineReason
from tests.engine.hazards import Meddle, Meddler
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.lying_source import as_other_tenant, blind, empty_groups, removed, two_to_a_page
from tests.engine.small_world import (
    SOURCE,
    Document,
    assigned_world,
    assignment,
    group,
    id_of,
    mail_of,
    people,
    person,
    small_world,
)

ALL, ASSIGNED = "all", "assigned"
INITIAL, INCREMENTAL = CycleKind.INITIAL, CycleKind.INCREMENTAL
EVERYTHING = "everything at once"

Lie = Callable[[LocalEngine, Meddler], None]

WRONG_TENANT = "UnexpectedAnswer"
"""The cycle fails: /organization names another tenant than the configuration does."""


def switched(**switches: float) -> Lie:
    def lie(local: LocalEngine, meddler: Meddler) -> None:
        local.simulation.set_faults("none", tenant_id=SOURCE, switches=switches)
        meddler.meddle, meddler.on = two_to_a_page, True

    return lie


def meddling(meddle: Meddle) -> Lie:
    def lie(_: LocalEngine, meddler: Meddler) -> None:
        meddler.meddle, meddler.on = meddle, True

    return lie


LIES: Mapping[str, Lie] = {
    "an empty answer with a valid delta link": switched(empty_delta=1.0),
    "a chain that ends early": switched(early_end=1.0, members_per_page=2),
    "empty assignments": switched(empty_assignments=1.0),
    "an empty group": meddling(empty_groups),
    "the wrong tenant": meddling(as_other_tenant),
    "a credential that sees nothing": meddling(blind),
    EVERYTHING: switched(empty_delta=0.5, early_end=0.5, empty_assignments=0.5),
}


TOLD: Mapping[tuple[str, str, CycleKind], str] = {
    ("an empty answer with a valid delta link", ALL, INITIAL): Doubt.INCOMPLETE_READ,
    ("an empty answer with a valid delta link", ASSIGNED, INITIAL): Doubt.INCOMPLETE_READ,
    ("a chain that ends early", ALL, INITIAL): Doubt.INCOMPLETE_READ,
    ("a chain that ends early", ASSIGNED, INITIAL): Doubt.INCOMPLETE_READ,
    ("empty assignments", ASSIGNED, INITIAL): Doubt.NO_ASSIGNMENTS,
    ("empty assignments", ASSIGNED, INCREMENTAL): Doubt.NO_ASSIGNMENTS,
    ("an empty group", ASSIGNED, INITIAL): Doubt.INCOMPLETE_READ,
    ("a credential that sees nothing", ALL, INITIAL): Doubt.NOBODY_KNOWN,
    ("a credential that sees nothing", ALL, INCREMENTAL): Doubt.NOBODY_KNOWN,
    ("a credential that sees nothing", ASSIGNED, INITIAL): Doubt.NO_ASSIGNMENTS,
    ("a credential that sees nothing", ASSIGNED, INCREMENTAL): Doubt.NO_ASSIGNMENTS,
    **{("the wrong tenant", scope, kind): WRONG_TENANT for scope in (ALL, ASSIGNED) for kind in CycleKind},
}
"""The code of the quarantine; of what stands here not nobody can know: an empty delta looks like a quiet hour."""


def scenario(kind: str) -> Scenario:
    if kind == ALL:
        return small_world(people(6))
    groups = [group("weavers", "person1", "person2", "person3"), group("dyers", "person4")]
    given = (assignment("person0"), assignment("weavers", "Group"), assignment("dyers", "Group"))
    return assigned_world(people(6), groups, *given)


def enabled(local: LocalEngine) -> set[str]:
    return {mail for mail, user in local.users().items() if user["accountEnabled"]}


async def lied_to(lie: str, scope: str, kind: CycleKind, *changes: Document) -> tuple[LocalEngine, Meddler]:
    """A company whose next cycle, of this kind, has been lied to; it has ended, and an hour's cycles have not begun."""
    meddler = Meddler()
    local = LocalEngine(scenario(scope), surroundings=meddler)
    await local.begin()
    if kind is INITIAL:
        await local.engine.configurations.save(replace(await local.state(), full_next=True))
    local.change(*changes)
    LIES[lie](local, meddler)
    number = (await local.state()).cycle + 1
    while (await local.state()).cycle < number or (await local.state()).running:
        await local.step()
    await local.run_for(CYCLE / 2)
    return local, meddler


def end_of_lies(local: LocalEngine, meddler: Meddler) -> None:
    local.simulation.set_faults("none")
    meddler.on = False


LIFE: list[Document] = [
    {"op": "createUser", "user": person("newcomer")},
    {"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}},
]
ENTITLEMENTS: list[Document] = [
    {"op": "assign", "principalId": id_of("newcomer")},
    {"op": "removeMember", "groupId": id_of("weavers"), "memberId": id_of("person2")},
]


@pytest.mark.parametrize("kind", list(CycleKind))
@pytest.mark.parametrize("scope", [ALL, ASSIGNED])
@pytest.mark.parametrize("lie", LIES)
async def test_a_lying_source_removes_nobody_status_says_what_can_be_told_and_the_next_full_cycle_finds_the_rest(
    lie: str, scope: str, kind: CycleKind
) -> None:
    local, meddler = await lied_to(lie, scope, kind, *LIFE)
    before = {mail_of(f"person{number}") for number in range(6 if scope == ALL else 5)}

    assert (await local.cycle()).kind is kind
    await assert_told(local, TOLD.get((lie, scope, kind), "") if lie != EVERYTHING else None)
    assert before <= enabled(local)
    assert not local.deleted_users()

    local.change(*(ENTITLEMENTS if scope == ASSIGNED else []))
    end_of_lies(local, meddler)
    if not (await local.state()).quarantine:
        local.change({"op": "resyncDelta"})  # as the weekly cycle does
    await local.run_cycle()
    assert (await local.cycle()).kind is INITIAL, "a cycle that is in doubt is followed by a full one"
    assert (await local.state()).status is JobStatus.ACTIVE
    local.assert_agreement()


async def assert_told(local: LocalEngine, code: str | None) -> None:
    """The status names the doubt, or none; None: whatever comes together."""
    state = await local.state()
    said = state.quarantine.code if state.quarantine else ""
    assert said == code or code is None
    assert (state.status is JobStatus.QUARANTINE) is bool(said)


@pytest.mark.parametrize("lie", LIES)
async def test_a_first_cycle_that_was_lied_to_is_made_good_by_the_next_initial_one(lie: str) -> None:
    meddler = Meddler()
    local = LocalEngine(scenario(ASSIGNED), surroundings=meddler)
    LIES[lie](local, meddler)
    await local.start()
    await local.run_for(CYCLE)

    end_of_lies(local, meddler)
    local.change({"op": "resyncDelta"})
    await local.run_cycle()

    local.assert_agreement()


async def test_a_group_whose_members_are_cut_short_removes_nobody() -> None:
    local = LocalEngine(scenario(ASSIGNED))
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


@pytest.mark.parametrize("lie", ["a chain that ends early", "an empty answer with a valid delta link"])
async def test_a_short_read_that_the_guard_holds_is_made_good_by_the_very_next_cycle(lie: str) -> None:
    meddler = Meddler()
    local = LocalEngine(small_world(people(50)), surroundings=meddler)
    await local.begin()
    await local.engine.configurations.save(replace(await local.state(), full_next=True))
    LIES[lie](local, meddler)
    await local.run_cycle()
    await assert_told(local, QuarantineReason.TOO_MANY_DELETES)

    end_of_lies(local, meddler)
    await local.run_cycle()

    assert (await local.cycle()).kind is INITIAL
    assert (await local.state()).status is JobStatus.ACTIVE
    assert (await local.workload()).staged == 0
    local.assert_agreement()
