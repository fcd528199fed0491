"""Can jobs be listed, shown, started, paused and restarted?"""

import json

import pytest

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run

JOBS = "/v1.0/servicePrincipals/sp-1/synchronization/jobs"
JOB = {
    "id": "contoso-fabrikam",
    "schedule": {"state": "Active", "interval": "PT40M"},
    "status": {"code": "Quarantine", "lastExecution": None, "quarantine": {"reason": "TooManyDeletes"}},
}
SERVICE_PRINCIPAL = ("--service-principal", "sp-1")


def test_jobs_are_listed_over_every_page(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", JOBS, 200, {"value": [JOB], "@odata.nextLink": f"{server.url}{JOBS}?$skiptoken=a"})
    server.answer("GET", f"{JOBS}?$skiptoken=a", 200, {"value": [{**JOB, "id": "second"}]})

    result = run("jobs", "list", *SERVICE_PRINCIPAL, "--url", server.url)

    header, first, second = result.stdout.splitlines()
    assert (result.exit_code, header.split()[:2]) == (0, ["Job", "Schedule"])
    assert first.split() == ["contoso-fabrikam", "Active", "PT40M", "Quarantine", "TooManyDeletes"]
    assert second.startswith("second")


def test_a_program_gets_what_the_server_said(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", JOBS, 200, {"value": [JOB]})
    server.answer("GET", f"{JOBS}/contoso-fabrikam", 200, JOB)

    listed = run("--output", "json", "jobs", "list", *SERVICE_PRINCIPAL, "--url", server.url)
    shown = run("--output", "json", "jobs", "show", "contoso-fabrikam", *SERVICE_PRINCIPAL, "--url", server.url)

    assert json.loads(listed.stdout) == {"value": [JOB]}
    assert json.loads(shown.stdout) == JOB


def test_how_results_are_printed_may_be_said_before_or_behind_the_command(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", JOBS, 200, {"value": [JOB]})
    arguments = ("jobs", "list", *SERVICE_PRINCIPAL, "--url", server.url)

    behind = run(*arguments, "--output", "json")
    both = run("--output", "json", *arguments, "--output", "table")

    assert json.loads(behind.stdout) == {"value": [JOB]}
    assert both.stdout.startswith("Job")


@pytest.mark.parametrize(("verb", "done"), [("start", "started"), ("pause", "paused")])
def test_a_job_is_started_and_paused(run: Run, server: AnsweringServer, verb: str, done: str) -> None:
    server.answer("POST", f"{JOBS}/contoso-fabrikam/{verb}", 204)
    arguments = ("jobs", verb, "contoso-fabrikam", *SERVICE_PRINCIPAL, "--url", server.url)

    told, read = run(*arguments), run("--output", "json", *arguments)

    assert (told.exit_code, told.stdout) == (0, f"{done} contoso-fabrikam\n")
    assert json.loads(read.stdout) == {"id": "contoso-fabrikam", "result": done}
    assert [seen.method for seen in server.seen] == ["POST", "POST"]


def test_an_id_cannot_lead_to_another_address(run: Run, server: AnsweringServer) -> None:
    run("jobs", "start", "../other?x", *SERVICE_PRINCIPAL, "--url", server.url)

    assert [seen.path for seen in server.seen] == [f"{JOBS}/..%2Fother%3Fx/start"]


@pytest.mark.parametrize(
    ("options", "criteria"),
    [((), {}), (("--reset-scope", "Full, ForceDeletes"), {"resetScope": "Full, ForceDeletes"})],
)
def test_a_job_is_restarted_with_the_scope_that_is_named(
    run: Run, server: AnsweringServer, options: tuple[str, ...], criteria: dict[str, str]
) -> None:
    server.answer("POST", f"{JOBS}/contoso-fabrikam/restart", 204)

    result = run("jobs", "restart", "contoso-fabrikam", *options, *SERVICE_PRINCIPAL, "--url", server.url)

    assert (result.exit_code, result.stdout) == (0, "restarted contoso-fabrikam\n")
    assert server.seen[0].body == {"criteria": criteria}


def test_a_statement_is_a_line_for_each_count(run: Run, server: AnsweringServer) -> None:
    answer = {"inScope": 3, "present": 2, "equal": 1, "exceptions": [{"reason": "Conflict", "count": 1}]}
    server.answer("GET", "/v1.0/servicePrincipals/sp/synchronization/jobs/job/statement", 200, answer)

    result = run("jobs", "statement", "job", "--service-principal", "sp", "--url", server.url)

    assert [line.split() for line in result.stdout.splitlines()[1:]] == [
        ["inScope", "3"],
        ["present", "2"],
        ["equal", "1"],
        ["Conflict", "1"],
    ]
