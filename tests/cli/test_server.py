"""Does the token go only where it may, and is it said plainly when nobody answers?"""

import pytest

from tests.cli.answering_server import AnsweringServer, answering_server
from tests.cli.conftest import Run

LOGS = "/v1.0/auditLogs/provisioning?$top=50"


def test_the_address_and_the_token_come_from_the_environment(
    run: Run, server: AnsweringServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer("GET", LOGS, 200, {"value": []})
    monkeypatch.setenv("TENANTSYNC_URL", f"{server.url}/")
    monkeypatch.setenv("TENANTSYNC_TOKEN", "token")

    result = run("logs")

    assert (result.exit_code, server.seen[0].authorization) == (0, "Bearer token")


def test_the_token_never_crosses_a_network_in_the_clear(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANTSYNC_TOKEN", "token")

    result = run("logs", "--url", "http://sync.contoso.com")

    assert result.exit_code == 2
    assert "is not https; the token would be readable on the way" in result.stderr


@pytest.mark.parametrize("url", ["", "sync.contoso.com", "ftp://contoso.com", "http://a:x"])
def test_what_is_no_address_is_refused(run: Run, url: str) -> None:
    result = run("logs", "--url", url)

    assert result.exit_code == 2
    assert "is not an address" in result.stderr


def test_a_server_that_is_not_there_is_one_line_on_standard_error(run: Run) -> None:
    with answering_server() as gone:
        url = gone.url

    result = run("logs", "--url", url)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"tenantsync: cannot reach {url}/: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, {"error": {"code": "Forbidden", "message": "Needs Reader."}}, "403 Forbidden: Needs Reader."),
        (404, None, "404 Not Found: the server gave no reason"),
        (500, b"<html>", "500 Internal Server Error: the server gave no reason"),
        (400, {"error": "x"}, "400 Bad Request: the server gave no reason"),
        (400, [1], "400 Bad Request: the server gave no reason"),
    ],
)
def test_a_refusal_is_said_with_its_status_and_reason(
    run: Run, server: AnsweringServer, status: int, body: object, said: str
) -> None:
    server.answer("GET", LOGS, status, body)

    result = run("logs", "--url", server.url)

    assert (result.exit_code, result.stderr) == (1, f"tenantsync: {said}\n")


def test_the_command_line_explains_itself(run: Run) -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert all(word in result.stdout for word in ("configuration", "jobs", "logs", "--output"))
