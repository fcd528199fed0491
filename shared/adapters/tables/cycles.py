"""Where do the cycles of a configuration stand? One row each, the newest first."""

from collections.abc import Sequence
from dataclasses import replace

from shared.adapters.tables.key_order import inverted_number
from shared.adapters.tables.purging import purge
from shared.adapters.tables.row_format import RowFormat
from shared.adapters.tables.rows import Delete, Insert, Replace, Row, RowConflict, Rows, escape_key
from shared.cycles.cycle import Cycle
from shared.orchestration.ports import Conflict

# Messages of Graph may be longer than a column.
CYCLE = RowFormat(Cycle, keyed=["configuration_id"], long=["error_message"])


class TableCycleStore:
    """CycleStore on the table `cycles`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def create(self, cycle: Cycle) -> Cycle:
        key = inverted_number(cycle.number)
        partition = escape_key(cycle.configuration_id)
        try:
            etags = await self._rows.commit(partition, [Insert(key=key, values=CYCLE.columns(cycle))])
        except RowConflict as conflict:
            stored = await self.get(cycle.configuration_id, cycle.number)
            if stored is None:
                raise Conflict(str(conflict)) from conflict
            return stored
        return replace(cycle, etag=etags[key])

    async def get(self, configuration_id: str, number: int) -> Cycle | None:
        row = await self._rows.get(escape_key(configuration_id), inverted_number(number))
        return None if row is None else _cycle(row, configuration_id)

    async def save(self, cycle: Cycle) -> Cycle:
        """Replace; a write of our own whose answer was lost raises Conflict too: two must never both have won."""
        operation = Replace(key=inverted_number(cycle.number), values=CYCLE.columns(cycle), etag=cycle.etag)
        try:
            etags = await self._rows.commit(escape_key(cycle.configuration_id), [operation])
        except RowConflict as conflict:
            raise Conflict(str(conflict)) from conflict
        return replace(cycle, etag=etags[operation.key])

    async def newest(self, configuration_id: str, count: int) -> Sequence[Cycle]:
        rows = await self._rows.page(escape_key(configuration_id), limit=count)
        return [_cycle(row, configuration_id) for row in rows]

    async def delete(self, configuration_id: str, number: int) -> None:
        await self._rows.commit(escape_key(configuration_id), [Delete(key=inverted_number(number))])

    async def purge(self, configuration_id: str, limit: int) -> int:
        return await purge(self._rows, escape_key(configuration_id), limit)


def _cycle(row: Row, configuration_id: str) -> Cycle:
    return CYCLE.value(row, configuration_id=configuration_id, etag=row.etag)
