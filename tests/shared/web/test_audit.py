"""What does the API tell of who did what, and how does one go back to an older version?"""

from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest
from kiota_abstractions.serialization import ParsableFactory
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.models.directory_audit_collection_response import DirectoryAuditCollectionResponse
from msgraph.generated.models.operation_result import OperationResult

from shared.orchestration.engine import Engine
from tests.engine.local_engine import JumpingClock
from tests.shared.configuration.documents import document
from tests.shared.fakes import memory_engine
from tests.shared.web.calling import JOB, LOGS, OBJECT_ID, administrating, calling, error_of
from tests.shared.web.running import company, job_path, plain_people

AUDITS = "/v1.0/auditLogs/directoryAudits"


async def audits(client: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    answer = await client.get(f"{AUDITS}{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["value"]
    return found


def later(engine: Engine) -> None:
    assert isinstance(engine.clock, JumpingClock)
    engine.clock.time = engine.clock.time.replace(microsecond=0) + (engine.clock.time.resolution * 1_000_000)


async def put(client: httpx.AsyncClient, engine: Engine, changes: dict[str, Any], **headers: str) -> httpx.Response:
    later(engine)
    return await client.put(f"{JOB}/configuration", json=document(changes), headers=headers)


async def test_an_act_has_graphs_shape() -> None:
    engine = memory_engine()
    async with administrating(engine) as client:
        await put(client, engine, {})
        reason = {"Tenantsync-Reason": quote("schneller, für Zoë")}
        await put(client, engine, {"/interval": "PT20M"}, **reason)

        [changed, added] = await audits(client)

    assert changed["activityDisplayName"] == "Update provisioning setting or credentials"
    assert added["activityDisplayName"] == "Add provisioning configuration"
    assert (changed["category"], changed["loggedByService"]) == ("ProvisioningManagement", "Account Provisioning")
    assert (changed["result"], changed["operationType"]) == ("success", "Update")
    assert changed["initiatedBy"]["user"]["id"] == OBJECT_ID
    assert changed["initiatedBy"]["user"]["displayName"] == "Ada Lovelace"
    [target] = changed["targetResources"]
    assert target["id"] == "contoso-fabrikam"
    assert target["modifiedProperties"] == [{"displayName": "/interval", "oldValue": '"PT40M"', "newValue": '"PT20M"'}]
    assert changed["additionalDetails"] == [
        {"key": "Reason", "value": "schneller, für Zoë"},
        {"key": "ReplacedVersion", "value": "1"},
        {"key": "Version", "value": "2"},
    ]


async def test_every_act_is_written_down() -> None:
    world = await company(cycles=1)
    [one] = plain_people(world, 1)
    subjects = [{"objectId": one, "objectTypeName": "User"}]
    async with administrating(world.engine) as client:
        for call in (
            client.post(job_path(world, "/pause")),
            client.post(job_path(world, "/start")),
            client.post(job_path(world, "/approve"), json={"digest": "0" * 32}),
            client.post(job_path(world, "/provisionOnDemand"), json={"parameters": [{"subjects": subjects}]}),
            client.put("/v1.0/readOnly", json={"readOnly": True}),
            client.get(f"{LOGS}/download?$filter=provisioningAction eq 'create'"),
            client.delete(job_path(world)),
        ):
            later(world.engine)
            await call
        found = (await audits(client))[::-1]

    assert [(each["activityDisplayName"], each["result"]) for each in found] == [
        ("Disable/pause provisioning configuration", "success"),
        ("Enable/start provisioning configuration", "success"),
        ("Approve held changes", "failure"),
        ("Provision on demand", "success"),
        ("Update read-only mode", "success"),
        ("Download provisioning logs", "success"),
        ("Delete provisioning configuration", "success"),
    ]
    assert [each["id"] for each in found[3]["targetResources"]] == [world.documents[0]["id"], one]
    assert found[2]["resultReason"].startswith("NothingHeld")
    assert {"key": "Filter", "value": "provisioningAction eq 'create'"} in found[5]["additionalDetails"]
    assert found[0]["targetResources"][0]["modifiedProperties"] == [
        {"displayName": "active", "oldValue": "true", "newValue": "false"}
    ]


async def test_acts_are_filtered_ordered_and_paged() -> None:
    engine = memory_engine()
    async with administrating(engine) as client:
        for minutes in range(10, 17):
            await put(client, engine, {"/interval": f"PT{minutes}M"})
        every = await audits(client)
        page = (await client.get(f"{AUDITS}?$top=3&$orderby=activityDateTime asc")).json()
        rest = (await client.get(page["@odata.nextLink"])).json()
        middle = every[3]["activityDateTime"]

        assert page["value"] + rest["value"] == every[::-1][:6]
        assert await audits(client, "?$filter=activityDisplayName eq 'Add provisioning configuration'") == [every[-1]]
        assert await audits(client, f"?$filter=activityDateTime gt {middle}") == every[:3]
        assert await audits(client, f"?$filter=initiatedBy/user/id eq '{OBJECT_ID}' and result eq 'success'") == every
        assert await audits(client, "?$filter=initiatedBy/user/id eq 'x'") == []
        assert await audits(client, f"?$filter=id eq '{every[2]['id']}'") == [every[2]]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("$filter=activity eq 'x'", "'activity' is no property"),
        ("$filter=result eq 'x'", "'success' or 'failure' or 'timeout'"),
        ("$orderby=id", "$orderby must be"),
        ("$skiptoken=x", "$skiptoken is not one"),
    ],
)
async def test_what_is_not_understood_is_refused(query: str, told: str) -> None:
    async with administrating(memory_engine()) as client:
        answer = await client.get(f"{AUDITS}?{query}")

    assert answer.status_code == 400
    assert told in error_of(answer)["message"]


