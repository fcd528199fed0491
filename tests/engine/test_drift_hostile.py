"""What a target says of its users is a hint: lies, gaps and strangers conclude nothing, and the source goes on."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx
import pytest

from shared.cycles.cycle import CycleState
from shared.orchestration.read_target import TARGET as CHAIN
from tests.engine.hazards import Meddle, Meddler
from tests.engine.local_engine import LocalEngine
from tests.engine.lying_source import is_delta
from tests.engine.small_world import SOURCE, TARGET, Document, id_of, mail_of, people, person, small_world

ENFORCE: Document = {"default": "enforce", "departures": "enforce"}
STICKY: Document = {"default": "enforce"}
_DATE = {"Date": "Mon, 05 Jan 2026 01:00:00 GMT"}


async def company(meddler: Meddler, drift: Document = ENFORCE) -> LocalEngine:
    local = LocalEngine(small_world([*people(4), person("ada")], drift=drift), surroundings=meddler)
    await local.begin()
    await local.run_cycle()
    return local


def object_of(local: LocalEngine, name: str) -> str:
    return str(local.users()[mail_of(name)]["id"])


def edit(local: LocalEngine, name: str, **values: object) -> None:
    local.change_target({"op": "updateUser", "id": object_of(local, name), "set": values})


def answered(*users: Document) -> Meddle:
    """Every delta of the target names just these."""

    def meddle(request: httpx.Request) -> httpx.Response | None:
        if not is_delta(request, "users") or TARGET not in request.headers["authorization"]:
            return None
        link = f"{request.url.copy_with(query=None)}?$deltatoken=lie"
        return httpx.Response(200, json={"value": list(users), "@odata.deltaLink": link}, headers=_DATE)

    return meddle


async def test_who_is_named_as_removed_and_is_there_stays_as_he_is() -> None:
    meddler = Meddler()
    local = await company(meddler, STICKY)
    names = [f"person{number}" for number in range(4)]
    meddler.meddle = answered(*({"id": object_of(local, name), "@removed": {"reason": "changed"}} for name in names))
    before, meddler.on = local.writes(), True

    await local.run_cycle()

    assert (await local.cycle()).drifted == 4
    assert local.writes() == before
    local.assert_agreement()
    assert (await local.cycle()).state is CycleState.COMPLETED


async def test_an_old_state_that_is_shown_again_is_looked_at_and_nothing_is_written() -> None:
    meddler = Meddler()
    local = await company(meddler)
    old = {"id": object_of(local, "ada"), "displayName": "Somebody Else", "accountEnabled": False}
    meddler.meddle, before, meddler.on = answered(old), local.writes(), True

    await local.run_cycle()

    assert (await local.cycle()).drifted == 1
    assert local.writes() == before


async def test_an_empty_delta_hides_a_change_until_everybody_is_looked_at() -> None:
    meddler = Meddler(answered())
    local = await company(meddler)
    edit(local, "ada", department="Dyeing")
    meddler.on = True
    await local.run_cycle()
    meddler.on = False
    assert local.users()[mail_of("ada")]["department"] == "Dyeing"

    await local.engine.configurations.save(replace(await local.state(), full_next=True))
    await local.run_cycle()

    local.assert_agreement()


GONE: Mapping[str, Document] = {"an expired token": {"op": "expireDeltaTokens"}, "a resync": {"op": "resyncDelta"}}


@pytest.mark.parametrize("how", GONE)
async def test_where_the_chain_is_void_everybody_is_looked_at(how: str) -> None:
    local = await company(Meddler())
    edit(local, "ada", department="Dyeing")
    edit(local, "person1", accountEnabled=False)
    local.change_target(GONE[how], {"op": "deleteUser", "id": object_of(local, "person2")})

    await local.run_cycle()
    assert (await local.cycle()).target_error == ""
    await local.run_cycle()

    assert (await local.cycle()).drifted >= 3
    local.assert_agreement()


async def test_of_whom_a_look_gets_no_answer_a_worker_finds_out() -> None:
    meddler = Meddler()
    local = await company(meddler)
    local.change_target({"op": "resyncDelta"})
    edit(local, "ada", department="Dyeing")
    await local.run_cycle()  # a chain begins
    ada = object_of(local, "ada")

    asked = list[str]()

    def unread(request: httpx.Request) -> httpx.Response | None:
        """Of Ada's object the look learns nothing, though it asks once more; the pass after it does."""
        if not request.url.path.endswith("$batch") or ada not in request.content.decode():
            return None
        asked.append(ada)
        items = httpx.Response(200, content=request.content).json()["requests"]
        answers = [{"id": each["id"], "status": 503, "body": {}} for each in items]
        return httpx.Response(200, json={"responses": answers}, headers=_DATE) if len(asked) < 3 else None

    meddler.meddle, meddler.on = unread, True
    await local.run_cycle()

    assert len(asked) > 2
    local.assert_agreement()


