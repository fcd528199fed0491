"""When are staged removals held?"""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.configuration.configuration import Guard
from shared.cycles.removal_guard import SMALLEST_POPULATION, decide_removals

# Staged, population, and whether they are released by the default guard: 500, or 20 % from 50 people up.
TABLE = [
    (0, 0, True),
    (0, 10_000, True),
    (1, 0, True),
    (1, 1, True),
    (4, 4, True),
    (49, 49, True),
    (9, 50, True),
    (10, 50, False),
    (10, 51, True),
    (11, 51, False),
    (50, 50, False),
    (19, 100, True),
    (20, 100, False),
    (499, 2_499, True),
    (499, 2_495, False),
    (499, 2_500, True),
    (500, 2_500, False),
    (499, 1_000_000, True),
    (500, 1_000_000, False),
    (499, 0, True),
    (500, 0, False),
]


@pytest.mark.parametrize(("staged", "population", "released"), TABLE)
def test_the_default_guard_holds_500_or_every_fifth_person(staged: int, population: int, released: bool) -> None:
    assert decide_removals(staged, population, Guard()).released is released


@pytest.mark.parametrize(
    ("share", "population", "limit"),
    [(0.07, 100, 7), (0.035, 200, 7), (0.29, 100, 29), (0.57, 100, 57), (1.0, 60, 60), (0.001, 50, 1), (0.33, 50, 17)],
)
def test_the_share_is_taken_as_it_is_written(share: float, population: int, limit: int) -> None:
    assert decide_removals(0, population, Guard(share=share)).limit == limit


def test_a_number_below_the_share_comes_first() -> None:
    decision = decide_removals(5, 1_000, Guard(count=5))

    assert (decision.released, decision.limit) == (False, 5)


@pytest.mark.parametrize(
    "guard", [Guard(share=1e-9), Guard(count=1), Guard(count=1, share=1e-9, window=timedelta(days=30))]
)
def test_where_nothing_is_staged_nothing_is_held(guard: Guard) -> None:
    assert decide_removals(0, 1_000, guard).released


@settings(deadline=None)
@given(
    staged=st.integers(0, 3_000),
    population=st.integers(0, 3_000),
    count=st.integers(1, 3_000),
    thousandths=st.integers(1, 1_000),
)
def test_it_holds_exactly_from_the_number_or_the_share_on(
    staged: int, population: int, count: int, thousandths: int
) -> None:
    decision = decide_removals(staged, population, Guard(count=count, share=thousandths / 1_000))

    by_share = population >= SMALLEST_POPULATION and staged >= Fraction(thousandths, 1_000) * population and staged > 0
    assert decision.released is not (staged >= count or by_share)


def test_the_figures_are_told_with_what_to_do() -> None:
    decision = decide_removals(25, 100, Guard())

    assert (decision.staged, decision.limit, decision.population) == (25, 20, 100)
    assert all(str(figure) in decision.message for figure in (25, 20, 100))
    assert "approve" in decision.message
