"""How is a whole partition emptied? A part at a time, because it may hold a million rows."""

from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.row_format import VERSION
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Delete, Operation, Rows


async def purge(rows: Rows, partition: str, limit: int) -> int:
    """Delete up to so many rows; returns how many. Whoever writes one meanwhile has it deleted the next time."""
    found = await rows.page(partition, limit=limit, select=[VERSION])
    operations: list[Operation] = [Delete(key=row.key) for row in found]
    await in_parallel(rows.commit(partition, batch) for batch in batches(partition, operations))
    return len(operations)
