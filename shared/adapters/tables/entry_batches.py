"""Which groups of operations fit into one transaction together?"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from shared.adapters.tables.row_limits import COMMIT_BYTES, COMMIT_OPERATIONS, wire_bytes
from shared.adapters.tables.rows import Operation

# A row of counters at its largest takes less than this in a request.
SPARE_BYTES = 8 * 1024

_Item = TypeVar("_Item")


def grouped(
    partition: str, groups: Sequence[tuple[_Item, Sequence[Operation]]], *, spare: int = 0
) -> Iterator[list[_Item]]:
    """The items in their order, in lists whose operations one commit takes, with `spare` more small ones."""
    batch: list[_Item] = []
    count, size = spare, spare * SPARE_BYTES
    for item, operations in groups:
        extent = sum(wire_bytes(partition, operation) for operation in operations)
        if batch and (count + len(operations) > COMMIT_OPERATIONS or size + extent > COMMIT_BYTES):
            yield batch
            batch, count, size = [], spare, spare * SPARE_BYTES
        batch.append(item)
        count += len(operations)
        size += extent
    if batch:
        yield batch
