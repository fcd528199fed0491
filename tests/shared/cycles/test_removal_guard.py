"""When are staged removals held?"""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.configuration.configuration import Guard, Guards
from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.released import Released
from shared.cycles.removal_guard import SMALLEST_POPULATION, decide_removals, decide_staged
from tests.shared.cycles.rows import pending
from tests.shared.provisioning.people import NOW

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


def removals(*names: str) -> list[Pending]:
    return [replace(pending(state=PendingState.STAGED, kind=WorkKind.REMOVE), source_id=name) for name in names]


def disables(*names: str) -> list[Pending]:
    return [replace(row, kind=WorkKind.DISABLE) for row in removals(*names)]


def released_before(minutes: int, *names: str) -> Released:
    then = NOW - timedelta(minutes=minutes)
    return Released().with_more({WorkKind.REMOVE: names}, then, then)


@pytest.mark.parametrize(
    ("staged", "before", "limits", "released", "counted"),
    [
        ([], Released(), (1, 1), True, 0),
        (removals("a", "b"), Released(), (3, 1), True, 2),
        (removals("a", "b"), Released(), (2, 9), False, 2),
        (disables("a"), Released(), (9, 1), False, 1),
        ([*removals("a"), *disables("b")], Released(), (2, 9), False, 2),
        ([*removals("a"), *disables("b")], Released(), (3, 2), True, 2),
        (removals("a"), released_before(60, "b", "c"), (3, 9), False, 3),
        (removals("a"), released_before(60, "a", "b"), (3, 9), True, 2),
        (removals("a"), released_before(25 * 60, "b", "c"), (3, 9), True, 1),
        (disables("a"), released_before(60, "b", "c"), (9, 2), True, 3),
    ],
)
def test_what_is_staged_counts_with_what_was_released_within_the_window(
    staged: list[Pending], before: Released, limits: tuple[int, int], released: bool, counted: int
) -> None:
    guards = Guards(removals=Guard(count=limits[0]), disables=Guard(count=limits[1]))

    decision = decide_staged(staged, before, 10, guards, NOW)

    assert (decision.released, decision.staged) == (released, counted)
