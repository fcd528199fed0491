"""What the end does not show: second objects, deleted ones included, and removals that nobody gave a reason for."""

import json
from pathlib import Path

from sandbox.campaign.witness import Witness, deleted_by_graph
from sandbox.judge import Directory, Kind, Rules
from tests.sandbox.judge.small_tenants import directory, gone, guest, mirrored, person

ADA, BO = person("ada"), person("bo")
STRANGER = guest("stranger", "stranger@elsewhere.example")


def kinds(target: Directory, *, deleted: list[str], own: tuple[str, ...] = ()) -> list[Kind]:
    """What the witness says who saw Bo leave."""
    witness = Witness(Rules())
    witness.saw_source(directory([ADA, BO]), directory([ADA], deleted=[gone(BO)]))
    return [each.kind for each in witness.problems(target, own, deleted)]


def test_whoever_left_may_be_deleted() -> None:
    target = directory([mirrored(ADA)], deleted=[gone(mirrored(BO))])

    assert kinds(target, deleted=["t-bo"]) == []


def test_whoever_never_left_may_not_even_if_restored() -> None:
    target = directory([mirrored(ADA)], deleted=[gone(mirrored(BO))])

    assert kinds(target, deleted=["t-bo", "t-ada"]) == [Kind.WRONGLY_REMOVED]


def test_what_the_target_had_before_may_never_be_deleted() -> None:
    target = directory([STRANGER, mirrored(BO)])

    assert kinds(target, deleted=["stranger", "t-bo"], own=("stranger", "t-bo")) == [Kind.WRONGLY_REMOVED] * 2
    assert kinds(target, deleted=["purged"]) == [Kind.WRONGLY_REMOVED]


def test_an_object_made_anew_beside_its_deleted_self_is_a_second_one() -> None:
    target = directory([mirrored(ADA, id="t-new")], deleted=[gone(mirrored(ADA))])

    assert set(kinds(target, deleted=[])) == {Kind.DOUBLED}
    assert kinds(target, deleted=[], own=("t-new", "t-ada")) == []


def test_requests_that_delete_users_are_read_from_the_record_of_one_tenant(tmp_path: Path) -> None:
    record = tmp_path / "graph.jsonl"
    lines = [
        {"tenant": "target", "method": "DELETE", "url": "/v1.0/users/t-ada", "status": 204},
        {"tenant": "target", "method": "DELETE", "url": "/users/t-bo?x=y", "status": None},
        {"tenant": "target", "method": "PATCH", "url": "/v1.0/users/t-cy", "status": 204},
        {"tenant": "source", "method": "DELETE", "url": "/v1.0/users/dy", "status": 204},
    ]
    record.write_text("\n".join(map(json.dumps, lines)))

    assert list(deleted_by_graph(record, "target")) == ["t-ada", "t-bo"]
