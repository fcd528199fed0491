"""A directory that nobody here has seen: it is synchronized, or refused with a sentence that says why."""

import json
from pathlib import Path

import pytest

from sandbox.judge import read_directory
from sandbox.scenarios import SourceDirectoryError, load_source_directory
from tests.whole.copied_tree import Outcome, run_sandbox
from tests.whole.exported_directory import exported_directory

pytestmark = pytest.mark.timeout(600)

PEOPLE = 120


@pytest.mark.parametrize("assigned", [False, True], ids=["everybody", "assigned"])
async def test_somebodys_directory_is_synchronized_through_three_cycles(tmp_path: Path, assigned: bool) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps(exported_directory(PEOPLE, seed=3, assigned=assigned), ensure_ascii=False))
    wanted = ["--dump", str(tmp_path / "dump"), "--json", str(tmp_path / "report.json")]

    outcome = await run_sandbox("--source-directory", str(export), "--cycles", "3", "--storage", "sqlite", *wanted)

    assert outcome.status == 0, outcome.output
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["closing"]["inScope"] > (PEOPLE // 4 if assigned else PEOPLE - 20)
    assert report["closing"]["equal"] + len(report["closing"]["exceptions"]) == report["closing"]["inScope"]
    check_dump(tmp_path / "dump", report["tenants"])


def check_dump(directory: Path, tenants: dict[str, str]) -> None:
    """What was dumped can be given back, and holds what the source had: nothing is lost on the way."""
    target = json.loads((directory / f"{tenants['target']}.json").read_text())
    source = load_source_directory(directory / f"{tenants['source']}.json").world.tenants[0]

    assert target.keys() == {"users", "groups", "appRoleAssignments", "deletedItems"}
    assert len(read_directory(target).users) > PEOPLE // 4
    assert len(source.users) > PEOPLE
    assert len(source.groups) == 5


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "is not JSON"),
    "no JSON": ("users: [1, 2]", "is not JSON"),
    "cut off": ('{"users": [{"id": "1"', "is not JSON"),
    "not UTF-8": (b'{"users": [{"id": "\xff\xfe"}]}', "is not JSON"),
    "a list": ("[]", "should be an object"),
    "no users": ('{"value": []}', '"users" should be a list'),
    "empty users": ('{"users": []}', '"users" is empty'),
    "users without ids": ('{"users": [{"displayName": "x"}]}', "users[0] has no id"),
    "a number as id": ('{"users": [{"id": 7, "userPrincipalName": "a@b.example"}]}', "users[0] has no id"),
    "no sign-in name": ('{"users": [{"id": "1"}]}', "no userPrincipalName"),
    "a sign-in name that is none": ('{"users": [{"id": "1", "userPrincipalName": {"a": 1}}]}', "userPrincipalName"),
    "an object as mail": (
        '{"users": [{"id": "1", "userPrincipalName": "a@b.example", "mail": {"a": 1}}]}',
        "mail should be a text",
    ),
    "a text for true": (
        '{"users": [{"id": "1", "userPrincipalName": "a@b.example", "accountEnabled": "true"}]}',
        "accountEnabled should be true or false",
    ),
    "a number as phone": (
        '{"users": [{"id": "1", "userPrincipalName": "a@b.example", "businessPhones": [1]}]}',
        "businessPhones should be a list of texts",
    ),
    "no time": (
        '{"users": [{"id": "1", "userPrincipalName": "a@b.example", "createdDateTime": "yesterday"}]}',
        "createdDateTime 'yesterday' is no ISO 8601 time",
    ),
    "twice the same person": (
        '{"users": [{"id": "1", "userPrincipalName": "a@b.example"}, {"id": "1", "userPrincipalName": "c@b.example"}]}',
        "more than once",
    ),
    "members that are no list": (
        '{"users": [{"id": "1", "userPrincipalName": "a@b.example"}], "groups": [{"id": "g", "members": "x"}]}',
        "members should be a list",
    ),
    "an assignment to nobody": (
        '{"users": [{"id": "1", "userPrincipalName": "a@b.example"}], "appRoleAssignments": [{}]}',
        "has no principalId",
    ),
    "deeply nested": ("[" * 100_000, "is not JSON"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    content, says = HOSTILE[name]
    export = tmp_path / "export.json"
    export.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(SourceDirectoryError) as refused:
        load_source_directory(export)

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_file_that_is_refused_is_told_by_the_command_with_status_2(tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text("[]")

    outcome = await run_sandbox("--source-directory", str(export))

    check_refusal(outcome, "should be an object")


async def test_a_file_that_does_not_exist_is_one_sentence_and_status_2(tmp_path: Path) -> None:
    outcome = await run_sandbox("--source-directory", str(tmp_path / "nowhere.json"))

    check_refusal(outcome, "cannot be read")


def check_refusal(outcome: Outcome, says: str) -> None:
    assert outcome.status == 2, outcome.output
    assert says in outcome.output
    assert outcome.output.startswith("sandbox: ")
    assert outcome.output.count("\n") == 1
