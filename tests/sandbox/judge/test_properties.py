"""What holds for the judge whatever the company looks like."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.judge import judge
from sandbox.judge.mapping import DIRECT_ATTRIBUTES
from tests.sandbox.judge.small_tenants import Document, first_case, gone, later_case, mirrored, person

texts = st.text(min_size=1, max_size=6)
changes = st.fixed_dictionaries(
    {},
    optional={
        "displayName": texts,
        "department": st.none() | texts,
        "city": st.none() | texts,
        "businessPhones": st.lists(st.just("+1 5"), max_size=1),
        "surname": st.just("") | texts,
    },
)
companies = st.lists(changes, min_size=1, max_size=8).map(
    lambda all_changes: [person(f"p{number}", **each) for number, each in enumerate(all_changes)]
)


@given(companies)
def test_a_flawless_copy_always_agrees(people: list[Document]) -> None:
    judgement = judge(first_case(people, [mirrored(each) for each in people]))

    assert judgement.agreement
    assert judgement.closing.equal == len(people)


@given(companies, st.data())
def test_whatever_is_planted_in_one_object_is_found(people: list[Document], data: st.DataObject) -> None:
    target = [mirrored(each) for each in people]
    victim = data.draw(st.sampled_from(target))
    name = data.draw(st.sampled_from(DIRECT_ATTRIBUTES))
    planted: Any = not victim.get(name) if name == "accountEnabled" else "planted!"
    victim[name] = [planted] if name == "businessPhones" else planted

    judgement = judge(first_case(people, target))

    assert [each.attribute for each in judgement.disagreements] == [name]
    assert judgement.closing.equal == len(people) - 1


@given(companies, st.data())
def test_a_cycle_that_did_nothing_is_found_after_any_change(people: list[Document], data: st.DataObject) -> None:
    target = [mirrored(each) for each in people]
    victim = data.draw(st.integers(0, len(people) - 1))
    changed = [{**each, "jobTitle": "planted!"} if number == victim else each for number, each in enumerate(people)]
    left = [each for number, each in enumerate(people) if number != victim]

    assert judge(later_case(people, target, target)).agreement
    assert len(judge(later_case(changed, target, target)).disagreements) == 1
    assert len(judge(later_case(left, target, target)).disagreements) == 1


@given(companies, st.data())
def test_deleting_anybody_is_right_for_leavers_only(people: list[Document], data: st.DataObject) -> None:
    target = [mirrored(each) for each in people]
    victim = data.draw(st.integers(0, len(people) - 1))
    now = [each for number, each in enumerate(target) if number != victim]
    left = [each for number, each in enumerate(people) if number != victim]
    deleted = [gone(target[victim])]

    assert judge(later_case(left, target, now, deleted=deleted)).agreement
    assert not judge(later_case(people, target, now, deleted=deleted)).agreement


@given(companies)
def test_everybody_in_scope_is_equal_an_exception_or_a_disagreement(people: list[Document]) -> None:
    people[0]["mail"] = None
    target = [mirrored(each) for each in people[2:]]

    closing = judge(first_case(people, target)).closing

    assert closing.in_scope == len(people)
    assert closing.equal + len(closing.exceptions) == len(people) - len(people[1:2])
