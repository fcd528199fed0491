"""Law 4: a verdict is about a removal or about a disable. Whoever turns out to need the other one is counted anew."""

from datetime import timedelta

from shared.cycles.pending import Verdict
from shared.orchestration.decide_held import decide_held, held_removals
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, id_of, people, small_world

NAMES = [f"person{number}" for number in range(10)]
HOLDS = 3
SOON = timedelta(minutes=20)
"""Long enough for the workers to look twice, and before the next cycle."""


def each(op: str, **more: object) -> list[Document]:
    return [{"op": op, "id": id_of(name), **more} for name in NAMES[:HOLDS]]


async def held(*changes: Document) -> LocalEngine:
    """A world whose guard holds what these changes ask for."""
    local = LocalEngine(small_world(people(len(NAMES)), guards={"removals": {"count": HOLDS}}))
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
