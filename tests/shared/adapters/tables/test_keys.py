"""Do keys sort as their values do, and can they be read back?"""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.tables.entry_keys import (
    due_entry,
    due_key,
    due_until,
    link_key,
    log_key,
    one_partition,
    partition_key,
    shard_of,
    source_id_of,
)
from shared.adapters.tables.key_order import (
    inverted_day,
    inverted_day_of,
    inverted_number,
    inverted_time,
    inverted_time_of,
    number_part,
    time_of,
    time_part,
)
from shared.adapters.tables.row_limits import check_key
from shared.cycles.pending import DueClass, DueEntry
from tests.shared.adapters.tables.values import NOW

TIMES = st.integers(0, 2**52).map(lambda microseconds: NOW + timedelta(microseconds=microseconds))
NUMBERS = st.integers(0, 10**10 - 1)
ENTRIES = st.builds(DueEntry, source_id=st.text(max_size=20), due_class=st.sampled_from(DueClass), due=TIMES)


@given(TIMES, TIMES)
def test_times_sort_in_keys(one: datetime, other: datetime) -> None:
    assert (time_part(one) < time_part(other)) == (one < other)
    assert (inverted_time(one) > inverted_time(other)) == (one < other)


@given(TIMES)
def test_times_come_back_from_keys(time: datetime) -> None:
    assert time_of(time_part(time)) == time
    assert inverted_time_of(inverted_time(time)) == time


@given(NUMBERS, NUMBERS)
def test_numbers_sort_in_keys(one: int, other: int) -> None:
    assert (number_part(one) < number_part(other)) == (one < other)
    assert (inverted_number(one) > inverted_number(other)) == (one < other)


@given(st.dates(), st.dates())
def test_days_sort_in_keys_and_come_back(one: date, other: date) -> None:
    assert (inverted_day(one) > inverted_day(other)) == (one < other)
    assert inverted_day_of(inverted_day(one)) == one


@given(ENTRIES)
def test_what_is_due_comes_back_from_its_key(entry: DueEntry) -> None:
    key = due_key(entry)

    check_key(key)
    assert due_entry(key) == entry


@given(ENTRIES, TIMES)
def test_the_range_of_what_is_due_ends_with_its_time(entry: DueEntry, until: datetime) -> None:
    first, before = due_until(entry.due_class, until)

    assert (first <= due_key(entry) < before) == (entry.due <= until)


@pytest.mark.parametrize("source_id", ["a:b", "a;b", "a/b#c?d\\e", "Zoë", "", "link:x", "\x00\x7f"])
def test_any_source_id_can_stand_in_keys(source_id: str) -> None:
    for key in (link_key(source_id), log_key(source_id, NOW), partition_key(source_id, 3)):
        check_key(key)

    assert source_id_of(link_key(source_id)) == source_id


# These are for ever: rows are found by them.
@pytest.mark.parametrize(
    ("source_id", "shard"),
    [
        ("", 4),
        ("a", 7),
        ("00000000-0000-0000-0000-000000000001", 0),
        ("00000000-0000-0000-0000-000000000002", 7),
        ("zoë", 2),
    ],
)
def test_the_shard_of_a_source_id_never_changes(source_id: str, shard: int) -> None:
    assert shard_of(source_id, 8) == shard


def test_people_are_spread_over_all_shards() -> None:
    counts = [0] * 8
    for number in range(4000):
        counts[shard_of(f"person {number}", 8)] += 1

    assert min(counts) > 400


def test_keys_look_as_the_documentation_says() -> None:
    entry = DueEntry(source_id="s:1", due_class=DueClass.STAGED, due=NOW)

    assert partition_key("c d", 3) == "c=20d:03"
    assert due_key(entry) == "due:8:20260101T000000.000000Z:s=3A1"
    assert log_key("s", NOW) == "log:s:998232774399999999"


def test_objects_of_several_shards_have_no_partition_in_common() -> None:
    with pytest.raises(ValueError, match="shards"):
        one_partition("c", [f"person {number}" for number in range(20)], 8)
