"""How are many rows deleted? A part at a time, because a partition may hold a million."""

from collections.abc import Sequence

from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Delete, Operation, Rows


async def purge(rows: Rows, partition: str, limit: int) -> int:
    """Delete up to so many rows; returns how many. Whoever writes one meanwhile has it deleted the next time."""
    found = await rows.page(partition, limit=limit, select=[VERSION])
    await delete_keys(rows, partition, [row.key for row in found])
    return len(found)


async def delete_range(rows: Rows, partition: str, first: str, before: str) -> None:
    """Delete the few rows of a range."""
    await delete_keys(
        rows, partition, [row.key async for row in rows.scan(partition, first=first, before=before, select=[VERSION])]
    )


async def delete_keys(rows: Rows, partition: str, keys: Sequence[str]) -> None:
    """Delete whatever of these rows is there."""
    operations: list[Operation] = [Delete(key=key) for key in keys]
    await in_parallel(rows.commit(partition, batch) for batch in batches(partition, operations))
