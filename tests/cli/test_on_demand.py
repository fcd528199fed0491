"""Can people be found by a name, and provisioned on demand?"""

import json
from typing import Any

import pytest

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run
from tests.cli.test_jobs import JOBS, SERVICE_PRINCIPAL

RESULT = {
    "action": "Create",
    "sourceIdentity": {"id": "u-1", "displayName": "Zoë O'Neil"},
    "targetIdentity": {"id": "t-1"},
    "statusInfo": {"status": "Success"},
}
FAILED = {**RESULT, "statusInfo": {"status": "Failure", "reason": "Two objects hold the address"}}


def on_demand(run: Run, server: AnsweringServer, answer: Any, *users: str) -> Any:  # noqa: ANN401 - any JSON
    server.answer("POST", f"{JOBS}/contoso-fabrikam/provisionOnDemand", 200, answer)
    return run("jobs", "provision-on-demand", "contoso-fabrikam", *users, *SERVICE_PRINCIPAL, "--url", server.url)


def test_people_are_provisioned_on_demand(run: Run, server: AnsweringServer) -> None:
    result = on_demand(run, server, {"key": "StatusInfo", "value": json.dumps([RESULT])}, "u-1", "u-2")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].split() == ["Zoë", "O'Neil", "u-1", "t-1", "Create", "Success"]
    (parameters,) = server.seen[0].body["parameters"]
    assert parameters["ruleId"] == "USER_INBOUND_USER"
    assert parameters["subjects"] == [
        {"objectId": "u-1", "objectTypeName": "User"},
        {"objectId": "u-2", "objectTypeName": "User"},
    ]


def test_a_person_who_fails_is_a_failure_of_the_command(run: Run, server: AnsweringServer) -> None:
    result = on_demand(run, server, {"key": "StatusInfo", "value": json.dumps(FAILED)}, "u-1")

    assert result.exit_code == 1
    assert "Two objects hold the address" in result.stdout


@pytest.mark.parametrize("value", ["no JSON", "7", None])
def test_an_answer_without_results_is_an_empty_table(run: Run, server: AnsweringServer, value: str | None) -> None:
    result = on_demand(run, server, {"key": "StatusInfo", "value": value}, "u-1")

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)


def test_six_people_are_too_many(run: Run, server: AnsweringServer) -> None:
    result = on_demand(run, server, {}, "1", "2", "3", "4", "5", "6")

    assert (result.exit_code, server.seen) == (2, [])
    assert "at most 5" in result.stderr


ADA = {
    "objectId": "u-1",
    "objectTypeName": "User",
    "displayName": "Ada Lovelace",
    "userPrincipalName": "ada@contoso.example",
    "mail": "ada@contoso.example",
    "accountEnabled": False,
    "deletedDateTime": None,
}
ADAM = {**ADA, "objectId": "u-2", "displayName": "Adam", "accountEnabled": True, "deletedDateTime": "2026-01-05"}


def found(server: AnsweringServer, *people: Any, more: bool = False) -> None:  # noqa: ANN401 - any JSON
    server.answer("POST", f"{JOBS}/contoso-fabrikam/searchSubjects", 200, {"value": list(people), "more": more})


def test_people_are_found_by_what_is_typed(run: Run, server: AnsweringServer) -> None:
    found(server, ADA, ADAM, more=True)

    result = run("jobs", "search", "contoso-fabrikam", "ad", *SERVICE_PRINCIPAL, "--url", server.url)

    _, first, second = result.stdout.splitlines()
    assert server.seen[0].body == {"search": "ad"}
    assert first.split() == ["Ada", "Lovelace", "ada@contoso.example", "ada@contoso.example", "False", "u-1"]
    assert second.split()[-2:] == ["2026-01-05", "u-2"]
    assert result.stderr == "There are more; type more of the name.\n"


