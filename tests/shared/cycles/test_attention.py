"""When does a tick have to look at the shards of a configuration?"""

from datetime import UTC, datetime, timedelta

import pytest

from shared.cycles.attention import (
    LONGEST_TRUST,
    MOST_WRITERS,
    Attention,
    Look,
    announced,
    is_surveyed,
    looked,
    needs_look,
    stirred,
    surveyed,
)
from shared.cycles.pending import DueClass, DueEntry

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOMORROW = NOW + LONGEST_TRUST
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


def test_while_somebody_is_about_to_write_no_look_is_believed() -> None:
    watched = announced(after(), TOMORROW, 8)

    assert needs_look(watched, NOW)
    assert not watched.idle
    assert looked(watched, NOTHING, 0, 8, TIMES) == watched


def test_who_has_written_is_not_waited_for_any_more() -> None:
    written = stirred(announced(after(), TOMORROW, 8), 8, announced=TOMORROW)

    assert looked(written, NOTHING, 1, 8, TIMES).idle


@pytest.mark.parametrize("apart", [timedelta(0), MINUTE])
def test_of_two_who_are_about_to_write_the_other_is_still_waited_for(apart: timedelta) -> None:
    both = announced(announced(Attention(), TOMORROW, 8), TOMORROW + apart, 8)

    one = stirred(both, 8, announced=TOMORROW)

    assert looked(one, NOTHING, 1, 8, TIMES) == one
    assert looked(stirred(one, 8, announced=TOMORROW + apart), NOTHING, 2, 8, TIMES).idle


def test_who_writes_without_a_word_before_ends_nobody_elses_announcement() -> None:
    written = stirred(announced(Attention(), TOMORROW, 8), 8)

    assert looked(written, NOTHING, 1, 8, TIMES) == written


def test_who_has_died_before_writing_is_waited_for_for_a_day() -> None:
    watched = announced(Attention(), TOMORROW, 8)

    assert looked(watched, NOTHING, 0, 8, (TOMORROW - MINUTE, TOMORROW)) == watched
    known = looked(watched, NOTHING, 0, 8, (TOMORROW, TOMORROW + MINUTE))
    assert known.idle
    assert known.writers == ()


def test_who_has_died_is_waited_for_no_longer_because_others_write() -> None:
    watched = announced(Attention(), TOMORROW, 8)
    later = TOMORROW + LONGEST_TRUST - MINUTE

    written = stirred(announced(watched, later, 9), 9, announced=later)

    assert looked(written, NOTHING, 1, 9, (TOMORROW, TOMORROW + MINUTE)).idle


def test_of_many_who_have_died_those_are_remembered_who_are_waited_for_longest() -> None:
    watched = Attention()
    for number in range(MOST_WRITERS + 5):
        watched = announced(watched, TOMORROW + number * MINUTE, 8)

    assert len(watched.writers) == MOST_WRITERS
    assert max(watched.writers) == TOMORROW + (MOST_WRITERS + 4) * MINUTE
