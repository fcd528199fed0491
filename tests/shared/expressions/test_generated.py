"""Does chance make what was asked for?"""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.expressions import Environment, ExpressionError, compiled, parse
from tests.shared.expressions.evaluating import NOW, evaluated

SPECIAL = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/"


def with_chance(seed: int) -> Environment:
    chance = random.Random(seed)
    return Environment(now=NOW, random=chance.randrange, new_guid=str, exists=lambda _: False)


@given(
    st.lists(st.integers(0, 5), min_size=4, max_size=4),
    st.integers(0, 20),
    st.sets(st.sampled_from("0123456789?,@#aAzZ")),
    st.integers(0, 2**32),
)
def test_a_random_text_has_its_length_its_minimums_and_nothing_to_avoid(
    minimums: list[int], more: int, avoided: set[str], seed: int
) -> None:
    length = sum(minimums) + more
    if length == 0 or (avoided >= set("0123456789") and (minimums[0] or not any(minimums))):
        return
    given_minimums = ", ".join(map(str, minimums))
    program = compiled(parse(f'RandomString({length}, {given_minimums}, "{"".join(sorted(avoided))}")'))

    text = program.evaluate({}, with_chance(seed))

    assert isinstance(text, str)
    counts = [
        sum(map(str.isdigit, text)),
        sum(character in SPECIAL for character in text),
        sum(map(str.isupper, text)),
        sum(map(str.islower, text)),
    ]
    assert len(text) == sum(counts) == length
    assert all(count >= minimum for count, minimum in zip(counts, minimums, strict=True))
    assert not avoided & set(text)
    if any(minimums):
        assert all(minimum or not count for count, minimum in zip(counts, minimums, strict=True))
    else:
        assert counts[1] == 0


def test_chance_decides_about_characters_and_their_order() -> None:
    asked: list[int] = []

    def first_of(bound: int) -> int:
        asked.append(bound)
        return 0

    environment = Environment(now=NOW, random=first_of, new_guid=str, exists=lambda _: False)

    assert evaluated("RandomString(5, 1, 1, 1, 1)", {}, environment) == "~Aa00"
    assert asked == [10, 32, 26, 26, 94, 5, 4, 3, 2]


@pytest.mark.parametrize("length", ["1", "256"])
def test_a_length_from_1_to_256_is_allowed(length: str) -> None:
    assert len(str(evaluated(f"RandomString({length}, 0, 0, 0, 0)"))) == int(length)


@pytest.mark.parametrize(
    "arguments", ["0, 0, 0, 0, 0", "257, 0, 0, 0, 0", "3, 1, 1, 1, 1", "9, -1, 0, 0, 0", "9, 0, 0, 0, -1"]
)
def test_a_length_that_cannot_be_is_refused(arguments: str) -> None:
    with pytest.raises(ExpressionError, match="Length is at least the sum of the minimums, 1 to 256"):
        evaluated(f"RandomString({arguments})")


def test_lengths_may_come_from_attributes() -> None:
    assert len(str(evaluated("RandomString([n], 1, 0, 0, 0)", {"n": "7"}))) == 7
    with pytest.raises(ExpressionError, match=r"argument 1 \(Length\) has no value"):
        evaluated("RandomString([n], 1, 0, 0, 0)")
