"""What kind a disagreement is, so that a campaign can count who is doubled, lost or wrongly removed."""

from dataclasses import replace

import pytest

from sandbox.judge import Case, Kind, judge
from tests.sandbox.judge.small_tenants import directory, first_case, gone, guest, later_case, mirrored, person

ADA, BO = person("ada"), person("bo")
TARGET = [mirrored(ADA), mirrored(BO)]
STRANGER = guest("stranger", "stranger@elsewhere.example")


def returned(current: Case) -> Case:
    """Ada had left, and her object was deleted, before she came back."""
    return replace(current, previous=directory(TARGET[1:], deleted=[gone(TARGET[0])]))


WRONG: dict[str, tuple[Case, Kind]] = {
    "another city": (first_case([ADA], [mirrored(ADA, city="Gera")]), Kind.DIFFERENT),
    "nobody created": (first_case([ADA, BO], TARGET[1:]), Kind.LOST),
    "not restored": (returned(later_case([ADA, BO], TARGET, TARGET[1:], deleted=[gone(TARGET[0])])), Kind.LOST),
    "deleted in scope": (later_case([ADA, BO], TARGET, TARGET[1:], deleted=[gone(TARGET[0])]), Kind.WRONGLY_REMOVED),
    "purged in scope": (later_case([ADA, BO], TARGET, TARGET[1:]), Kind.WRONGLY_REMOVED),
    "an adopted leaver deleted": (
        later_case([BO], TARGET, TARGET[1:], deleted=[gone(TARGET[0])], adopted=("t-ada",)),
        Kind.WRONGLY_REMOVED,
    ),
    "a stranger deleted": (first_case([], [], baseline=[STRANGER]), Kind.WRONGLY_REMOVED),
    "a second object": (first_case([ADA], [mirrored(ADA), mirrored(ADA, id="t-twice")]), Kind.DOUBLED),
    "a new object for nobody": (first_case([ADA], TARGET), Kind.UNEXPECTED),
    "a leaver still there": (later_case([BO], TARGET, TARGET), Kind.LEFT_BEHIND),
    "a stranger changed": (first_case([], [STRANGER | {"city": "Gera"}], baseline=[STRANGER]), Kind.TOUCHED),
    "a leaver restored": (returned(later_case([BO], TARGET, TARGET)), Kind.TOUCHED),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_disagreement_is_of_a_kind(name: str) -> None:
    case, kind = WRONG[name]

    judgement = judge(case)

    assert {each.kind for each in judgement.disagreements} == {kind}
