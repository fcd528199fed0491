"""When does a tick have to look at the shards of a configuration?"""

from datetime import UTC, datetime, timedelta

import pytest

from shared.cycles.attention import (
    LONGEST_TRUST,
    Attention,
    Look,
    is_surveyed,
    looked,
    needs_look,
    stirred,
    surveyed,
)
from shared.cycles.pending import DueClass, DueEntry

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TIMES = (NOW, NOW + 40 * MINUTE)
NOTHING = Look(busy=False, open=())


def entry(due_class: DueClass, due: datetime = NOW) -> DueEntry:
    return DueEntry(source_id="ada", due_class=due_class, due=due)


def after(*open_: DueEntry, busy: bool = False) -> Attention:
    return looked(Attention(), Look(busy=busy, open=open_), 0, 7, TIMES)


def test_nobody_knows_anything_before_the_first_look() -> None:
    assert needs_look(Attention(), NOW)
    assert not Attention().idle


def test_a_look_that_finds_nothing_is_believed_for_a_day() -> None:
    known = after()

    assert known.idle
    assert known.worked_in == 7
    assert not needs_look(known, NOW + LONGEST_TRUST - MINUTE)
    assert needs_look(known, NOW + LONGEST_TRUST)


@pytest.mark.parametrize(
    ("open_", "look_from"),
    [
        (entry(DueClass.UPDATE), None),
        (entry(DueClass.REMOVAL), None),
        (entry(DueClass.STAGED), None),
        (entry(DueClass.DISABLE), None),
        (entry(DueClass.CREATE, NOW + 3 * MINUTE), NOW + 3 * MINUTE),
        (entry(DueClass.ESCROW), NOW + 40 * MINUTE),
        (entry(DueClass.REJECTED), NOW + 40 * MINUTE),
        (entry(DueClass.DELAYED), NOW + 40 * MINUTE),
        (entry(DueClass.DELAYED, NOW + 30 * LONGEST_TRUST), NOW + LONGEST_TRUST),
    ],
)
def test_what_is_open_says_when_to_look_again(open_: DueEntry, look_from: datetime | None) -> None:
    known = after(open_)

    assert known.look_from == look_from
    assert not known.idle


def test_what_is_under_way_is_looked_at_again() -> None:
    known = after(busy=True)

    assert known.look_from is None
    assert not known.idle


def test_a_look_that_began_before_somebody_wrote_counts_for_nothing() -> None:
    written = stirred(Attention(), 3)

    assert looked(written, NOTHING, 0, 3, TIMES) == written
    assert looked(written, NOTHING, 1, 3, TIMES).idle


def test_whoever_writes_ends_the_rest() -> None:
    known = surveyed(after(), 0)
    assert is_surveyed(known)

    written = stirred(known, 8)

    assert needs_look(written, NOW)
    assert not written.idle
    assert not is_surveyed(written)
    assert written.worked_in == 8


def test_links_are_known_only_if_they_were_read_while_nothing_was_open() -> None:
    assert not is_surveyed(surveyed(after(busy=True), 0))
    assert not is_surveyed(surveyed(after(), 1))
