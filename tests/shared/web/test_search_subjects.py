"""Does an administrator who types a name get the people who may be meant?"""

from typing import Any

import httpx
import pytest

from shared.orchestration.apply_configuration import apply_configuration
from tests.engine.local_engine import LocalEngine
from tests.shared.fakes import configuration, memory_engine
from tests.shared.web.calling import JOB, administrating, error_of
from tests.shared.web.running import company, job_path, operating, plain_people


async def found(world: LocalEngine, text: str) -> dict[str, Any]:
    async with operating(world) as client:
        answer = await client.post(job_path(world, "/searchSubjects"), json={"search": text})
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def rename(world: LocalEngine, person: str, **changes: object) -> None:
    world.simulation.change(world.source_id, [{"op": "updateUser", "id": person, "set": changes}])


async def test_a_candidate_can_be_sent_back_as_a_subject_and_is_told_from_others() -> None:
    world = await company(cycles=0)
    [person] = plain_people(world, 1)
    rename(world, person, displayName="Anna Berg", accountEnabled=False)

    body = await found(world, "  anna b ")

    [candidate] = body["value"]
    user = next(each for each in world.simulation.dump(world.source_id)["users"] if each["id"] == person)
    assert candidate == {
        "objectId": person,
        "objectTypeName": "User",
        "displayName": "Anna Berg",
        "userPrincipalName": user["userPrincipalName"],
        "mail": user["mail"],
        "accountEnabled": False,
        "deletedDateTime": None,
    }
    assert body["more"] is False


async def test_deleted_people_are_found_with_the_time_of_it() -> None:
    world = await company(cycles=0)
    [person] = plain_people(world, 1)
    rename(world, person, surname="Birnbaum")
    world.simulation.change(world.source_id, [{"op": "deleteUser", "id": person}])

    body = await found(world, "birn")

    assert [(each["objectId"], each["deletedDateTime"] is not None) for each in body["value"]] == [(person, True)]


async def test_of_many_some_are_shown_and_that_there_are_more() -> None:
    world = await company(cycles=0)
    for person in plain_people(world, 21):
        rename(world, person, givenName="Annabel")

    body = await found(world, "annabel")

    assert (len(body["value"]), body["more"]) == (20, True)


async def test_searching_takes_no_more_than_the_permissions_that_synchronizing_takes() -> None:
    world = await company(cycles=0)

    body = await found(world, "nobody is called so")

    assert body["value"] == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"search": "  "}, id="spaces"),
        pytest.param({"search": "a" * 101}, id="too long"),
        pytest.param({"search": "a\nb"}, id="a line break"),
        pytest.param({"search": 7}, id="a number"),
        pytest.param({"search": "a", "top": 5}, id="an unknown property"),
        pytest.param([], id="a list"),
    ],
)
async def test_what_cannot_be_searched_for_is_refused(body: object) -> None:
    answer = await ask(body)

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")


async def ask(body: object) -> httpx.Response:
    """Ask without tenants: what is refused must not reach them."""
    engine = memory_engine()
    await apply_configuration(engine, configuration())
    async with administrating(engine) as client:
        return await client.post(f"{JOB}/searchSubjects", json=body)
