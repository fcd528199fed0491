"""What does the API tell of jobs, and does it steer them?"""

from dataclasses import replace
from typing import Any, cast

from kiota_abstractions.serialization import ParsableFactory
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.models.synchronization_job import SynchronizationJob
from msgraph.generated.models.synchronization_status_code import SynchronizationStatusCode

from shared.cycles.state import Quarantine, QuarantineReason
from tests.engine.local_engine import START, LocalEngine
from tests.shared.web.calling import JOBS
from tests.shared.web.running import company, job_path, jobs_path, operating

UNSET = "0001-01-01T00:00:00Z"


async def read(world: LocalEngine, below: str = "") -> dict[str, Any]:
    async with operating(world) as client:
        answer = await client.get(job_path(world, below))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_job_that_never_ran_has_graphs_shape() -> None:
    world = await company(cycles=0)
    await world.engine.configurations.save(replace(await world.state(), active=False, ever_started=False))

    job = await read(world)

    principal = world.documents[0]["source"]["servicePrincipalId"]
    what = f"servicePrincipals('{principal}')/synchronization/jobs/$entity"
    assert job == {
        "@odata.context": f"https://sync.example/v1.0/$metadata#{what}",
        "id": "lindenhof-to-marisol",
        "templateId": "Azure2Azure",
        "schedule": {"interval": "PT10M", "state": "Disabled", "expiration": None},
        "status": {
            "code": "NotRun",
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": False,
            "lastExecution": None,
            "lastSuccessfulExecution": None,
            "lastSuccessfulExecutionWithExports": None,
            "progress": [],
            "quarantine": None,
            "steadyStateFirstAchievedTime": UNSET,
            "steadyStateLastAchievedTime": UNSET,
            "synchronizedEntryCountByType": [],
            "troubleshootingUrl": None,
        },
        "synchronizationJobSettings": [],
    }


async def test_a_job_that_ran_tells_of_its_last_cycle() -> None:
    world = await company(cycles=1)

    status = (await read(world))["status"]

    execution = status["lastSuccessfulExecution"]
    assert (status["code"], status["lastExecution"]) == ("Active", execution)
    assert execution["state"] in {"Succeeded", "EntryLevelErrors"}
    assert (execution["state"] == "EntryLevelErrors") == (execution["countEscrowed"] > 0)
    assert execution["countExported"] > 0
    assert execution["countImported"] >= execution["countEntitled"] > 0
    assert status["synchronizedEntryCountByType"] == [{"key": "User", "value": execution["countEntitled"]}]
    assert execution["timeBegan"] <= execution["timeEnded"] == status["steadyStateFirstAchievedTime"]


async def test_a_quarantine_is_told_with_its_reason() -> None:
    world = await company(cycles=0)
    held = Quarantine(reason=QuarantineReason.TOO_MANY_DELETES, began=START, code="TooManyDeletes", message="Held.")
    await world.engine.configurations.save(replace(await world.state(), quarantine=held))

    status = (await read(world))["status"]

    assert status["code"] == "Quarantine"
    assert status["quarantine"] == {
        "currentBegan": "2026-01-05T00:00:00Z",
        "nextAttempt": "2026-01-05T00:00:00Z",
        "reason": "TooManyDeletes",
        "seriesBegan": "2026-01-05T00:00:00Z",
        "seriesCount": 1,
        "error": {"code": "TooManyDeletes", "message": "Held.", "tenantActionable": True},
    }


async def test_a_running_cycle_shows_how_far_it_has_read() -> None:
    world = await company(cycles=0)
    while not (await world.state()).running:
        await world.step()

    [progress] = (await read(world))["status"]["progress"]

    assert set(progress) == {"units", "completedUnits", "totalUnits", "progressObservationDateTime"}


