"""Law 3: a short read is never taken for absence, whatever it looks like."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from sandbox.scenarios.scenario import Scenario
from shared.cycles.cycle import CycleKind
from tests.engine.hazards import Meddler
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import (
    SOURCE,
    TARGET,
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


def as_other_tenant(request: httpx.Request) -> None:
    """A credential of the wrong tenant: everything of the source is asked of the target."""
    token = request.headers.get("authorization", "")
    if SOURCE in token:
        request.headers["authorization"] = token.replace(SOURCE, TARGET)


def blind(request: httpx.Request) -> httpx.Response | None:
    """A credential that sees nobody: every collection of the source is empty, every person unknown."""
    if SOURCE not in request.headers.get("authorization", "") or "organization" in request.url.path:
        return None
    if request.url.path.endswith("$batch"):
        return httpx.Response(200, json={"responses": [_unseen(each) for each in _items(request)]}, headers=_DATE)
    if request.url.path.endswith("/delta"):
        link = f"{request.url.copy_with(query=None)}?$deltatoken=blind"
        return httpx.Response(200, json={"value": [], "@odata.deltaLink": link}, headers=_DATE)
    return httpx.Response(200, json={"value": []}, headers=_DATE)


_DATE = {"Date": "Mon, 05 Jan 2026 01:00:00 GMT"}


def _items(request: httpx.Request) -> list[Document]:
    return list(httpx.Response(200, content=request.content).json()["requests"])


def _unseen(item: Document) -> Document:
    if "organization" in item["url"]:
        domains = [{"name": "lindenhof.onmicrosoft.com", "isInitial": True}]
        return {"id": item["id"], "status": 200, "body": {"value": [{"id": SOURCE, "verifiedDomains": domains}]}}
    error = {"code": "Request_ResourceNotFound", "message": "Resource does not exist."}
    return {"id": item["id"], "status": 404, "body": {"error": error}}


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
    """A user who was deleted and restored between two rounds may still be named as removed."""

    def claims_removed(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/users/delta") or SOURCE not in request.headers["authorization"]:
            return None
        link = f"{request.url.copy_with(query=None)}?$deltatoken=lie"
        gone = [{"id": id_of(f"person{number}"), "@removed": {"reason": "changed"}} for number in range(3)]
        return httpx.Response(200, json={"value": gone, "@odata.deltaLink": link}, headers=_DATE)

    meddler = Meddler(claims_removed)
    local = LocalEngine(small_world([*people(6), person("ada")]), surroundings=meddler)
    await local.begin()

    meddler.on = True
    await local.run_cycle()

    assert not local.deleted_users()
    assert mail_of("person0") in enabled(local)
