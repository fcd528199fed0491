"""Does a difference name exactly the places where two documents differ?"""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.configuration.document_diff import document_diff


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("/a", "1", "2")]),
        ({"a": 1}, {"a": True}, [("/a", "1", "true")]),
        ({"a": None}, {}, [("/a", "null", None)]),
        ({}, {"a": {"b": 1}}, [("/a", None, '{"b": 1}')]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [("/a/c", "2", "3")]),
        ({"a": [1, 2, 3]}, {"a": [1, 5]}, [("/a/1", "2", "5"), ("/a/2", "3", None)]),
        ({"a/b~": 1}, {"a/b~": 2}, [("/a~1b~0", "1", "2")]),
        ({"a": {}}, {"a": []}, [("/a", "{}", "[]")]),
        ({"a": "é"}, {"a": "e"}, [("/a", '"é"', '"e"')]),
    ],
)
def test_each_place_is_named_with_before_and_after(
    before: object, after: object, expected: list[tuple[str, str | None, str | None]]
) -> None:
    found = document_diff(json.dumps(before).encode(), json.dumps(after).encode())

    assert [(each.path, each.before, each.after) for each in found] == expected


def test_no_document_is_an_empty_one() -> None:
    assert [each.path for each in document_diff(None, b'{"a": 1, "b": 2}')] == ["/a", "/b"]


def _within(children: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(["a", "b/", "~"]), children, max_size=3)


values: Callable[[], st.SearchStrategy[object]] = lambda: st.recursive(  # noqa: E731 - a strategy has no short type
    st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=2), _within, max_leaves=8
)
documents = st.dictionaries(st.sampled_from(["a", "b/", "~"]), values(), max_size=3)


@given(documents, documents)
def test_there_is_a_difference_exactly_where_documents_differ(before: object, after: object) -> None:
    old, new = json.dumps(before), json.dumps(after)

    assert (document_diff(old.encode(), new.encode()) == ()) is (
        json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    )
