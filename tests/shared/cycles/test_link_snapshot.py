"""Does the packed table of links know what a plain dictionary would?"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.cycles.link_snapshot import LinkSnapshot, Packing
from shared.provisioning.link import Link, LinkState
from tests.shared.provisioning.people import link

IDS = st.one_of(st.uuids().map(str), st.text(max_size=3))
MANAGERS = ["", "cleo", "dina"]
LINKS = st.lists(
    st.builds(
        lambda source_id, state, enabled, digest, manager: replace(
            link(source_id=source_id, state=state), enabled=enabled, digest=digest, manager=manager
        ),
        IDS,
        st.sampled_from(LinkState),
        st.booleans(),
        st.sampled_from(["", "1:a", "1:b"]),
        st.sampled_from(MANAGERS),
    ),
    unique_by=lambda each: each.source_id,
)


@settings(deadline=None)
@given(
    links=LINKS,
    asked=st.lists(IDS),
    digest=st.sampled_from(["1:a", "1:b", "1:c"]),
    manager=st.sampled_from(MANAGERS),
)
def test_it_answers_as_a_dictionary_would(links: list[Link], asked: list[str], digest: str, manager: str) -> None:
    plain = {each.source_id: each for each in links}

    snapshot = LinkSnapshot.pack(links)

    for source_id in [*plain, *asked]:
        known = plain.get(source_id)
        assert snapshot.state(source_id) == (known and (known.state is LinkState.ACTIVE, known.enabled))
        same = known is not None and (known.digest, known.manager) == (digest, manager)
        assert snapshot.unchanged(source_id, digest, manager) is same
    assert snapshot.active == sum(each.state is LinkState.ACTIVE for each in links)


@settings(deadline=None)
@given(links=LINKS, seen=st.sets(IDS), data=st.data())
def test_absent_is_who_was_active_and_has_not_been_seen(links: list[Link], seen: set[str], data: st.DataObject) -> None:
    snapshot = LinkSnapshot.pack(links)
    marked = seen | data.draw(st.sets(st.sampled_from([each.source_id for each in links])) if links else st.just(set()))

    for source_id in marked:
        snapshot.mark_seen(source_id)

    absent = {each.source_id for each in links if each.state is LinkState.ACTIVE} - marked
    assert {each.source_id for each in links if snapshot.is_absent(each.source_id)} == absent
    assert not any(snapshot.is_absent(source_id) for source_id in marked)


@settings(deadline=None)
@given(links=LINKS, cuts=st.integers(1, 8), busy=st.sets(st.integers(0, 20)))
def test_parts_make_the_table_of_the_whole(links: list[Link], cuts: int, busy: set[int]) -> None:
    working = {links[index].source_id for index in busy if index < len(links)}
    packing = Packing()

    for start in range(cuts):
        part = links[start::cuts]
        packing.add(part, working.intersection(each.source_id for each in part))

    assert packing.table() == LinkSnapshot.pack(links, working).packed


@settings(deadline=None)
@given(links=LINKS)
def test_packed_bytes_make_the_same_table_again(links: list[Link]) -> None:
    snapshot = LinkSnapshot.pack(links)
    for each in links[::2]:
        snapshot.mark_seen(each.source_id)

    again = LinkSnapshot(snapshot.packed)

    assert len(again.packed) == 26 * len(links)
    assert list(again.records()) == sorted(snapshot.records())
    assert [again.is_absent(each.source_id) for each in links] == [snapshot.is_absent(each.source_id) for each in links]


def test_the_order_of_the_links_does_not_matter() -> None:
    links = [link(source_id=f"s-{number}") for number in range(100)]

    assert LinkSnapshot.pack(links).packed == LinkSnapshot.pack(reversed(links)).packed


def test_an_empty_table_knows_nobody() -> None:
    snapshot = LinkSnapshot(b"")

    assert (snapshot.state("s"), snapshot.unchanged("s", "1:a"), snapshot.is_absent("s")) == (None, False, False)
    assert (snapshot.active, snapshot.packed, snapshot.is_seen("s")) == (0, bytearray(), False)


@settings(deadline=None)
@given(links=LINKS, newcomers=st.sets(IDS), again=st.booleans())
def test_newcomers_who_were_seen_get_a_place_between_the_others(
    links: list[Link], newcomers: set[str], again: bool
) -> None:
    ids = {each.source_id for each in links}
    snapshot, without = LinkSnapshot.pack(links), LinkSnapshot.pack(links)
    for source_id in newcomers:
        snapshot.mark_seen(source_id)

    snapshot = LinkSnapshot(snapshot.packed) if again else snapshot

    assert all(snapshot.is_seen(source_id) for source_id in newcomers)
    assert not any(snapshot.is_seen(source_id) for source_id in ids - newcomers)
    assert [snapshot.state(each) for each in ids | newcomers] == [without.state(each) for each in ids | newcomers]
    assert list(snapshot.records()) == sorted(snapshot.records())
    assert len(snapshot.packed) == 26 * len(ids | newcomers)


@pytest.mark.parametrize("length", [1, 25, 27])
def test_bytes_of_a_wrong_length_are_no_table(length: int) -> None:
    with pytest.raises(ValueError, match=f"{length} bytes"):
        LinkSnapshot(b"\0" * length)


def test_people_with_open_work_are_busy_and_never_unchanged() -> None:
    linked, idle = link(source_id="linked"), link(source_id="idle")

    snapshot = LinkSnapshot.pack([linked, idle], ["linked", "new"])

    assert [snapshot.is_busy(each) for each in ("linked", "new", "idle", "nobody")] == [True, True, False, False]
    assert not snapshot.unchanged("linked", linked.digest)
    assert snapshot.unchanged("idle", idle.digest)
    assert snapshot.state("new") is None


def test_work_that_is_staged_later_makes_busy_whoever_has_a_place() -> None:
    snapshot = LinkSnapshot.pack([link(source_id="idle")])

    snapshot.mark_busy(["idle", "nobody"])

    assert snapshot.is_busy("idle")
    assert not snapshot.is_busy("nobody")


def test_who_had_no_active_link_is_unexpected_until_they_are_seen() -> None:
    snapshot = LinkSnapshot.pack(
        [link(source_id="linked"), link(source_id="gone", state=LinkState.DELETED)], ["linked", "new"]
    )
    people = ("linked", "gone", "new", "nobody")

    before = {each: snapshot.is_unexpected(each) for each in people}
    for each in ("new", "nobody"):
        snapshot.mark_seen(each)

    assert before == {"linked": False, "gone": True, "new": True, "nobody": True}
    assert {each: snapshot.is_unexpected(each) for each in people} == before | {"new": False, "nobody": False}
    assert not snapshot.is_absent("new")


def test_its_length_is_how_many_people_have_a_place() -> None:
    snapshot = LinkSnapshot.pack([link(source_id="linked")], ["new"])
    snapshot.mark_seen("newcomer")

    assert len(snapshot) == 2
    assert len(LinkSnapshot(snapshot.packed)) == 3
