"""Can the groups that decide who is in scope be seen?"""

import json

from tests.cli.answering_server import AnsweringServer
from tests.cli.conftest import Run

PATH = "/v1.0/servicePrincipals/sp-1/synchronization/jobs/contoso-fabrikam/scopeGroups"
REPORT = {
    "cycle": 7,
    "nestedGroups": True,
    "count": 2,
    "limit": 5000,
    "depth": 1,
    "people": 12,
    "cycles": [["g-1", "g-2"]],
    "value": [
        {"id": "g-1", "assigned": True, "depth": 0, "members": 10, "groups": ["g-2"]},
        {"id": "g-2", "assigned": False, "depth": 1, "members": 3, "groups": ["g-1"]},
    ],
}


def test_groups_are_shown_with_their_sizes_and_who_contains_whom(run: Run, server: AnsweringServer) -> None:
    server.answer("GET", PATH, 200, REPORT)
    arguments = ("jobs", "groups", "contoso-fabrikam", "--service-principal", "sp-1", "--url", server.url)

    told, read = run(*arguments), run(*arguments, "--output", "json")

    assert [line.split() for line in told.stdout.splitlines()[1:]] == [
        ["g-1", "True", "0", "10"],
        ["g-2", "False", "1", "3"],
    ]
    assert "2 of at most 5000 groups, 1 deep, entitle 12 people with the assigned ones, as of cycle 7" in told.stderr
    assert "these groups contain each other: g-1, g-2" in told.stderr
    assert json.loads(read.stdout) == REPORT


def test_where_no_cycle_has_read_any_that_is_said(run: Run, server: AnsweringServer) -> None:
    server.answer(
        "GET", PATH, 200, {"cycle": None, "count": 0, "limit": None, "depth": 0, "people": 0, "cycles": [], "value": []}
    )

    told = run("jobs", "groups", "contoso-fabrikam", "--service-principal", "sp-1", "--url", server.url)

    assert "0 groups, 0 deep, entitle 0 people with the assigned ones, as of cycle none" in told.stderr