def choose(run: Run, server: AnsweringServer, answer: str) -> Any:  # noqa: ANN401 - a result
    server.answer("POST", f"{JOBS}/contoso-fabrikam/provisionOnDemand", 200, {"value": json.dumps(RESULT)})
    command = ("jobs", "provision-on-demand", "contoso-fabrikam", "--search", "ad")
    return run(*command, *SERVICE_PRINCIPAL, "--url", server.url, stdin=answer)


def test_whoever_is_meant_is_chosen_and_provisioned(run: Run, server: AnsweringServer) -> None:
    found(server, ADA, ADAM)

    result = choose(run, server, "2\n")

    assert result.exit_code == 0
    assert "1: Ada Lovelace, ada@contoso.example, ada@contoso.example, u-1 (disabled)" in result.stderr
    assert "2: Adam, ada@contoso.example, ada@contoso.example, u-2 (deleted 2026-01-05)" in result.stderr
    assert server.seen[1].body["parameters"][0]["subjects"] == [{"objectId": "u-2", "objectTypeName": "User"}]


@pytest.mark.parametrize(("typed", "status"), [("", 1), ("0\n", 2), ("2\n", 2)])
def test_nobody_is_provisioned_unless_somebody_says_who_is_meant(
    run: Run, server: AnsweringServer, typed: str, status: int
) -> None:
    found(server, ADA)

    result = choose(run, server, typed)

    assert result.exit_code == status
    assert [seen.path for seen in server.seen] == [f"{JOBS}/contoso-fabrikam/searchSubjects"]


def test_who_is_not_found_is_told(run: Run, server: AnsweringServer) -> None:
    found(server)

    result = choose(run, server, "1\n")

    assert (result.exit_code, "nobody is found" in result.stderr) == (2, True)


def test_a_group_goes_along_with_the_members_who_are_named(run: Run, server: AnsweringServer) -> None:
    on_demand(run, server, {"value": json.dumps([RESULT])}, "u-1", "--group", "g-1")

    (parameters,) = server.seen[0].body["parameters"]
    assert parameters["subjects"] == [
        {
            "objectId": "g-1",
            "objectTypeName": "Group",
            "links": {"members": [{"objectId": "u-1", "objectTypeName": "User"}]},
        }
    ]


def test_somebody_has_to_be_named(run: Run, server: AnsweringServer) -> None:
    result = on_demand(run, server, {})

    assert (result.exit_code, server.seen) == (2, [])
    assert "--search" in result.stderr


FLOW = {
    "source": {"givenName": "Ada", "surname": "Lovelace"},
    "expression": 'Join(" ", [givenName], [surname])',
    "originalTargetValue": "Ada Byron",
    "modifiedTargetValue": "Ada Lovelace",
}
STEPS = [
    {"type": "Scoping", "status": "Success", "description": "In scope.", "details": {"ScopeEvaluationResult": "{}"}},
    {
        "type": "Processing",
        "status": "Success",
        "description": "Will be updated.",
        "details": {"displayName": json.dumps(FLOW), "SkipReason": "none"},
    },
]


def test_details_are_the_steps_and_how_each_attribute_came_to_its_value(run: Run, server: AnsweringServer) -> None:
    answer = {"value": json.dumps({**RESULT, "provisioningSteps": STEPS})}

    result = on_demand(run, server, answer, "u-1", "--details")

    lines = result.stdout.splitlines()
    assert lines[4].split() == ["Scoping", "Success", "In", "scope."]
    assert lines[-1].split("  ")[0] == "displayName"
    assert "givenName=Ada, surname=Lovelace" in lines[-1]
    assert len(lines) == 9


def test_programs_get_the_answer_whether_details_are_asked_for_or_not(run: Run, server: AnsweringServer) -> None:
    answer = {"value": json.dumps({**RESULT, "provisioningSteps": STEPS})}

    result = on_demand(run, server, answer, "u-1", "--details", "--output", "json")

    assert json.loads(result.stdout) == answer
