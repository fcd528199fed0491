"""Who is entitled, which groups are read in which chain, and do the bytes keep it?"""

import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.cycles.scope_snapshot import (
    CHAIN_LENGTH,
    Chain,
    ScopeSnapshot,
    chains_for,
    changed_by_assignment,
    pack,
    unpack,
)

NAMES = st.text(max_size=4)
PEOPLE = st.frozensets(NAMES)
CHAINS = st.lists(st.builds(Chain, groups=st.lists(NAMES).map(tuple), link=st.text())).map(tuple)
GROUPS = st.dictionaries(NAMES.map("g{}".format), PEOPLE)
NAMED = st.dictionaries(NAMES.map("n{}".format), PEOPLE)
SCOPES = st.builds(ScopeSnapshot, users=PEOPLE, groups=GROUPS, named=NAMED, chains=CHAINS)
# A sequence of what is assigned, cycle after cycle.
HISTORIES = st.lists(st.frozensets(st.integers(0, 130).map(str), max_size=130), min_size=1, max_size=5)


@settings(deadline=None)
@given(scope=SCOPES)
def test_a_snapshot_is_the_same_after_packing(scope: ScopeSnapshot) -> None:
    assert unpack(pack(scope)) == scope


def test_a_snapshot_of_an_older_version_of_the_app_is_read() -> None:
    older = {"users": ["ada"], "groups": {"g": ["bea"]}, "chains": [{"groups": ["g"], "link": "delta"}], "version": 1}

    scope = unpack(zlib.compress(json.dumps(older).encode()))

    chains = (Chain(groups=("g",), link="delta"),)
    assert scope == ScopeSnapshot(
        users=frozenset({"ada"}), groups={"g": frozenset({"bea"})}, chains=chains, assigned=frozenset({"g"})
    )


def test_an_older_version_of_the_app_takes_no_member_of_a_named_group_as_entitled() -> None:
    scope = ScopeSnapshot(groups={"g": frozenset({"ada"})}, named={"n": frozenset({"bea"})})

    known_to_it = {"users", "groups", "chains", "version"}
    read = {name: value for name, value in json.loads(zlib.decompress(pack(scope))).items() if name in known_to_it}

    assert (read["users"], read["groups"]) == ([], {"g": ["ada"]})


def test_equal_snapshots_have_equal_bytes() -> None:
    names = [str(number) for number in range(50)]
    one = ScopeSnapshot(users=frozenset(names), groups={"g": frozenset(names)})
    other = ScopeSnapshot(users=frozenset(reversed(names)), groups={"g": frozenset(reversed(names))})

    assert pack(one) == pack(other)