def as_source(request: httpx.Request) -> None:
    """A credential of the wrong tenant: all of the target's deltas, and who it is, are asked of the source."""
    token = request.headers.get("authorization", "")
    asked = is_delta(request, "users") or request.url.path.endswith("/organization")
    if TARGET in token and asked:
        request.headers["authorization"] = token.replace(TARGET, SOURCE)


def shapeless(request: httpx.Request) -> httpx.Response | None:
    if not is_delta(request, "users") or TARGET not in request.headers["authorization"]:
        return None
    return httpx.Response(200, json={"value": "?"}, headers=_DATE)


def forbidden(request: httpx.Request) -> httpx.Response | None:
    if not is_delta(request, "users") or TARGET not in request.headers["authorization"]:
        return None
    error = {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}
    return httpx.Response(403, json={"error": error}, headers=_DATE)


REFUSALS: Mapping[str, tuple[Callable[[httpx.Request], httpx.Response | None], str]] = {
    "the wrong tenant": (as_source, "UnexpectedAnswer"),
    "an answer of another shape": (shapeless, "UnexpectedAnswer"),
    "a refusal": (forbidden, "Authorization_RequestDenied"),
}


@pytest.mark.parametrize("how", REFUSALS)
async def test_a_target_that_cannot_be_looked_at_is_told_and_the_source_goes_on(how: str) -> None:
    meddler = Meddler()
    local = await company(meddler)
    await local.run_for(local.clock.now() - local.clock.now())
    edit(local, "ada", department="Dyeing")
    meddler.meddle, told = REFUSALS[how]
    meddler.on = True
    local.work_by(meddler)  # a process that remembers nothing of the tenant
    local.change({"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}})
    await local.run_cycle()

    cycle = await local.cycle()
    assert (cycle.state, cycle.target_error, cycle.drifted) == (CycleState.COMPLETED, told, 0)
    assert local.users()[mail_of("person1")]["city"] == "Gera"

    meddler.on = False
    await local.run_cycle()
    assert (await local.cycle()).target_error == ""
    await local.run_cycle()
    local.assert_agreement()


@pytest.mark.parametrize("seed", range(3))
async def test_a_flaky_target_is_set_right_all_the_same(seed: int) -> None:
    local = LocalEngine(small_world([*people(25), person("ada")], drift=ENFORCE), seed=seed)
    await local.begin()
    local.simulation.set_faults("flaky", tenant_id=TARGET)

    for number in range(0, 25, 2):
        edit(local, f"person{number}", department="Dyeing")
    for number in range(1, 6, 2):
        local.change_target({"op": "deleteUser", "id": object_of(local, f"person{number}")})
    await local.run_cycle()
    await local.run_cycle()
    local.simulation.set_faults("none", tenant_id=TARGET)
    await local.run_cycle()

    local.assert_agreement()


async def test_a_quiet_cycle_asks_the_target_once_and_writes_the_watermark_only() -> None:
    local = await company(Meddler())
    await local.run_cycle()
    before = local.simulation.statistics()[TARGET]["requests"]
    marks = await local.engine.watermarks.all(local.documents[0]["id"])

    await local.run_cycle()

    asked = local.simulation.statistics()[TARGET]["requests"] - before
    after = await local.engine.watermarks.all(local.documents[0]["id"])
    assert [each.chain for each in marks].count(CHAIN) == 1
    assert [each.issued for each in after if each.chain == CHAIN] > [
        each.issued for each in marks if each.chain == CHAIN
    ]
    assert asked <= 4, "the delta, and what each cycle asks of the policies"
