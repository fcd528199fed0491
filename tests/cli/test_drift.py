"""Can drift be seen, and whoever departed be released, from the command line?"""

import json

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run

JOB = "/v1.0/servicePrincipals/sp-1/synchronization/jobs/contoso-fabrikam"
ADA = {
    "sourceId": "u-1",
    "targetId": "t-1",
    "departure": None,
    "sinceDateTime": "2026-01-05T01:00:00Z",
    "attributes": [{"name": "city", "wanted": "Gera", "found": "Jena"}, {"name": "title", "wanted": "", "found": "X"}],
}
BERT = {**ADA, "sourceId": "u-2", "targetId": "t-2", "departure": "deleted", "attributes": []}


def test_drift_is_a_line_for_each_attribute_and_for_each_departure(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", f"{JOB}/drift?$top=1000", 200, {"lookedAt": True, "count": 2, "value": [ADA, BERT]})
    arguments = ("drift", "contoso-fabrikam", "--service-principal", "sp-1", "--url", server.url)

    told, read = run(*arguments), run(*arguments, "--output", "json")

    lines = [line.split() for line in told.stdout.splitlines()[1:]]
    assert [line[0] for line in lines] == ["u-1", "u-1", "u-2"]
    assert lines[0][-3:] == ["city", "Gera", "Jena"]
    assert "deleted" in lines[2]
    assert "2 people; 2 shown" in told.stderr
    assert json.loads(read.stdout)["value"] == [ADA, BERT]


def test_a_target_that_is_not_looked_at_is_told(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", f"{JOB}/drift?$top=1000", 200, {"lookedAt": False, "count": 0, "value": []})

    result = run("drift", "contoso-fabrikam", "--service-principal", "sp-1", "--url", server.url)

    assert "does not look at the target" in result.stderr


def test_a_release_names_people_and_says_who_was_none(run: Run, server: AnsweringServer) -> None:
    server.answer("POST", f"{JOB}/release", 200, {"released": ["u-1"], "notDeparted": ["u-2"]})

    result = run(
        *("release", "contoso-fabrikam", "--source-id", "u-1", "--source-id", "u-2"),
        *("--service-principal", "sp-1", "--url", server.url),
    )

    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()[1:]] == [["u-1", "released"], ["u-2", "neither"]]
    assert server.seen[0].body == {"sourceIds": ["u-1", "u-2"]}
