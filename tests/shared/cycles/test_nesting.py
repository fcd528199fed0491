"""Which groups are within which, and where does one contain itself?"""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cycles.nesting import cycles_among, depths, nesting_of, reachable
from shared.cycles.scope_snapshot import ScopeSnapshot

Graph = dict[str, frozenset[str]]


def graph(**inner: str) -> Graph:
    """Each group with those directly within it, as words."""
    return {group: frozenset(within.split()) for group, within in inner.items()}


@pytest.mark.parametrize(
    ("start", "inner", "expected"),
    [
        ("a", graph(), {"a": 0}),
        ("a", graph(a="b", b="c"), {"a": 0, "b": 1, "c": 2}),
        ("a", graph(a="b c", b="c"), {"a": 0, "b": 1, "c": 1}),
        ("a c", graph(a="b", b="c"), {"a": 0, "b": 1, "c": 0}),
        ("a", graph(a="b", b="a"), {"a": 0, "b": 1}),
        ("a", graph(a="a"), {"a": 0}),
        ("a", graph(b="c"), {"a": 0}),
        ("", graph(a="b"), {}),
    ],
)
def test_depth_is_the_shortest_way_from_an_assigned_group(start: str, inner: Graph, expected: dict[str, int]) -> None:
    assert depths(start.split(), inner) == expected
    assert reachable(start.split(), inner) == expected.keys()


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (graph(a="b", b="c"), ()),
        (graph(a="b c", b="d", c="d"), ()),
        (graph(a="a"), (("a",),)),
        (graph(a="b", b="a"), (("a", "b"),)),
        (graph(a="b", b="c", c="a d", d="e", e="d"), (("a", "b", "c"), ("d", "e"))),
        (graph(a="b c", b="a", c="a"), (("a", "b", "c"),)),
        (graph(a="b", b="c", c="b"), (("b", "c"),)),
    ],
)
def test_a_cycle_is_told_as_the_groups_that_contain_each_other(
    inner: Graph, expected: tuple[tuple[str, ...], ...]
) -> None:
    assert cycles_among(sorted({*inner, *chain(*inner.values())}), inner) == expected


def test_a_chain_longer_than_pythons_stack_is_walked() -> None:
    inner = {str(number): frozenset({str(number + 1)}) for number in range(5_000)} | {"5000": frozenset({"0"})}

    assert max(depths(["0"], inner).values()) == 5_000
    assert [len(each) for each in cycles_among(list(inner), inner)] == [5_001]


NAMES = "abcdef"


@given(st.fixed_dictionaries({name: st.frozensets(st.sampled_from(NAMES)) for name in NAMES}))
def test_two_groups_are_in_one_cycle_exactly_if_each_is_within_the_other(inner: Graph) -> None:
    below = {name: reachable(inner[name], inner) for name in NAMES}
    expected = {frozenset(other for other in below[name] if name in below[other]) for name in NAMES} - {frozenset()}

    assert {frozenset(each) for each in cycles_among(list(NAMES), inner)} == expected


def test_the_report_tells_sizes_depth_cycles_and_how_many_are_entitled() -> None:
    scope = ScopeSnapshot(
        users=frozenset({"zoe"}),
        groups={"a": frozenset({"ada", "bea"}), "b": frozenset({"bea"}), "c": frozenset()},
        named={"n": frozenset({"nora"})},
        assigned=frozenset({"a"}),
        inner=graph(a="b", b="c", c="b", n="a"),
    )

    report = nesting_of(scope)

    assert [(each.id, each.assigned, each.depth, each.members, each.groups) for each in report.groups] == [
        ("a", True, 0, 2, ("b",)),
        ("b", False, 1, 1, ("c",)),
        ("c", False, 2, 0, ("b",)),
    ]
    assert (report.depth, report.cycles, report.people) == (2, (("b", "c"),), 3)
    assert (nesting_of(ScopeSnapshot()).depth, nesting_of(ScopeSnapshot()).people) == (0, 0)
