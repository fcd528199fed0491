"""The judge on managers: the object of the person's manager, nobody else's, and none where there is none."""

from typing import Any

import pytest

from sandbox.judge import judge
from tests.sandbox.judge.small_tenants import Document, first_case, gone, guest, later_case, mirrored, person

BO, CY = person("bo"), person("cy")


def under(user: Document, manager: str | None) -> Document:
    return {**user, "manager": None if manager is None else {"id": manager}}


ADA = under(person("ada"), "bo")
HERS = mirrored(person("ada"))
OTHERS = [mirrored(BO), mirrored(CY)]


@pytest.mark.parametrize(("manager", "agrees"), [("t-bo", True), ("t-cy", False), (None, False)])
def test_whoever_comes_has_the_object_of_the_manager(manager: str | None, agrees: bool) -> None:
    judgement = judge(first_case([ADA, BO, CY], [under(HERS, manager), *OTHERS]))

    assert judgement.agreement is agrees
    assert [each.attribute for each in judgement.disagreements] == ([] if agrees else ["manager"])


@pytest.mark.parametrize(("manager", "agrees"), [(None, True), ("t-bo", False)])
def test_whoever_has_no_manager_has_none_in_the_target(manager: str | None, agrees: bool) -> None:
    plain = person("ada")
    case = later_case([plain, BO, CY], [under(HERS, "t-bo"), *OTHERS], [under(HERS, manager), *OTHERS])

    assert judge(case).agreement is agrees


def test_a_manager_who_came_later_may_be_assigned_by_the_next_cycle_and_then_has_to_be() -> None:
    before, after = [HERS, OTHERS[1]], [HERS, *OTHERS]

    assert judge(later_case([ADA, BO, CY], before, after)).agreement
    assert judge(later_case([ADA, BO, CY], before, [under(HERS, "t-bo"), *OTHERS])).agreement
    assert not judge(later_case([ADA, BO, CY], after, after)).agreement


def test_a_manager_who_is_leaving_may_be_removed_by_the_next_cycle() -> None:
    managed = under(HERS, "t-bo")
    kept = later_case([ADA, CY], [managed, *OTHERS], [managed, *OTHERS], adopted=("t-bo",))
    removed = later_case([ADA, CY], [managed, *OTHERS], [HERS, OTHERS[1]], deleted=[gone(OTHERS[0])])

    assert judge(kept).agreement
    assert judge(removed).agreement


def test_an_adopted_guest_may_keep_the_manager_that_the_target_gave_as_long_as_the_source_names_none() -> None:
    plain, theirs = person("ada"), under(guest("g-ada", "ada@lindenhof.example"), "t-boss")
    boss = guest("t-boss", "boss@elsewhere.example")
    ours: dict[str, Any] = mirrored(plain, id="g-ada", userType="Guest", createdDateTime="2024-01-01T00:00:00Z")

    case = first_case([plain], [under(ours, "t-boss"), boss], baseline=[theirs, boss])

    assert judge(case).agreement


def test_a_stranger_to_whom_a_manager_is_given_was_touched() -> None:
    stranger = guest("g-stranger", "stranger@elsewhere.example")
    case = first_case([BO], [OTHERS[0], under(stranger, "t-bo")], baseline=[stranger])

    assert [str(each.kind) for each in judge(case).disagreements] == ["touched"]


def test_a_stranger_whose_manager_is_gone_is_untouched() -> None:
    stranger = guest("g-stranger", "stranger@elsewhere.example")
    case = first_case([BO], [OTHERS[0], stranger], baseline=[under(stranger, "t-gone")])

    assert judge(case).agreement
