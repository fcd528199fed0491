"""Can held removals be seen and decided about, jobs removed, and the app made read-only?"""

import json

import pytest

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run

JOB = "/v1.0/servicePrincipals/sp-1/synchronization/jobs/contoso-fabrikam"
DIGEST = "0123456789abcdef0123456789abcdef"
HELD = {"count": 2, "digest": DIGEST, "value": [{"sourceId": "u-1", "action": "delete", "stagedCycle": 7}]}


def test_held_removals_are_shown_with_the_digest_that_decides(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", f"{JOB}/heldRemovals?$top=1000", 200, HELD)
    arguments = ("jobs", "held", "contoso-fabrikam", "--service-principal", "sp-1", "--url", server.url)

    told, read = run(*arguments), run(*arguments, "--output", "json")

    assert told.stdout.splitlines()[1].split() == ["u-1", "delete", "7"]
    assert f"2 held; digest {DIGEST}" in told.stderr
    assert json.loads(read.stdout) == HELD


@pytest.mark.parametrize(("verb", "verdict"), [("approve", "approved"), ("reject", "rejected")])
def test_a_decision_names_the_digest(run: Run, server: AnsweringServer, verb: str, verdict: str) -> None:
    server.answer("POST", f"{JOB}/{verb}", 200, {"count": 2, "verdict": verdict})

    result = run(
        "jobs", verb, "contoso-fabrikam", "--digest", DIGEST, "--service-principal", "sp-1", "--url", server.url
    )

    assert (result.exit_code, result.stdout.splitlines()[1].split()) == (0, ["2", verdict])
    assert server.seen[0].body == {"digest": DIGEST}


def test_a_set_that_changed_is_an_error_that_says_so(run: Run, server: AnsweringServer) -> None:
    body = {"error": {"code": "PreconditionFailed", "message": "The held removals have changed since."}}
    server.answer("POST", f"{JOB}/approve", 412, body)

    result = run(
        "jobs", "approve", "contoso-fabrikam", "--digest", DIGEST, "--service-principal", "sp-1", "--url", server.url
    )

    assert result.exit_code == 1
    assert "412 PreconditionFailed: The held removals have changed since." in result.stderr


def test_a_job_is_removed_once_somebody_has_said_yes(run: Run, server: AnsweringServer) -> None:
    server.answer("DELETE", JOB, 204)
    arguments = ("jobs", "delete", "contoso-fabrikam", "--service-principal", "sp-1", "--url", server.url)

    refused = run(*arguments, stdin="n\n")
    assert (refused.exit_code, server.seen) == (1, [])

    assert run(*arguments, stdin="y\n").stdout.endswith("removed contoso-fabrikam\n")
    assert run(*arguments, "--yes").stdout == "removed contoso-fabrikam\n"
    assert [seen.method for seen in server.seen] == ["DELETE", "DELETE"]


@pytest.mark.parametrize(("word", "sent"), [("on", {"readOnly": True}), ("off", {"readOnly": False})])
def test_the_app_is_switched_to_read_only_and_back(
    run: Run, server: AnsweringServer, word: str, sent: dict[str, bool]
) -> None:
    server.answer("PUT", "/v1.0/readOnly", 200, sent)
    server.answer("GET", "/v1.0/readOnly", 200, sent)

    told = run("read-only", word, "--url", server.url)
    shown = run("read-only", "show", "--url", server.url, "--output", "json")

    assert told.stdout.splitlines()[1].strip() == str(sent["readOnly"])
    assert server.seen[0].body == sent
    assert json.loads(shown.stdout) == sent
