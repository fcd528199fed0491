"""Are the records shown that are asked for, and do they become files?"""

import csv
import io
import json
import zipfile
from pathlib import Path

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


def test_filter_and_order_are_passed_on_as_they_are(run: Run, server: AnsweringServer) -> None:
    query = "$filter=sourceIdentity%2Fid%20eq%20%27a%26b%27&$orderby=activityDateTime%20asc"
    server.answer("GET", f"{LOGS}?$top=2&{query}", 200, {"value": [record(1)]})

    result = run(
        *("--output", "json", "logs", "list", "--top", "2", "--url", server.url),
        *("--filter", "sourceIdentity/id eq 'a&b'", "--orderby", "activityDateTime asc"),
    )

    assert (result.exit_code, json.loads(result.stdout)) == (0, {"value": [record(1)]})


def test_what_the_server_says_of_a_filter_is_shown(run: Run, server: AnsweringServer) -> None:
    error = {"error": {"code": "BadRequest", "message": "$filter, character 1: 'x' is no property."}}
    server.answer("GET", f"{LOGS}?$top=50&$filter=x", 400, error)

    result = run("logs", "list", "--filter", "x", "--url", server.url)

    assert result.exit_code == 1
    assert result.stderr == "tenantsync: 400 BadRequest: $filter, character 1: 'x' is no property.\n"


def laid_out(server: AnsweringServer, form: str, *parts: bytes) -> None:
    """Let the server answer a download with these parts, each naming the next."""
    first = f"{LOGS}/download?$format={form}&$top=5000"
    paths = [first, *(f"{LOGS}/download?part={number}" for number in range(1, len(parts)))]
    for number, (path, part) in enumerate(zip(paths, parts, strict=True)):
        link = {"Link": f'<{server.url}{paths[number + 1]}>; rel="next"'} if number + 1 < len(paths) else {}
        server.answer("GET", path, 200, part, **link)


def packed(**sheets: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in sheets.items():
            archive.writestr(f"{name}.csv", text)
    return content.getvalue()


def test_the_parts_of_a_download_become_one_array(run: Run, server: AnsweringServer, tmp_path: Path) -> None:
    laid_out(server, "json", b'[{"id":1},{"id":"\xc3\xa9"}]', b"[]", b'[{"id":3}]')

    result = run("logs", "download", "--format", "json", "--output", str(tmp_path / "new"), "--url", server.url)

    assert result.exit_code == 0
    assert (tmp_path / "new" / "ProvisioningLogs.json").read_bytes() == b'[{"id":1},{"id":"\xc3\xa9"},{"id":3}]'
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["ProvisioningLogs.json"]


def test_the_parts_of_a_download_become_three_files_with_one_header_each(
    run: Run, server: AnsweringServer, tmp_path: Path
) -> None:
    parts = [
        {
            "ProvisioningLogs": f'"changeId"\r\n"{number}"\r\n',
            "ProvisioningLogs_ProvisioningSteps": '"changeId","name"\r\n',
            "ProvisioningLogs_ModifiedProperties": f'"changeId","newValue"\r\n"{number}","a\r\nb"\r\n',
        }
        for number in range(2)
    ]
    laid_out(server, "csv", *(packed(**part) for part in parts))

    result = run("logs", "download", "--format", "csv", "--output", str(tmp_path), "--url", server.url)

    names = ["ProvisioningLogs", "ProvisioningLogs_ProvisioningSteps", "ProvisioningLogs_ModifiedProperties"]
    assert result.stdout.split() == [str(tmp_path / f"{name}.csv") for name in names]
    read = [list(csv.DictReader(io.StringIO((tmp_path / f"{name}.csv").read_bytes().decode()))) for name in names]
    assert [len(rows) for rows in read] == [2, 0, 2]
    assert read[2][1] == {"changeId": "1", "newValue": "a\r\nb"}


def test_a_download_that_breaks_off_leaves_the_older_file_alone(
    run: Run, server: AnsweringServer, tmp_path: Path
) -> None:
    (tmp_path / "ProvisioningLogs.json").write_text("older")
    laid_out(server, "json", b'[{"id":1}]', b"<html>")

    result = run("logs", "download", "--output", str(tmp_path), "--url", server.url)

    assert (result.exit_code, (tmp_path / "ProvisioningLogs.json").read_text()) == (1, "older")
    assert "the download is no JSON" in result.stderr


def test_a_directory_that_cannot_be_written_is_named(run: Run, server: AnsweringServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = run("logs", "download", "--output", str(tmp_path / "file" / "x"), "--url", server.url)

    assert (result.exit_code, server.seen) == (2, [])
    assert result.stderr.startswith(f"tenantsync: cannot write to {tmp_path / 'file' / 'x'}: ")