@pytest.mark.parametrize(
    "content",
    [b"", b"not compressed", zlib.compress(b""), zlib.compress(b"[]"), zlib.compress(b'{"users": [1]}'), b"x\x9c\0"],
)
def test_other_bytes_are_no_snapshot(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a scope snapshot"):
        unpack(content)


def test_bytes_that_are_cut_short_are_no_snapshot() -> None:
    whole = pack(ScopeSnapshot(users=frozenset({"ada"})))

    for length in range(len(whole)):
        with pytest.raises(ValueError, match="not a scope snapshot"):
            unpack(whole[:length])


def test_groups_within_groups_and_those_that_are_assigned_come_back_as_they_were() -> None:
    scope = ScopeSnapshot(
        groups={"g": frozenset({"ada"}), "h": frozenset()},
        assigned=frozenset({"g"}),
        inner={"g": frozenset({"h"}), "h": frozenset({"g"})},
    )

    assert unpack(pack(scope)) == scope


def test_everybody_is_who_is_assigned_or_a_member() -> None:
    scope = ScopeSnapshot(users=frozenset({"a", "b"}), groups={"g": frozenset({"b", "c"}), "h": frozenset()})

    assert scope.everybody() == {"a", "b", "c"}
    assert ScopeSnapshot().everybody() == frozenset()


def test_members_of_a_group_that_only_the_filter_names_are_not_entitled() -> None:
    scope = ScopeSnapshot(groups={"g": frozenset({"a"})}, named={"n": frozenset({"a", "b"})})

    assert scope.everybody() == {"a"}


def test_memberships_are_those_of_the_groups_asked_for_whatever_they_are_read_for() -> None:
    scope = ScopeSnapshot(
        users=frozenset({"a"}),
        groups={"g": frozenset({"a", "b"}), "h": frozenset({"b"}), "i": frozenset()},
        named={"n": frozenset({"b"})},
    )

    assert scope.memberships("b", ("g", "n", "i", "unknown")) == {"g", "n"}
    assert scope.memberships("a", ("g", "n")) == {"g"}
    assert scope.memberships("b", ()) == frozenset()


def test_members_change_in_their_own_group_whatever_it_is_read_for() -> None:
    scope = ScopeSnapshot(groups={"g": frozenset({"a"})}, named={"n": frozenset({"b"})})

    changed = scope.with_members({"g": {"a", "c"}, "n": set()})

    assert changed == ScopeSnapshot(groups={"g": frozenset({"a", "c"})}, named={"n": frozenset()})


def test_groups_of_which_nothing_is_said_keep_their_members_and_the_groups_within_them() -> None:
    scope = ScopeSnapshot(
        groups={"g": frozenset({"a"}), "h": frozenset({"b"})},
        inner={"g": frozenset({"h"}), "h": frozenset({"g"})},
    )

    changed = scope.with_members({"h": {"c"}, "stranger": {"d"}}, {"h": set()})

    assert changed.groups == {"g": frozenset({"a"}), "h": frozenset({"c"})}
    assert changed.inner == {"g": frozenset({"h"}), "h": frozenset()}


@pytest.mark.parametrize(
    ("users", "groups", "candidates"),
    [
        (("a", "b"), ("g", "h"), ()),
        (("a",), ("g", "h"), ("b",)),
        (("a", "b", "z"), ("g", "h"), ("z",)),
        (("b", "z"), ("g", "h"), ("a", "z")),
        (("a", "b"), ("h",), ("b", "c")),
        (("a", "b"), (), ("b", "c", "d")),
        (("a", "b"), ("g", "h", "i"), ()),
        ((), (), ("a", "b", "c", "d")),
    ],
)
def test_candidates_are_who_came_or_went_and_the_members_of_groups_that_went(
    users: tuple[str, ...], groups: tuple[str, ...], candidates: tuple[str, ...]
) -> None:
    before = ScopeSnapshot(users=frozenset({"a", "b"}), groups={"g": frozenset({"b", "c"}), "h": frozenset({"d"})})

    assert changed_by_assignment(before, users, groups) == frozenset(candidates)


@pytest.mark.parametrize(("groups", "candidates"), [(("g",), ()), (("g", "n"), ("c", "d")), ((), ("a", "c"))])
def test_members_of_a_named_group_are_candidates_when_it_is_assigned_too_and_when_it_is_not_any_more(
    groups: tuple[str, ...], candidates: tuple[str, ...]
) -> None:
    before = ScopeSnapshot(groups={"g": frozenset({"a", "c"})}, named={"n": frozenset({"c", "d"})})

    assert changed_by_assignment(before, (), groups) == frozenset(candidates)


@settings(deadline=None)
@given(before=SCOPES, users=PEOPLE, data=st.data())
def test_whose_entitlement_changed_by_assignment_is_a_candidate(
    before: ScopeSnapshot, users: frozenset[str], data: st.DataObject
) -> None:
    groups = data.draw(st.frozensets(st.sampled_from([*before.members, "new"])))
    kept = {group: members for group, members in before.members.items() if group in groups}
    after = ScopeSnapshot(users=users, groups=kept)

    assert before.everybody() ^ after.everybody() <= changed_by_assignment(before, users, groups)


def linked(chains: tuple[Chain, ...]) -> tuple[Chain, ...]:
    """The chains after a cycle has read them."""
    return tuple(Chain(groups=each.groups, link=each.link or f"delta {'-'.join(each.groups)}") for each in chains)


@settings(deadline=None)
@given(history=HISTORIES)
def test_whatever_was_assigned_before_each_group_is_in_one_chain_of_at_most_fifty(
    history: list[frozenset[str]],
) -> None:
    chains: tuple[Chain, ...] = ()
    for groups in history:
        chains = linked(chains_for(chains, groups))

        assert sorted(group for chain in chains for group in chain.groups) == sorted(groups)
        assert all(0 < len(chain.groups) <= CHAIN_LENGTH for chain in chains)


@settings(deadline=None)
@given(history=HISTORIES)
def test_a_group_that_was_not_assigned_before_is_read_from_its_beginning(history: list[frozenset[str]]) -> None:
    chains: tuple[Chain, ...] = ()
    before = frozenset[str]()
    for groups in history:
        chains = chains_for(chains, groups)

        fresh = {group for chain in chains if not chain.link for group in chain.groups}
        assert fresh == groups - before
        chains, before = linked(chains), groups


def test_chains_that_are_still_needed_keep_their_links() -> None:
    before = (Chain(groups=("g", "h"), link="one"), Chain(groups=("i",), link="two"))

    chains = chains_for(before, ["g", "j"])

    assert chains == (Chain(groups=("g",), link="one"), Chain(groups=("j",)))


def test_fifty_one_groups_make_two_chains() -> None:
    chains = chains_for((), [f"{number:03}" for number in range(51)])

    assert [len(chain.groups) for chain in chains] == [50, 1]


def test_a_group_that_is_assigned_once_more_is_read_anew() -> None:
    first = linked(chains_for((), ["dyers", "weavers"]))
    without = linked(chains_for(first, ["weavers"]))

    again = chains_for(without, ["dyers", "weavers"])

    assert Chain(groups=("dyers",)) in again
