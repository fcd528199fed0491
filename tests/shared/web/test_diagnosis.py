"""Are credentials validated as Graph does it, and is each point that is amiss told?"""

from dataclasses import replace

import httpx
import pytest

from sandbox.scenarios.scenario import Scenario
from shared.orchestration.ports import StorageUnavailable
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import SOURCE, TARGET, people, small_world
from tests.shared.web.calling import calling, error_of
from tests.shared.web.running import job_path, operating

Change = dict[str, object]

BLIND: Change = {"op": "refuseTokens"}
NO_SYNCHRONIZATION: Change = {
    "op": "setPartner",
    "tenantId": SOURCE,
    "set": {"identitySynchronization": {"userSyncInbound": {"isSyncAllowed": False}}},
}
NO_REDEMPTION: Change = {"op": "setPartner", "tenantId": SOURCE, "set": {"automaticUserConsentSettings": None}}
NO_LICENCE: Change = {"op": "setLicences", "skus": []}


async def world(*changes: Change, scenario: Scenario | None = None) -> LocalEngine:
    local = LocalEngine(scenario or small_world(people(1)))
    await local.start()
    local.change_target(*changes)
    return local


async def validated(local: LocalEngine, **options: object) -> httpx.Response:
    async with operating(local) as client:
        return await client.post(job_path(local, "/validateCredentials"), **options)  # type: ignore[arg-type]


async def test_valid_credentials_are_answered_with_nothing() -> None:
    answer = await validated(await world())

    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_body_as_graph_takes_it_changes_nothing() -> None:
    body = {"useSavedCredentials": True, "credentials": [{"key": "CompanyId", "value": TARGET}]}

    assert (await validated(await world(), json=body)).status_code == 204


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (NO_SYNCHRONIZATION, "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"),
        (NO_REDEMPTION, "AzureDirectoryB2BManagementPolicyCheckFailure"),
        (BLIND, "InvalidAuthenticationToken"),
    ],
)
async def test_invalid_ones_are_refused_by_entras_own_code_with_the_remedy(change: Change, code: str) -> None:
    answer = await validated(await world(change))

    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (400, code)
    assert "tenantsync setup target" in error["message"]


async def test_each_reason_stands_in_the_details() -> None:
    error = error_of(await validated(await world(NO_SYNCHRONIZATION, NO_REDEMPTION)))

    assert [each["target"] for each in error["details"]] == ["/inboundSynchronization", "/inboundRedemption"]


async def test_a_warning_does_not_make_credentials_invalid_and_is_told() -> None:
    local = await world()
    local.change(NO_LICENCE)

    assert (await validated(local)).status_code == 204
    async with operating(local) as client:
        found = (await client.get(job_path(local, "/diagnosis"))).json()["value"]
    assert [(each["check"], each["severity"], each["tenantId"]) for each in found] == [("licence", "warning", SOURCE)]
    assert found[0]["remedy"]


async def test_a_graph_that_does_not_answer_says_nothing_of_credentials() -> None:
    local = await world()
    local.simulation.set_faults(switches={"unavailable_before": 1.0})

    answer = await validated(local)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_nothing_is_said_of_a_job_that_there_is_not() -> None:
    local = await world()
    async with operating(local) as client:
        answers = [
            await client.post(f"{job_path(local)}x/validateCredentials"),
            await client.get(f"{job_path(local)}x/diagnosis"),
        ]

    assert [each.status_code for each in answers] == [404, 404]


async def test_looking_changes_nothing() -> None:
    local = await world()
    before = local.writes(), local.writes(SOURCE)
    async with operating(local) as client:
        assert (await client.get(job_path(local, "/diagnosis"))).json() == {"value": []}

    assert (local.writes(), local.writes(SOURCE)) == before


async def test_where_storage_does_not_answer_that_is_what_is_told() -> None:
    local = await world()
    engine = replace(local.engine, configurations=SilentConfigurations())  # type: ignore[arg-type]

    async with calling(engine, "Tenantsync.Operator") as client:
        found = (await client.get(job_path(local, "/diagnosis"))).json()["value"]
        refused = error_of(await client.post(job_path(local, "/validateCredentials")))

    assert [(each["check"], each["outcome"]) for each in found] == [("tables", "failed")]
    assert refused["code"] == "StorageUnavailable"


class SilentConfigurations:
    async def state(self, configuration_id: str) -> None:
        raise StorageUnavailable(configuration_id)
