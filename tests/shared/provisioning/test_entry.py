"""When is an attribute text, and what is known of a manager?"""

import pytest

from shared.provisioning.entry import AttributeValue, SourceEntry, TargetObject

TABLE: list[tuple[AttributeValue, str | None]] = [
    ("Analyst", "Analyst"),
    (" ", " "),
    ("", None),
    (None, None),
    (True, None),
    (("a", "b"), None),
]


@pytest.mark.parametrize(("value", "text"), TABLE)
def test_only_text_that_is_not_empty_is_text(value: AttributeValue, text: str | None) -> None:
    source = SourceEntry(id="s", attributes={"jobTitle": value})
    target = TargetObject(id="t", attributes={"jobTitle": value}, created=None)

    assert (source.text("jobTitle"), target.text("jobTitle")) == (text, text)


def test_an_attribute_that_is_absent_is_no_text() -> None:
    assert SourceEntry(id="s", attributes={}).text("jobTitle") is None
    assert TargetObject(id="t", attributes={}, created=None).text("jobTitle") is None


def test_a_person_is_in_groups_whose_ids_are_compared_in_lower_case() -> None:
    source = SourceEntry(id="s", attributes={"city": "Ulm"})

    assert source.group_ids is None
    assert source.in_groups(["A", "b"]) == SourceEntry(id="s", attributes={"city": "Ulm"}, group_ids=frozenset("ab"))
    assert source.in_groups(["a"]).in_groups(None) == source


@pytest.mark.parametrize(
    ("attributes", "manager"),
    [({"manager": "s-cleo"}, "s-cleo"), ({"manager": ""}, ""), ({"manager": None}, None), ({}, None)],
)
def test_no_manager_is_something_else_than_one_that_was_not_read(
    attributes: dict[str, AttributeValue], manager: str | None
) -> None:
    assert SourceEntry(id="s", attributes=attributes).manager == manager


@pytest.mark.parametrize("manager", ["cleo", ""])
def test_a_manager_is_told_beside_all_else(manager: str) -> None:
    source = SourceEntry(id="s", attributes={"jobTitle": "Analyst"}, group_ids=frozenset({"weavers"}))

    told = source.with_manager(manager)

    assert (source.manager, told.manager) == (None, manager)
    assert (told.id, told.text("jobTitle"), told.group_ids) == ("s", "Analyst", frozenset({"weavers"}))
