"""Law 4 for creates and rewrites: a guard trips while a cycle runs, and what is approved goes on."""

from datetime import timedelta

from shared.cycles.pending import Verdict
from shared.orchestration.decide_held import decide_held, held_removals
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, id_of, people, person, small_world

POPULATION, UNDER_WAY = 20, 8 * 12


def joins(count: int) -> list[Document]:
    return [{"op": "createUser", "user": person(f"newcomer{number}")} for number in range(count)]


def moves(count: int, city: str) -> list[Document]:
    return [{"op": "updateUser", "id": id_of(f"person{number}"), "set": {"city": city}} for number in range(count)]


async def guarded(population: int = POPULATION, **guards: object) -> LocalEngine:
    local = LocalEngine(small_world(people(population), guards=guards))
    await local.start()
    await local.run_for(timedelta(minutes=30))
    return local


async def approve(local: LocalEngine) -> None:
    state = await local.state()
    digest = (await held_removals(local.engine, state)).digest
    await decide_held(local.engine, state, digest, Verdict.APPROVED, "ada")


async def test_creates_stop_at_the_guard_while_everything_else_goes_on() -> None:
    local = await guarded(creates={"count": 30})

    local.change(*joins(60), *moves(1, "Gera"), {"op": "deleteUser", "id": id_of("person1")})
    await local.run_for(timedelta(minutes=60))

    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.code == "TooManyCreates"
    assert 30 <= len(local.users()) < 30 + UNDER_WAY
    assert len(local.users()) < POPULATION + 60 - 1
    assert len(local.deleted_users()) == 1, "removals are not its business"
    assert [user["city"] for user in local.users().values() if user.get("city")] == ["Gera"]


async def test_a_share_holds_from_fifty_people_up() -> None:
    local = await guarded(60, rewrites={"share": 0.5})

    local.change(*moves(60, "Gera"))
    await local.run_for(timedelta(minutes=60))

    moved = sum(user.get("city") == "Gera" for user in local.users().values())
    assert 30 <= moved < 60
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.code == "TooManyRewrites"
    assert "from 30 on" in quarantine.message


async def test_what_is_approved_goes_on_and_is_counted_from_nothing_again() -> None:
    local = await guarded(creates={"count": 30})
    local.change(*joins(40))
    await local.run_for(timedelta(minutes=60))
    assert (await local.state()).quarantine is not None

    await approve(local)
    await local.run_for(timedelta(minutes=60))

    assert len(local.users()) == POPULATION + 40
    assert (await local.state()).quarantine is None
    local.assert_agreement()


async def test_when_the_window_is_over_it_goes_on_by_itself() -> None:
    local = await guarded(creates={"count": 30, "window": "PT6H"})
    local.change(*joins(40))
    await local.run_for(timedelta(minutes=60))
    assert (await local.state()).quarantine is not None

    await local.run_for(timedelta(hours=8))

    assert len(local.users()) == POPULATION + 40
    assert (await local.state()).quarantine is None


async def test_without_such_a_guard_nothing_is_counted() -> None:
    local = await guarded()

    surge = await local.engine.configurations.surge((await local.state()).configuration_id)

    assert not surge.creates
    assert len(local.users()) == POPULATION
