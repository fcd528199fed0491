"""When do the guards over creates and rewrites hold?"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.configuration.configuration import Guard, Guards
from shared.cycles.surge import Surge, SurgeKind, Tripped, is_watched, longest_window, surge_kind, tripped
from shared.provisioning.provisioning_log import ProvisioningAction
from tests.shared.provisioning.people import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WATCHED = Guards(creates=Guard(count=3, window=DAY), rewrites=Guard(count=5, window=2 * DAY))


def surge(**counts: int) -> Surge:
    return Surge().with_more({SurgeKind[name.upper()]: count for name, count in counts.items()}, NOW, DAY)


@pytest.mark.parametrize(
    ("counts", "held"),
    [
        ({}, []),
        ({"creates": 2, "rewrites": 4}, []),
        ({"creates": 3}, ["TooManyCreates"]),
        ({"rewrites": 5}, ["TooManyRewrites"]),
        ({"creates": 9, "rewrites": 9}, ["TooManyCreates", "TooManyRewrites"]),
    ],
)
def test_each_guard_holds_from_its_number_on(counts: dict[str, int], held: list[str]) -> None:
    assert [each.kind.value for each in tripped(surge(**counts), WATCHED, 10, NOW)] == held


def test_a_guard_that_nobody_asked_for_never_holds() -> None:
    assert tripped(surge(creates=10**6, rewrites=10**6), Guards(), 10, NOW) == ()


def test_from_50_people_on_the_share_holds_too() -> None:
    guards = Guards(creates=Guard(count=500, share=0.1))

    assert tripped(surge(creates=5), guards, 49, NOW) == ()
    assert tripped(surge(creates=5), guards, 50, NOW) == (Tripped(kind=SurgeKind.CREATES, count=5, limit=5),)


def test_what_is_older_than_the_window_counts_no_more() -> None:
    counts = surge(creates=3)

    assert tripped(counts, WATCHED, 10, NOW + DAY - HOUR)
    assert not tripped(counts, WATCHED, 10, NOW + DAY + HOUR)


def test_what_is_older_than_is_kept_goes() -> None:
    later = surge(creates=3, rewrites=2).with_more({SurgeKind.CREATES: 1}, NOW + DAY + HOUR, DAY)

    assert (later.count(SurgeKind.CREATES, NOW - DAY), later.count(SurgeKind.REWRITES, NOW - DAY)) == (1, 0)


@given(parts=st.lists(st.tuples(st.sampled_from(SurgeKind), st.integers(1, 9), st.integers(0, 23)), max_size=20))
def test_within_what_is_kept_nothing_is_lost(parts: list[tuple[SurgeKind, int, int]]) -> None:
    counts = Surge()
    for kind, count, hours in sorted(parts, key=lambda part: part[2]):
        counts = counts.with_more({kind: count}, NOW + hours * HOUR, DAY)

    for kind in SurgeKind:
        assert counts.count(kind, NOW) == sum(count for each, count, _ in parts if each is kind)


@pytest.mark.parametrize(("kind", "word"), [(SurgeKind.CREATES, "created"), (SurgeKind.REWRITES, "updated")])
def test_whoever_is_told_reads_what_how_many_and_what_to_do(kind: SurgeKind, word: str) -> None:
    message = Tripped(kind=kind, count=7, limit=5).message

    assert message.startswith(f"7 people were {word}")
    assert "from 5 on" in message
    assert "approve" in message


def test_only_creates_and_updates_count() -> None:
    counted = {action: kind for action in ProvisioningAction if (kind := surge_kind(action)) is not None}

    assert counted == {ProvisioningAction.CREATE: SurgeKind.CREATES, ProvisioningAction.UPDATE: SurgeKind.REWRITES}


@pytest.mark.parametrize(
    ("guards", "watched", "window"),
    [
        (Guards(), False, HOUR),
        (Guards(creates=Guard(window=DAY)), True, DAY),
        (Guards(rewrites=Guard(window=3 * DAY)), True, 3 * DAY),
        (WATCHED, True, 2 * DAY),
    ],
)
def test_counts_are_kept_for_the_longest_window_that_is_watched(
    guards: Guards, watched: bool, window: timedelta
) -> None:
    assert (is_watched(guards), longest_window(guards)) == (watched, window)
