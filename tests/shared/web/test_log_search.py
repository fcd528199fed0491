"""What does the API find in the logs when it is asked for something?"""

from typing import Any
from urllib.parse import quote

import pytest

from tests.engine.local_engine import LocalEngine
from tests.shared.web.calling import LOGS, calling, error_of
from tests.shared.web.running import company, operating


async def told(world: LocalEngine, text: str, *, top: int = 1000, orderby: str = "") -> list[dict[str, Any]]:
    """All records that a filter finds, page after page."""
    order = f"&$orderby={quote(orderby)}" if orderby else ""
    link: str | None = f"{LOGS}?$top={top}&$filter={quote(text)}{order}"
    found: list[dict[str, Any]] = []
    async with operating(world) as client:
        while link:
            answer = await client.get(link)
            assert answer.status_code == 200, answer.text
            found += answer.json()["value"]
            link = answer.json().get("@odata.nextLink")
    return found


async def every(world: LocalEngine) -> list[dict[str, Any]]:
    async with operating(world) as client:
        found: list[dict[str, Any]] = (await client.get(f"{LOGS}?$top=1000")).json()["value"]
    return found


def at(record: object, path: str) -> str:
    """What a record shows at a path; empty where there is nothing."""
    for name in path.split("/"):
        record = record.get(name) if isinstance(record, dict) else None
    return str(record or "")


LOOKED_UP = [
    "id",
    "changeId",
    "cycleId",
    "provisioningAction",
    "provisioningStatusInfo/status",
    "sourceIdentity/id",
    "targetIdentity/id",
    "jobId",
    "tenantId",
    "servicePrincipal/displayName",
    "sourceSystem/displayName",
    "targetSystem/id",
]
SEARCHED = [
    "sourceIdentity/displayName",
    "sourceIdentity/details/UserPrincipalName",
    "initiatedBy/displayName",
    "provisioningStatusInfo/errorInformation/errorCode",
]
BEGIN = "activityDateTime ge 2026-01-01T00:00:00Z"


@pytest.mark.parametrize("name", [*LOOKED_UP, *SEARCHED])
async def test_each_property_finds_exactly_the_records_that_show_the_value(name: str) -> None:
    world = await company(cycles=2)
    records = await every(world)
    values = sorted({value for record in records if (value := at(record, name))})
    assert values

    for value in (values[0], values[-1]):
        quoted = value.replace("'", "''")
        bound = f" and {BEGIN}" if name in SEARCHED else ""
        found = await told(world, f"{name} eq '{quoted}'{bound}", top=7)
        assert found == [record for record in records if at(record, name) == value]


@pytest.mark.parametrize("name", ["sourceIdentity/displayName", "cycleId", "sourceIdentity/id", "jobId"])
async def test_contains_finds_parts_within_a_time_range(name: str) -> None:
    world = await company(cycles=1)
    records = await every(world)
    part = at(records[0], name)[1:4]

    found = await told(world, f"contains({name},'{part.replace(chr(39), chr(39) * 2)}') and {BEGIN}")

    assert found == [record for record in records if part in at(record, name)]


async def test_conditions_are_joined_and_times_bound() -> None:
    world = await company(cycles=2)
    records = await every(world)
    middle = records[len(records) // 2]["activityDateTime"]

    found = await told(world, f"provisioningAction eq 'create' and activityDateTime lt {middle}")

    assert found == [
        each for each in records if each["provisioningAction"] == "create" and each["activityDateTime"] < middle
    ]
    assert await told(world, f"activityDateTime ge {middle} and activityDateTime lt {middle}") == []
    assert await told(world, "id eq 'a' and changeId eq 'b'") == []
    assert await told(world, f"durationInMilliseconds ge 0 and {BEGIN}") == records


async def test_the_oldest_come_first_where_that_is_asked_for() -> None:
    world = await company(cycles=2)

    found = await told(world, "provisioningAction eq 'create'", top=9, orderby="activityDateTime asc")

    times = [each["activityDateTime"] for each in found]
    assert times == sorted(times)
    assert {each["id"] for each in found} == {
        each["id"] for each in await every(world) if each["provisioningAction"] == "create"
    }
    assert found == await told(world, "provisioningAction eq 'create'", top=9, orderby="activityDateTime")


@pytest.mark.parametrize(
    ("query", "told_of"),
    [
        (
            "$filter=action eq 'create'",
            "character 1: 'action' is no property to filter by; allowed are activityDateTime",
        ),
        ("$filter=provisioningAction eq 'created'", "character 23: 'create' or 'update' or"),
        ("$filter=contains(sourceIdentity/displayName,'a')", "needs a bounded time range; add one such as"),
        ("$filter=contains(sourceIdentity/displayName,'a') and activityDateTime lt 2026-01-01", "bounded time range"),
        ("$filter=initiatedBy/id eq 'a'", "character 1: eq on initiatedBy/id looks through the records one by one"),
        ("$filter=", "it ends where a property"),
        ("$orderby=id", "$orderby must be 'activityDateTime asc' or 'activityDateTime desc'"),
        ("$orderby=activityDateTime asc, id", "$orderby must be"),
        ("$orderby=", "$orderby must be"),
    ],
)
async def test_what_is_not_understood_is_refused_with_its_place(query: str, told_of: str) -> None:
    world = await company(cycles=0)

    async with operating(world) as client:
        for path in (LOGS, f"{LOGS}/download"):
            answer = await client.get(f"{path}?{query}")
            assert (answer.status_code, error_of(answer)["code"]) == (400, "BadRequest")
            assert told_of in error_of(answer)["message"]


async def test_others_records_are_not_found() -> None:
    world = await company(cycles=1)
    [one, *_] = await every(world)

    async with calling(world.engine, "Tenantsync.Reader:another") as client:
        answer = await client.get(f"{LOGS}?$filter=id eq '{one['id']}'")

    assert answer.json()["value"] == []
