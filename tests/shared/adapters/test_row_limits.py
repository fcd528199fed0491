"""Are keys escaped reversibly, and long lists of operations cut where a commit ends?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.tables.row_limits import COMMIT_BYTES, COMMIT_OPERATIONS, batches, check_commit, wire_bytes
from shared.adapters.tables.rows import Delete, Insert, Operation, escape_key, unescape_key

KEYS = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("", ""),
        ("Anna.Berg-1_x@contoso.com", "Anna.Berg-1_x@contoso.com"),
        ("a:b", "a=3Ab"),
        ("a=b", "a=3Db"),
        ("a/b\\c#d?e", "a=2Fb=5Cc=23d=3Fe"),
        ("O'Brien", "O=27Brien"),
        ("é", "=C3=A9"),
    ],
)
def test_a_text_is_escaped_to_the_characters_of_a_key(text: str, escaped: str) -> None:
    assert escape_key(text) == escaped
    assert unescape_key(escaped) == text


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_comes_back_from_its_key(text: str) -> None:
    assert unescape_key(escape_key(text)) == text


@given(st.text(), st.text())
def test_two_texts_have_two_keys(one: str, other: str) -> None:
    assert (escape_key(one) == escape_key(other)) == (one == other)


@pytest.mark.parametrize("part", ["a:b", "=", "=3", "=3d", "=ZZ", "a b", "é", "a\n", "=FF", "=41"])
def test_what_is_no_escaped_text_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unescape_key(part)


@given(st.lists(st.tuples(KEYS, st.integers(0, 65536)), max_size=300, unique_by=lambda each: each[0]))
def test_every_batch_fits_a_commit_and_none_is_cut_early(sizes: list[tuple[str, int]]) -> None:
    operations: list[Operation] = [Insert(key=key, values={"v": b"x" * size}) for key, size in sizes]

    cut = list(batches("p", operations))

    assert [operation for batch in cut for operation in batch] == operations
    for batch, following in zip(cut, [*cut[1:], []], strict=False):
        check_commit("p", batch)
        extent = sum(wire_bytes("p", operation) for operation in [*batch, *following[:1]])
        assert not following or len(batch) == COMMIT_OPERATIONS or extent > COMMIT_BYTES


def test_deletes_are_cut_by_their_number() -> None:
    operations = [Delete(key=f"k{number}") for number in range(205)]

    assert [len(batch) for batch in batches("p", operations)] == [100, 100, 5]
