"""Law 4: a verdict is about a removal or about a disable. Whoever turns out to need the other one is counted anew."""

from datetime import timedelta

import pytest

from shared.cycles.pending import Verdict
from shared.orchestration.decide_held import decide_held, held_removals
from tests.engine.hazards import CALM, Meddle, Meddler, Surroundings
from tests.engine.local_engine import LocalEngine
from tests.engine.lying_source import removed, says
from tests.engine.small_world import Document, id_of, mail_of, people, person, small_world

NAMES = [f"person{number}" for number in range(10)]
HOLDS = 3
SOON = timedelta(minutes=20)
"""Long enough for the workers to look twice, and before the next cycle."""


def each(op: str, **more: object) -> list[Document]:
    return [{"op": op, "id": id_of(name), **more} for name in NAMES[:HOLDS]]


async def held(*changes: Document, surroundings: Surroundings | None = None) -> LocalEngine:
    """A world whose guard holds what these changes ask for."""
    scenario = small_world(people(len(NAMES)), guards={"removals": {"count": HOLDS}})
    local = LocalEngine(scenario, surroundings=surroundings or CALM)
    await local.begin()
    # whom reading saw last is asked for when others are gone: it must be somebody who stays
    others = [{"op": "updateUser", "id": id_of(name), "set": {"city": "Gera"}} for name in NAMES[HOLDS:]]
    local.change(*others, *changes)
    await local.run_cycle()
    assert len((await held_removals(local.engine, await local.state())).rows) == HOLDS
    return local


async def approve(local: LocalEngine) -> None:
    state = await local.state()
    digest = (await held_removals(local.engine, state)).digest
    await decide_held(local.engine, state, digest, Verdict.APPROVED, "ada")


async def still_held(local: LocalEngine) -> int:
    """Run a cycle, and return how many its guard holds."""
    await local.run_cycle()
    return len((await held_removals(local.engine, await local.state())).rows)


async def test_an_approved_disable_deletes_nobody_who_has_left_before_it_was_carried_out() -> None:
    local = await held(*each("updateUser", set={"accountEnabled": False}))

    local.change(*each("deleteUser"))
    await approve(local)
    await local.run_for(SOON)

    assert not local.deleted_users()
    assert await still_held(local) == HOLDS
    assert not local.deleted_users()


async def test_an_approved_removal_disables_nobody_who_has_come_back_before_it_was_carried_out() -> None:
    local = await held(*each("deleteUser"))

    local.change(*each("restoreUser"), *each("updateUser", set={"accountEnabled": False}))
    await approve(local)
    await local.run_for(SOON)

    assert all(user["accountEnabled"] for user in local.users().values())
    assert await still_held(local) == HOLDS
    assert all(user["accountEnabled"] for user in local.users().values())


async def test_removals_approved_after_the_disables_of_the_same_people_are_carried_out() -> None:
    local = await held(*each("updateUser", set={"accountEnabled": False}))
    local.change(*each("deleteUser"))
    await approve(local)
    await local.run_for(SOON)
    assert await still_held(local) == HOLDS

    await approve(local)
    await local.run_cycle()

    assert len(local.deleted_users()) == HOLDS
    local.assert_agreement()


async def reject(local: LocalEngine) -> None:
    state = await local.state()
    digest = (await held_removals(local.engine, state)).digest
    await decide_held(local.engine, state, digest, Verdict.REJECTED, "ada")


async def lied_to(*changes: Document, lie: Meddle) -> LocalEngine:
    """A world in which what these changes ask for was rejected, and a cycle read something else; then the truth."""
    meddler = Meddler()
    local = await held(*changes, surroundings=meddler)
    await reject(local)
    meddler.meddle, meddler.on = lie, True
    await local.run_cycle()
    meddler.on = False
    await local.run_cycle()
    await local.run_cycle()
    return local


FIRST = id_of(NAMES[0])
LIES = {"they have left": removed([FIRST]), "they are as before": says([person(NAMES[0])])}


@pytest.mark.parametrize("lie", LIES)
async def test_a_rejected_disable_stays_rejected_though_one_page_says_that(lie: str) -> None:
    local = await lied_to(*each("updateUser", set={"accountEnabled": False}), lie=LIES[lie])

    assert all(user["accountEnabled"] for user in local.users().values())


async def test_a_rejected_removal_stays_rejected_though_one_page_says_that_they_are_as_before() -> None:
    local = await lied_to(*each("deleteUser"), lie=says([person(NAMES[0])]))

    assert not local.deleted_users()


async def test_a_rejected_disable_is_over_once_they_were_seen_enabled() -> None:
    local = await held(*each("updateUser", set={"accountEnabled": False}))
    await reject(local)
    local.change({"op": "updateUser", "id": FIRST, "set": {"accountEnabled": True}})
    await local.run_cycle()

    local.change({"op": "updateUser", "id": FIRST, "set": {"accountEnabled": False}})
    await local.run_cycle()

    assert not local.users()[mail_of(NAMES[0])]["accountEnabled"]
    assert local.users()[mail_of(NAMES[1])]["accountEnabled"]


async def test_nobody_decides_without_a_name() -> None:
    local = await held(*each("deleteUser"))
    state = await local.state()
    digest = (await held_removals(local.engine, state)).digest

    with pytest.raises(ValueError, match="nobody"):
        await decide_held(local.engine, state, digest, Verdict.APPROVED, "")


async def test_whoever_was_decided_about_anew_as_a_removal_is_asked_about_again_as_a_disable() -> None:
    local = await held(*each("updateUser", set={"accountEnabled": False}))
    await reject(local)
    local.change(*each("deleteUser"))
    assert await still_held(local) == HOLDS
    await reject(local)

    local.change(*each("restoreUser"))

    assert await still_held(local) == HOLDS
    assert all(user["accountEnabled"] for user in local.users().values())


async def test_a_rejected_disable_stays_rejected_when_somebody_changes_whose_object_was_restored_by_hand() -> None:
    local = LocalEngine(small_world(people(len(NAMES)), guards={"removals": {"count": 2}}))
    await local.begin()
    object_id = local.users()[mail_of(NAMES[0])]["id"]
    local.change({"op": "deleteUser", "id": FIRST})
    await local.run_cycle()
    local.change_target({"op": "restoreUser", "id": object_id})
    disabled = {"accountEnabled": False}
    local.change({"op": "restoreUser", "id": FIRST}, *(changed(name, disabled) for name in NAMES[:2]))
    await local.run_cycle()
    assert await still_held(local) == 2
    await reject(local)

    local.change(changed(NAMES[0], {"city": "Gera"}))
    await local.run_for(timedelta(days=2))

    assert local.users()[mail_of(NAMES[0])]["accountEnabled"]
    assert local.users()[mail_of(NAMES[0])]["city"] == "Gera"


def changed(name: str, values: Document) -> Document:
    return {"op": "updateUser", "id": id_of(name), "set": values}
