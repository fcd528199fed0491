"""Approving and rejecting over the API, and the emergency switch."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import APPLICATION, CONFIGURATION, Document, id_of, mail_of, people, small_world
from tests.shared.web.calling import calling, error_of

JOB = f"/v1.0/servicePrincipals/{APPLICATION}/synchronization/jobs/{CONFIGURATION}"
SWITCH = "/v1.0/readOnly"
POPULATION, LEAVERS = 60, 12
MINUTE = timedelta(minutes=1)


def leave(count: int, first: int = 0) -> list[Document]:
    return [{"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(first, first + count)]


async def held() -> LocalEngine:
    local = LocalEngine(small_world(people(POPULATION)))
    await local.begin()
    local.change(*leave(LEAVERS))
    await local.run_cycle()
    return local


def approving(local: LocalEngine) -> httpx.AsyncClient:
    return calling(local.engine, "Tenantsync.Approver")


async def read(local: LocalEngine, path: str = f"{JOB}/heldRemovals") -> dict[str, Any]:
    async with approving(local) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def decide(local: LocalEngine, verb: str, body: object) -> httpx.Response:
    async with approving(local) as client:
        return await client.post(f"{JOB}/{verb}", json=body)


async def test_who_is_held_is_listed_with_count_and_digest() -> None:
    local = await held()

    whole, part = await read(local), await read(local, f"{JOB}/heldRemovals?$top=5")

    assert {each["sourceId"] for each in whole["value"]} == {id_of(f"person{number}") for number in range(LEAVERS)}
    assert {each["action"] for each in whole["value"]} == {"delete"}
    assert (whole["count"], len(part["value"])) == (LEAVERS, 5)
    assert whole["digest"] == part["digest"]


async def test_where_nothing_is_held_there_is_no_digest_and_nothing_to_decide() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()

    assert await read(local) == {"held": None, "count": 0, "digest": None, "value": []}
    answer = await decide(local, "approve", {"digest": "0" * 32})
    assert (answer.status_code, error_of(answer)["code"]) == (409, "NothingHeld")


async def test_approved_removals_are_carried_out_and_logged_with_the_name_of_the_approver() -> None:
    local = await held()

    answer = await decide(local, "approve", {"digest": (await read(local))["digest"]})
    assert answer.json() == {"count": LEAVERS, "verdict": "approved"}
    await local.run_cycle()

    assert len(local.deleted_users()) == LEAVERS
    async with approving(local) as client:
        logs = (await client.get("/v1.0/auditLogs/provisioning?$top=100")).json()["value"]
    initiators = {log["initiatedBy"]["displayName"] for log in logs if log["provisioningAction"] == "delete"}
    assert initiators == {"Ada Lovelace"}


async def test_rejected_removals_are_not_carried_out() -> None:
    local = await held()

    answer = await decide(local, "reject", {"digest": (await read(local))["digest"]})
    assert answer.json() == {"count": LEAVERS, "verdict": "rejected"}
    await local.run_cycle()

    assert not local.deleted_users()
    assert (await read(local))["count"] == 0


async def test_a_set_that_has_changed_is_asked_for_again() -> None:
    local = await held()
    digest = (await read(local))["digest"]
    local.change(*leave(1, first=20))
    await local.run_cycle()

    answer = await decide(local, "approve", {"digest": digest})

    assert (answer.status_code, error_of(answer)["code"]) == (412, "PreconditionFailed")
    assert (await read(local))["count"] == LEAVERS + 1


@pytest.mark.parametrize(
    "body", [{}, [], {"digest": 7}, {"digest": "x"}, {"digest": "0" * 32, "more": 1}, {"digest": None}, "0" * 32]
)
@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_body_of_another_shape_decides_nothing(verb: str, body: object) -> None:
    local = LocalEngine(small_world(people(2)))
    await local.start()

    answer = await decide(local, verb, body)

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")


async def test_the_switch_stops_all_writing_until_it_is_off_again() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    local.change({"op": "updateUser", "id": id_of("person0"), "set": {"city": "Gera"}})

    async with calling(local.engine, "Tenantsync.Operator") as client:
        assert (await client.put(SWITCH, json={"readOnly": True})).json() == {"readOnly": True}
        writes = local.writes()
        await local.run_for(50 * MINUTE)
        assert local.writes() == writes
        assert (await client.get(SWITCH)).json() == {"readOnly": True}
        assert (await client.put(SWITCH, json={"readOnly": False})).json() == {"readOnly": False}
    await local.run_cycle()

    assert local.users()[mail_of("person0")]["city"] == "Gera"


@pytest.mark.parametrize("body", [{}, {"readOnly": "yes"}, {"readOnly": 1}, {"readOnly": True, "more": 1}, True, []])
async def test_the_switch_takes_nothing_but_true_and_false(body: object) -> None:
    local = LocalEngine(small_world(people(1)))

    async with calling(local.engine, "Tenantsync.Operator") as client:
        answer = await client.put(SWITCH, json=body)

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")
    assert not await local.engine.budgets.is_read_only()
