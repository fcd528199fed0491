"""Does the doctor say what is amiss, and nothing where all is well?"""

import json
from pathlib import Path

import pytest

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run
from tests.shared.configuration.documents import SERVICE_PRINCIPAL, document

PATH = f"/v1.0/servicePrincipals/{SERVICE_PRINCIPAL}/synchronization/jobs/contoso-fabrikam/diagnosis"
FAILED = {
    "check": "inboundSynchronization",
    "outcome": "failed",
    "severity": "error",
    "code": "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure",
    "message": "The target does not allow it.",
    "remedy": "tenantsync setup target",
    "tenantId": "t",
}
UNKNOWN = {**FAILED, "check": "inboundRedemption", "outcome": "unknown"}
WARNING = {**FAILED, "check": "licence", "severity": "warning", "tenantId": None}


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "pair.json"
    path.write_text(json.dumps(document({})))
    return str(path)


def test_silent_when_all_is_well(run: Run, server: AnsweringServer, file: str) -> None:
    server.answer("GET", PATH, 200, {"value": []})

    by_document = run("doctor", file, "--url", server.url)
    by_id = run("doctor", "contoso-fabrikam", "--service-principal", SERVICE_PRINCIPAL, "--url", server.url)

    assert [(each.exit_code, each.output) for each in (by_document, by_id)] == [(0, "")] * 2


def test_each_point_with_code_and_remedy(run: Run, server: AnsweringServer, file: str) -> None:
    server.answer("GET", PATH, 200, {"value": [FAILED, UNKNOWN]})

    done = run("doctor", file, "--url", server.url)

    assert done.exit_code == 1
    code = "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"
    assert done.output.splitlines() == [
        f"inboundSynchronization (error, {code}) in tenant t: The target does not allow it.",
        "    -> tenantsync setup target",
        f"inboundRedemption (unknown, error, {code}) in tenant t: The target does not allow it.",
        "    -> tenantsync setup target",
    ]


def test_a_warning_is_said_and_is_no_failure(run: Run, server: AnsweringServer, file: str) -> None:
    server.answer("GET", PATH, 200, {"value": [WARNING]})

    done = run("doctor", file, "--url", server.url)

    assert done.exit_code == 0
    assert done.output.startswith("licence (warning, ")


def test_a_program_gets_what_the_server_said(run: Run, server: AnsweringServer, file: str) -> None:
    server.answer("GET", PATH, 200, {"value": [FAILED]})

    done = run("doctor", file, "--url", server.url, "--output", "json")

    assert done.exit_code == 1
    assert json.loads(done.output) == {"value": [FAILED]}


def test_what_cannot_be_read_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{}")

    missing, invalid = run("doctor", "contoso-fabrikam"), run("doctor", str(broken))

    assert (missing.exit_code, invalid.exit_code) == (2, 1)
    assert "--service-principal" in missing.output
    assert "is not valid" in invalid.output


def test_a_job_that_is_not_applied_is_not_found(run: Run, server: AnsweringServer, file: str) -> None:
    error = {"error": {"code": "ResourceNotFound", "message": "There is no synchronization job here."}}
    server.answer("GET", PATH, 404, error)

    done = run("doctor", file, "--url", server.url)

    assert done.exit_code == 1
    assert "404 ResourceNotFound" in done.output
