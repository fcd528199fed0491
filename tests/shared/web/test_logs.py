"""What does the API tell of what was done to whom?"""

from typing import Any, cast

import pytest
from kiota_abstractions.serialization import ParsableFactory
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.models.provisioning_action import ProvisioningAction
from msgraph.generated.models.provisioning_object_summary_collection_response import (
    ProvisioningObjectSummaryCollectionResponse,
)

from tests.engine.local_engine import LocalEngine
from tests.shared.web.calling import LOGS, calling, error_of
from tests.shared.web.running import company, job_path, operating, plain_people

STEP_TYPES = {"import", "scoping", "matching", "processing", "referenceResolution", "export"}


async def records(world: LocalEngine, path: str = f"{LOGS}?$top=1000") -> list[dict[str, Any]]:
    async with operating(world) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["value"]
    return found


async def test_a_record_has_graphs_shape() -> None:
    world = await company(cycles=1)
    [person] = plain_people(world, 1)

    [record] = [each for each in await records(world) if each["sourceIdentity"]["id"] == person]

    document = world.documents[0]
    assert record["id"] == record["changeId"]
    assert (record["tenantId"], record["jobId"]) == (world.source_id, document["id"])
    assert record["provisioningAction"] == "create"
    assert record["provisioningStatusInfo"] == {"status": "success", "errorInformation": None}
    assert record["initiatedBy"]["initiatorType"] == "system"
    assert record["servicePrincipal"] == {
        "id": document["source"]["servicePrincipalId"],
        "displayName": document["displayName"],
    }
    assert (record["sourceSystem"]["id"], record["targetSystem"]["id"]) == (world.source_id, world.target_id)
    assert record["targetIdentity"]["id"]
    assert {step["provisioningStepType"] for step in record["provisioningSteps"]} <= STEP_TYPES
    assert {"displayName": "userType", "oldValue": "Guest", "newValue": "Member"} in record["modifiedProperties"]


async def test_a_failure_says_why_and_what_to_do() -> None:
    world = await company(cycles=1)

    failed = [each for each in await records(world) if each["provisioningStatusInfo"]["status"] == "failure"]

    assert failed
    for record in failed:
        error = record["provisioningStatusInfo"]["errorInformation"]
        assert set(error) == {"errorCode", "reason", "additionalDetails", "errorCategory", "recommendedAction"}
        assert error["errorCategory"] in {"failure", "nonServiceFailure"}


async def test_records_of_a_cycle_share_its_id_and_the_status_names_it() -> None:
    world = await company(cycles=1)

    async with operating(world) as client:
        job = (await client.get(job_path(world))).json()

    ids = {record["cycleId"] for record in await records(world)}
    assert job["status"]["lastSuccessfulExecutionWithExports"]["activityIdentifier"] in ids


async def test_pages_follow_each_other_on_the_requests_own_host() -> None:
    world = await company(cycles=1)
    every = await records(world)
    found: list[dict[str, Any]] = []

    link: str | None = f"{LOGS}?$top=7"
    async with operating(world) as client:
        while link:
            page = (await client.get(link)).json()
            found += page["value"]
            link = page.get("@odata.nextLink")
            assert link is None or link.startswith(f"https://sync.example{LOGS}?$top=7&$skiptoken=")

    assert found == every
    times = [record["activityDateTime"] for record in found]
    assert times == sorted(times, reverse=True)


async def test_others_logs_are_not_seen() -> None:
    world = await company(cycles=1)

    async with calling(world.engine, "Tenantsync.Reader:another") as client:
        answer = await client.get(LOGS)

    assert (answer.status_code, answer.json()["value"]) == (200, [])


@pytest.mark.parametrize(
    "query",
    [
        "$top=0",
        "$top=1001",
        "$top=x",
        "$top=",
        "$top=1.5",
        "$skiptoken=x",
        "$skiptoken=%00",
        "$filter=action eq 'create'",
        "$orderby=id",
        "$search=x",
        "top=5",
    ],
)
async def test_what_is_not_understood_is_refused(query: str) -> None:
    world = await company(cycles=0)

    async with operating(world) as client:
        answer = await client.get(f"{LOGS}?{query}")

    assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")


async def test_graphs_own_client_understands_the_page() -> None:
    world = await company(cycles=1)
    async with operating(world) as client:
        content = (await client.get(LOGS)).content

    node = JsonParseNodeFactory().get_root_parse_node("application/json", content)
    factory = cast(
        "ParsableFactory[ProvisioningObjectSummaryCollectionResponse]", ProvisioningObjectSummaryCollectionResponse
    )
    page = node.get_object_value(factory)

    assert page is not None
    assert page.value
    actions = {record.provisioning_action for record in page.value}
    assert ProvisioningAction.Create in actions
    assert all(record.activity_date_time and record.provisioning_steps for record in page.value)