async def test_graphs_own_client_understands_the_job() -> None:
    world = await company(cycles=1)
    async with operating(world) as client:
        content = (await client.get(job_path(world))).content

    node = JsonParseNodeFactory().get_root_parse_node("application/json", content)
    job = node.get_object_value(cast("ParsableFactory[SynchronizationJob]", SynchronizationJob))

    assert job is not None
    assert job.status is not None
    assert job.status.code is SynchronizationStatusCode.Active
    assert job.status.last_execution is not None
    assert job.status.last_execution.count_exported
    assert job.schedule is not None
    assert job.schedule.interval is not None
    assert job.schedule.interval.total_seconds() == 600


async def test_the_list_holds_the_jobs_of_this_service_principal() -> None:
    world = await company(cycles=0)

    async with operating(world) as client:
        jobs = (await client.get(jobs_path(world))).json()
        job = (await client.get(job_path(world))).json()
        none = (await client.get(JOBS)).json()

    del job["@odata.context"]
    assert (jobs["value"], none["value"]) == ([job], [])


async def test_a_job_is_paused_and_started() -> None:
    world = await company(cycles=0)

    async with operating(world) as client:
        answers = [await client.post(job_path(world, "/pause"))]
        paused = (await read(world))["status"]["code"]
        answers.append(await client.post(job_path(world, "/start")))
        started = (await read(world))["status"]["code"]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert (paused, started) == ("Paused", "Active")


async def test_nobody_starts_what_does_not_exist() -> None:
    world = await company(cycles=0)

    async with operating(world) as client:
        answers = [await client.post(f"{jobs_path(world)}/unknown/{verb}") for verb in ("start", "pause")]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_cycles_are_listed_newest_first_with_their_counters() -> None:
    world = await company(cycles=3)

    cycles = (await read(world, "/cycles?$top=2"))["value"]
    every = (await read(world, "/cycles"))["value"]

    numbers = [cycle["number"] for cycle in every]
    assert numbers == sorted(numbers, reverse=True)
    assert cycles == every[:2]
    first = every[-1]
    assert set(first) == {
        "number",
        "kind",
        "state",
        "phase",
        "startedDateTime",
        "completedDateTime",
        "configurationVersion",
        "imported",
        "inScope",
        "skipped",
        "staged",
        "policyChanges",
        "closing",
        "forecast",
        "error",
        "actions",
        "drifted",
        "targetError",
    }
    assert (first["kind"], first["state"], first["error"]) == ("initial", "completed", None)
    assert set(first["actions"]) == {"create", "update", "disable", "delete", "other"}
    assert all(set(results) == {"success", "failure", "skipped"} for results in first["actions"].values())
    assert first["actions"]["create"]["success"] > 0


async def test_the_workload_is_counted() -> None:
    world = await company(cycles=1)

    workload = await read(world, "/workload")

    assert set(workload) == {
        *("due", "waiting", "staged", "escrowed", "delayed", "creates"),
        *("expectedEndDateTime", "forecast"),
    }
    assert (workload["due"], workload["waiting"], workload["creates"]) == (0, 0, 0)
    assert workload["expectedEndDateTime"] is None


async def test_how_everybody_stands_is_told_now_and_of_each_cycle() -> None:
    world = await company(cycles=2)

    now = await read(world, "/statement")
    cycles = (await read(world, "/cycles"))["value"]

    judged = world.judge().closing
    assert now["present"] == judged.present
    assert now["equal"] + sum(each["count"] for each in now["exceptions"]) >= now["present"]
    first, last = cycles[-1]["closing"], cycles[0]["closing"]
    assert (first["present"], first["inScope"]) == (0, sum(each["count"] for each in first["exceptions"]))
    assert {each["reason"] for each in first["exceptions"]} >= {"Pending"}
    assert last["present"] > 0
    assert set(now) == set(first) == {"inScope", "present", "equal", "exceptions"}


async def test_a_mail_that_could_not_be_sent_shows_in_the_status() -> None:
    world = await company(cycles=0)
    await world.engine.configurations.save(replace(await world.state(), notification_error="held: Forbidden"))

    job = await read(world)

    assert job["synchronizationJobSettings"] == [{"name": "NotificationError", "value": "held: Forbidden"}]
