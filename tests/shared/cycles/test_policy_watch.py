"""Which settings count as changed?"""

import pytest

from shared.cycles.policy_watch import policy_changes, seen_policies


@pytest.mark.parametrize(
    ("before", "read", "known", "changes"),
    [
        ({}, {"a": True}, {"a": True}, ()),
        ({"a": True}, {"a": True}, {"a": True}, ()),
        ({"a": True}, {"a": False}, {"a": False}, ("a: allowed -> not allowed",)),
        ({"a": False}, {"a": True}, {"a": True}, ("a: not allowed -> allowed",)),
        ({"a": True}, {"a": None}, {"a": True}, ()),
        ({}, {"a": None}, {}, ()),
        ({"b": True, "a": True}, {"b": False, "a": False}, {"a": False, "b": False}, None),
    ],
)
def test_only_what_was_known_can_have_changed(
    before: dict[str, bool], read: dict[str, bool | None], known: dict[str, bool], changes: tuple[str, ...] | None
) -> None:
    now = seen_policies(before, read)

    assert now == known
    expected = ("a: allowed -> not allowed", "b: allowed -> not allowed") if changes is None else changes
    assert policy_changes(before, now) == expected
