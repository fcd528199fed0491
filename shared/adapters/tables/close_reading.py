"""How are many rows of one partition read with few requests, where they stand close to each other?

A request for a key returns one row, one for a range up to a thousand. Of a company that changes all at once a range
holds mostly rows that are asked for; of a few among a million it holds mostly others, and each is read by itself.
"""

from collections.abc import Sequence
from typing import Final

from shared.adapters.tables.row_limits import PAGE_ROWS
from shared.adapters.tables.rows import Row, Rows

FEW: Final = 3
"""So few are read each by itself."""

WORTH: Final = 5
"""A range is worth its while if it holds so many of those that are asked for."""

SPARSE: Final = 40
"""So many other rows for each that is asked for are read along."""


async def read_close(rows: Rows, partition: str, keys: Sequence[str]) -> dict[str, Row]:
    """Return those of the rows that exist, by key; each as fresh as by itself, together they are no snapshot."""
    left = sorted(set(keys))
    found = dict[str, Row]()
    while len(left) > FEW:
        page = await _range(rows, partition, left)
        wanted = set(left)
        found |= {row.key: row for row in page if row.key in wanted}
        if len(page) < _most(left):
            return found  # the range was read to its end
        behind = [key for key in left if key > page[-1].key]
        worth = len(left) - len(behind)
        left = behind
        if worth < WORTH:
            break
    return found | dict(await rows.get_many(partition, left)) if left else found


async def _range(rows: Rows, partition: str, keys: Sequence[str]) -> list[Row]:
    # no key sorts between a key and the same with a blank behind it
    return await rows.page(partition, first=keys[0], before=keys[-1] + " ", limit=_most(keys))


def _most(keys: Sequence[str]) -> int:
    return min(len(keys) * SPARSE, PAGE_ROWS)