async def test_only_acts_on_what_one_may_see_are_told() -> None:
    engine = memory_engine()
    async with administrating(engine) as client:
        await put(client, engine, {})
        await client.put("/v1.0/readOnly", json={"readOnly": True})
    async with (
        calling(engine, "Tenantsync.Reader:contoso-fabrikam") as reader,
        calling(engine, "Tenantsync.Reader:another") as other,
    ):
        assert [each["activityDisplayName"] for each in await audits(reader)] == ["Add provisioning configuration"]
        assert await audits(other) == []


async def test_graphs_own_client_understands_the_page() -> None:
    engine = memory_engine()
    async with administrating(engine) as client:
        await put(client, engine, {})
        content = (await client.get(AUDITS)).content

    node = JsonParseNodeFactory().get_root_parse_node("application/json", content)
    factory = cast("ParsableFactory[DirectoryAuditCollectionResponse]", DirectoryAuditCollectionResponse)
    page = node.get_object_value(factory)

    assert page is not None
    assert page.value
    [act] = page.value
    assert act.result is OperationResult.Success
    assert act.initiated_by is not None
    assert act.initiated_by.user is not None
    assert act.target_resources is not None
    assert act.target_resources[0].modified_properties
    assert act.activity_date_time == engine.clock.now()


async def test_versions_are_listed_read_compared_and_come_back() -> None:
    engine = memory_engine()
    async with administrating(engine) as client:
        await put(client, engine, {})
        await put(client, engine, {"/interval": "PT20M"})
        listed = (await client.get(f"{JOB}/configuration/versions")).json()["value"]
        first = await client.get(f"{JOB}/configuration/versions/1")
        changed = (await client.get(f"{JOB}/configuration/diff?from=1")).json()
        back = await client.post(f"{JOB}/configuration/rollback", json={"version": 1}, headers={"If-Match": '"2"'})
        again = await client.post(f"{JOB}/configuration/rollback", json={"version": 2}, headers={"If-Match": '"2"'})

    assert [(each["version"], each["current"], each["replaces"]) for each in listed] == [(2, True, 1), (1, False, None)]
    assert listed[0]["createdBy"]["displayName"] == "Ada Lovelace"
    assert (first.headers["ETag"], first.json()["interval"]) == ('"1"', "PT40M")
    assert changed == {
        "from": 1,
        "to": 2,
        "value": [{"path": "/interval", "oldValue": "PT40M", "newValue": "PT20M"}],
    }
    assert (back.status_code, back.headers["ETag"], back.json()["interval"]) == (200, '"3"', "PT40M")
    assert again.status_code == 412


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "versions/9", None, 404),
        ("GET", "versions/x", None, 404),
        ("GET", "versions/0", None, 404),
        ("GET", "versions/99999999999", None, 404),
        ("GET", "diff", None, 400),
        ("GET", "diff?from=0", None, 400),
        ("GET", "diff?from=1&to=7", None, 404),
        ("POST", "rollback", {"version": 7}, 404),
        ("POST", "rollback", {"version": -1}, 404),
        ("POST", "rollback", {"version": "1"}, 400),
        ("POST", "rollback", {}, 400),
    ],
)
async def test_versions_that_are_none_are_refused(method: str, path: str, body: object, status: int) -> None:
    engine = memory_engine()
    async with administrating(engine) as client:
        await put(client, engine, {})
        answer = await client.request(method, f"{JOB}/configuration/{path}", json=body)

    assert answer.status_code == status
    assert error_of(answer)["message"]


@pytest.mark.parametrize("reason", ["a%0Ab", "x" * 600, "%FF%00"])
async def test_a_reason_that_is_no_text_is_refused(reason: str) -> None:
    engine = memory_engine()
    async with administrating(engine) as client:
        answer = await put(client, engine, {}, **{"Tenantsync-Reason": reason})

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")
