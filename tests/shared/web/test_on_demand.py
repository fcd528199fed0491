"""What does the API make of people who are to be provisioned now?"""

import json
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.orchestration.apply_configuration import apply_configuration
from tests.shared.fakes import configuration, memory_engine
from tests.shared.web.calling import JOB, OBJECT_ID, administrating, error_of
from tests.shared.web.running import company, job_path, operating, plain_people

SOMEBODY = "00000000-0000-4000-8000-00000000dead"
JSON = {"Content-Type": "application/json"}


def subject(object_id: str = SOMEBODY, **changes: object) -> dict[str, object]:
    return {"objectId": object_id, "objectTypeName": "User", **changes}


def group(*members: object, object_id: str = SOMEBODY) -> dict[str, object]:
    return {"objectId": object_id, "objectTypeName": "Group", "links": {"members": list(members)}}


def body(*subjects: object, **changes: object) -> dict[str, Any]:
    return {"parameters": [{"ruleId": "USER_INBOUND_USER", "subjects": list(subjects), **changes}]}


async def test_one_person_is_answered_with_an_object() -> None:
    world = await company(cycles=0)
    [person] = plain_people(world, 1)

    async with operating(world) as client:
        answer = await client.post(job_path(world, "/provisionOnDemand"), json=body(subject(person.upper())))

    found = answer.json()
    value = json.loads(found["value"])
    assert answer.status_code == 200
    assert set(found) == {"@odata.context", "key", "value"}
    assert json.loads(found["key"]) == {"result": "Success", "details": {"errorCode": "", "errorMessage": ""}}
    assert (value["action"], value["statusInfo"]["status"]) == ("Create", "Success")
    assert (value["sourceIdentity"]["id"], value["targetIdentity"]["id"] != "") == (person, True)
    assert set(value) == {
        "action",
        "changeId",
        "startTime",
        "endTime",
        "reportableIdentifier",
        "modifiedProperties",
        "provisioningSteps",
        "statusInfo",
        "sourceIdentity",
        "sourceSystem",
        "targetIdentity",
        "targetSystem",
    }
    assert [step["type"] for step in value["provisioningSteps"]] == [
        "Import",
        "Scoping",
        "Matching",
        "Processing",
        "Export",
    ]
    assert value["provisioningSteps"][1]["details"] == {
        "IsActive": "True",
        "Assigned": "True",
        "IsEffectivelyEntitledForProvisioning": "True",
        "IsInProvisioningScopeDisplayName": "True",
        "ScopeEvaluationResult": "{}",
        "SkipReason": "",
    }


async def test_several_people_are_answered_with_a_list_and_one_result_for_all() -> None:
    world = await company(cycles=1)
    people = plain_people(world, 2)
    world.clock.time += timedelta(hours=1)

    async with operating(world) as client:
        answer = await client.post(
            job_path(world, "/provisionOnDemand"), json=body(*map(subject, people), subject(SOMEBODY))
        )

    found = answer.json()
    assert [each["sourceIdentity"]["id"] for each in json.loads(found["value"])] == [*people, SOMEBODY]
    assert json.loads(found["key"])["result"] == "Skipped"


async def test_the_log_says_who_asked() -> None:
    world = await company(cycles=0)
    [person] = plain_people(world, 1)

    async with operating(world) as client:
        answer = await client.post(job_path(world, "/provisionOnDemand"), json=body(subject(person)))
        [record] = (await client.get("/v1.0/auditLogs/provisioning")).json()["value"]

    assert record["initiatedBy"] == {"id": OBJECT_ID, "displayName": "Ada Lovelace", "initiatorType": "user"}
    assert record["changeId"] == json.loads(answer.json()["value"])["changeId"]


async def test_logs_of_the_app_hold_nothing_personal(caplog: pytest.LogCaptureFixture) -> None:
    world = await company(cycles=0)
    [person] = plain_people(world, 1)
    found = next(user for user in world.simulation.dump(world.source_id)["users"] if user["id"] == person)

    with caplog.at_level(logging.DEBUG, logger="shared"):
        async with operating(world) as client:
            await client.post(job_path(world, "/provisionOnDemand"), json=body(subject(person)))
            principal = client.headers["X-MS-CLIENT-PRINCIPAL"]

    said = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert person in said
    assert not [secret for secret in (found["mail"], found["displayName"], principal, "Ada") if secret in said]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(body(), id="nobody"),
        pytest.param(body(*(subject() for _ in range(6))), id="six"),
        pytest.param({"parameters": [*body(subject())["parameters"] * 6]}, id="six in several parameters"),
        pytest.param({"parameters": []}, id="no parameters"),
        pytest.param({}, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param(body(subject(), ruleId="another"), id="another rule"),
        pytest.param(body(subject(), ruleId=7), id="a number as rule"),
        pytest.param(body(subject(), unknown=1), id="an unknown property"),
        pytest.param(body(subject(links={"friends": []})), id="unknown links"),
        pytest.param(body(subject(links=[])), id="links that are a list"),
        pytest.param({**body(subject()), "unknown": 1}, id="an unknown property outside"),
        pytest.param(body(subject(objectTypeName="Device")), id="a device"),
        pytest.param(body(subject(objectTypeName="Group"), subject()), id="a group beside a person"),
        pytest.param(body(group(*(subject() for _ in range(6)))), id="a group with six members"),
        pytest.param(body(group(group())), id="a group in a group"),
        pytest.param(body(group(subject("no id"))), id="a member without an id"),
        pytest.param(body({"objectId": SOMEBODY}), id="no type"),
        pytest.param(body(subject("../../users")), id="no id"),
        pytest.param(body(subject("")), id="an empty id"),
        pytest.param(body(subject(SOMEBODY + "\n")), id="an id with a line break"),
        pytest.param(body(subject(objectId=7)), id="a number as id"),
        pytest.param(body(subject(objectId=None)), id="null as id"),
        pytest.param(body("x"), id="text as subject"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(asked: object) -> None:
    answer = await ask(json.dumps(asked).encode())

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"parameters": ' + b"9" * 10_000 + b"}",
        b'{"parameters": NaN}',
        b'{"parameters": [], "parameters": []}',
        b'{"parameters": "\xff"}',
        b'{"parameters": "\\ud800"}',
    ],
)
async def test_hostile_bodies_are_refused(content: bytes) -> None:
    answer = await ask(content)

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    "asked",
    [
        {"parameters": [{"subjects": [subject()]}]},
        body(subject(), ruleId=None),
        body(subject(), subject()),
        body(subject(links=None)),
        body(subject(links={"manager": subject(), "members": [subject()], "owners": []})),
        {"@odata.type": "#a", **body({"@odata.type": "#c", **subject()}, **{"@odata.type": "#b"})},
    ],
    ids=["no rule", "null as rule", "twice", "null as links", "links", "types"],
)
async def test_what_graph_lets_be_written_or_left_out_makes_no_difference(asked: object) -> None:
    world = await company(cycles=1)

    async with operating(world) as client:
        answer = await client.post(job_path(world, "/provisionOnDemand"), json=asked)

    assert json.loads(answer.json()["value"])["sourceIdentity"]["id"] == SOMEBODY


async def ask(content: bytes) -> httpx.Response:
    """Ask without tenants: what is refused must not reach them."""
    engine = memory_engine()
    await apply_configuration(engine, configuration())
    async with administrating(engine) as client:
        return await client.post(f"{JOB}/provisionOnDemand", content=content, headers=JSON)
