"""Are the newest records shown, as many as asked for?"""

import json

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run

LOGS = "/v1.0/auditLogs/provisioning"


def record(number: int) -> dict[str, object]:
    return {
        "activityDateTime": f"2026-01-01T00:00:0{number}Z",
        "jobId": "contoso-fabrikam",
        "sourceIdentity": {"id": f"u-{number}", "displayName": "Ana \u001b[31m[bold]"},
        "provisioningAction": "create",
        "provisioningStatusInfo": {"status": "failure", "errorInformation": {"errorCode": "duplicateMail"}},
    }


def test_records_are_read_until_there_are_enough(run: Run, server: AnsweringServer) -> None:
    next_link = f"{server.url}{LOGS}?$top=3&$skiptoken=a"
    server.answer("GET", f"{LOGS}?$top=3", 200, {"value": [record(1), record(2)], "@odata.nextLink": next_link})
    server.answer(
        "GET", f"{LOGS}?$top=3&$skiptoken=a", 200, {"value": [record(3), record(4)], "@odata.nextLink": next_link}
    )

    result = run("--output", "json", "logs", "--top", "3", "--url", server.url)

    assert json.loads(result.stdout) == {"value": [record(1), record(2), record(3)]}
    assert len(server.seen) == 2


def test_a_record_is_a_line_that_does_nothing_to_the_terminal(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", f"{LOGS}?$top=50", 200, {"value": [record(1)]})

    result = run("logs", "--url", server.url)

    _, line = result.stdout.splitlines()
    assert r"Ana \u001b[31m[bold]" in line
    assert line.split()[-3:] == ["create", "failure", "duplicateMail"]


def test_a_next_page_on_another_host_is_not_followed(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", f"{LOGS}?$top=50", 200, {"value": [], "@odata.nextLink": "http://localhost:9/v1.0/x"})

    result = run("logs", "--url", server.url)

    assert (result.exit_code, len(server.seen)) == (1, 1)
    assert result.stderr == "tenantsync: the next page is on another host (localhost); it is not followed\n"


def test_a_next_page_without_an_address_is_not_followed(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", f"{LOGS}?$top=50", 200, {"value": [], "@odata.nextLink": "http://a:x"})

    result = run("logs", "--url", server.url)

    assert result.stderr == "tenantsync: the next page has no valid address; it is not followed\n"
