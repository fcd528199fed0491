"""Can a document be checked offline and applied, and is every problem shown?"""

import json
from pathlib import Path

import pytest

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run
from tests.shared.configuration.documents import ABSENT, SERVICE_PRINCIPAL, document

JOB = f"/v1.0/servicePrincipals/{SERVICE_PRINCIPAL}/synchronization/jobs/contoso-fabrikam"
VALID = json.dumps(document())
INVALID = json.dumps(document({"/id": "?", "/target/tenantId": ABSENT, "/intervall": "PT40M"}))


@pytest.fixture
def valid(tmp_path: Path) -> str:
    return written(tmp_path, VALID)


@pytest.fixture
def invalid(tmp_path: Path) -> str:
    return written(tmp_path, INVALID)


def written(folder: Path, text: str) -> str:
    file = folder / "configuration.json"
    file.write_text(text, "utf-8")
    return str(file)


def test_a_valid_document_is_called_valid(run: Run, valid: str) -> None:
    result = run("configuration", "validate", valid)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "valid\n", "")


def test_every_problem_of_a_document_is_a_line_with_its_path(run: Run, invalid: str) -> None:
    result = run("configuration", "validate", invalid)

    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [
        "/id",
        "/intervall",
        "/target/tenantId",
    ]
    assert 'did you mean "interval"?' in result.stdout


def test_problems_can_be_read_by_a_program(run: Run, invalid: str) -> None:
    result = run("--output", "json", "configuration", "validate", invalid)

    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["valid"]) == (1, False)
    assert [problem["path"] for problem in answer["problems"]] == ["/id", "/intervall", "/target/tenantId"]


def test_a_valid_document_can_be_read_by_a_program(run: Run, valid: str) -> None:
    result = run("--output", "json", "configuration", "validate", valid)

    assert json.loads(result.stdout) == {"valid": True, "id": "contoso-fabrikam", "problems": []}


def test_a_hyphen_is_standard_input(run: Run) -> None:
    result = run("configuration", "validate", "-", stdin="{")

    assert result.exit_code == 1
    assert result.stdout.startswith("(document): is not JSON: line 1, column 2")


@pytest.mark.parametrize("name", ["absent.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_one_line_on_standard_error(run: Run, tmp_path: Path, name: str) -> None:
    result = run("configuration", "validate", f"{tmp_path}/{name}")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("tenantsync: cannot read ")
    assert result.stderr.count("\n") == 1


def test_a_document_is_put_where_its_ids_say(run: Run, server: AnsweringServer, valid: str) -> None:
    server.answer("PUT", f"{JOB}/configuration", 204)

    result = run("configuration", "apply", valid, "--url", server.url)

    (seen,) = server.seen
    assert (result.exit_code, result.stdout) == (0, "applied contoso-fabrikam\n")
    assert (seen.method, seen.path, seen.authorization) == ("PUT", f"{JOB}/configuration", None)
    assert (seen.body["id"], seen.body["interval"]) == ("contoso-fabrikam", "PT40M")


def test_what_was_applied_can_be_read_by_a_program(run: Run, server: AnsweringServer, valid: str) -> None:
    server.answer("PUT", f"{JOB}/configuration", 200, {"id": "contoso-fabrikam", "interval": "PT10M"})

    result = run("--output", "json", "configuration", "apply", valid, "--url", server.url)

    assert json.loads(result.stdout) == {"id": "contoso-fabrikam", "interval": "PT10M"}


def test_an_invalid_document_is_not_sent(run: Run, server: AnsweringServer, invalid: str) -> None:
    result = run("configuration", "apply", invalid, "--url", server.url)

    assert (result.exit_code, server.seen) == (1, [])
    assert "/target/tenantId: is missing" in result.stderr
    assert result.stderr.endswith("is not valid (3 to repair); nothing was sent\n")


def test_the_problems_that_the_server_finds_are_shown(run: Run, server: AnsweringServer, valid: str) -> None:
    details = [{"code": "invalid", "message": "belongs to \u001b[2J", "target": "/target/tenantId"}, "?"]
    error = {"code": "Request_BadRequest", "message": "The configuration is not valid.", "details": details}
    server.answer("PUT", f"{JOB}/configuration", 400, {"error": error})

    result = run("configuration", "apply", valid, "--url", server.url)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        r"/target/tenantId: belongs to \u001b[2J",
        "tenantsync: 400 Request_BadRequest: The configuration is not valid.",
    ]


SP = "5a17ed00-0000-4000-8000-00000000a11c"
CONFIGURATION = f"/v1.0/servicePrincipals/{SP}/synchronization/jobs/job/configuration"


def test_versions_are_listed(run: Run, server: AnsweringServer) -> None:
    version = {"version": 2, "current": True, "createdBy": {"displayName": "Ada"}, "replaces": 1}
    server.answer("GET", f"{CONFIGURATION}/versions", 200, {"value": [version]})

    result = run("configuration", "versions", "job", "--service-principal", SP, "--url", server.url)

    assert result.stdout.splitlines()[1].split() == ["2", "True", "Ada", "1"]


def test_a_difference_is_a_line_for_each_place(run: Run, server: AnsweringServer) -> None:
    answer = {"from": 1, "to": 2, "value": [{"path": "/interval", "oldValue": "PT40M", "newValue": None}]}
    for query in ("from=1", "from=1&to=2"):
        server.answer("GET", f"{CONFIGURATION}/diff?{query}", 200, answer)

    shown = run("configuration", "diff", "job", "1", "--service-principal", SP, "--url", server.url)
    told = run(
        "--output", "json", "configuration", "diff", "job", "1", "2", "--service-principal", SP, "--url", server.url
    )

    assert shown.stdout.splitlines()[1].split() == ["/interval", "PT40M"]
    assert json.loads(told.stdout) == answer


def test_a_version_comes_back_with_the_reason_for_the_audit(
    run: Run, server: AnsweringServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer("POST", f"{CONFIGURATION}/rollback", 200, {"id": "job"})
    monkeypatch.setenv("TENANTSYNC_REASON", "zurück, bitte")

    result = run("configuration", "rollback", "job", "1", "--service-principal", SP, "--url", server.url)

    assert result.stdout == "rolled job back to version 1\n"
    assert (server.seen[0].body, server.seen[0].reason) == ({"version": 1}, "zur%C3%BCck%2C%20bitte")
