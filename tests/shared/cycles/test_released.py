"""Who was released lately is counted once, as of the last time, until the window is over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cycles.pending import WorkKind
from shared.cycles.released import Released

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
REMOVE, DISABLE = WorkKind.REMOVE, WorkKind.DISABLE


def test_nobody_was_released_at_first() -> None:
    assert Released().count({REMOVE: ["ada"]}, NOW - DAY) == 1
    assert Released().count({REMOVE: []}, NOW - DAY) == 0


def test_a_person_counts_once_and_as_of_the_last_time() -> None:
    first = Released().with_more({REMOVE: ["ada", "cleo"]}, NOW, NOW - DAY)
    again = first.with_more({REMOVE: ["ada"]}, NOW + DAY / 2, NOW - DAY / 2)

    assert again.count({REMOVE: ["ada", "dora"]}, NOW - DAY) == 3
    assert again.count({REMOVE: []}, NOW + timedelta(minutes=1)) == 1, "ada was let go once more"
    assert again.count({REMOVE: []}, NOW + DAY / 2 + timedelta(minutes=1)) == 0


def test_removals_and_disables_are_counted_apart() -> None:
    released = Released().with_more({REMOVE: ["ada"], DISABLE: ["cleo", "dora"]}, NOW, NOW - DAY)

    assert (released.count({REMOVE: []}, NOW - DAY), released.count({DISABLE: []}, NOW - DAY)) == (1, 2)


def test_whoever_was_disabled_and_is_to_be_removed_counts_once_where_both_are_counted() -> None:
    released = Released().with_more({DISABLE: ["cleo", "dora"]}, NOW, NOW - DAY)

    assert released.count({REMOVE: ["dora"], DISABLE: []}, NOW - DAY) == 2


def test_what_is_older_than_the_window_goes() -> None:
    released = Released().with_more({REMOVE: ["ada"]}, NOW - 2 * DAY, NOW - 3 * DAY)

    assert released.with_more({}, NOW, NOW - DAY).pack() == b""


@given(
    st.dictionaries(st.sampled_from([REMOVE, DISABLE]), st.lists(st.text(), max_size=20)),
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
)
def test_it_comes_back_from_its_bytes_as_it_was(released: dict[WorkKind, list[str]], now: datetime) -> None:
    table = Released().with_more(released, now, now - DAY)

    assert Released.unpack(table.pack()) == table


def test_other_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="20 bytes are no table"):
        Released.unpack(b"x" * 20)
