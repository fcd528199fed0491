"""Where do the delta links of a configuration stand? One row for each chain."""

from collections.abc import Sequence

from shared.adapters.tables.purging import purge
from shared.adapters.tables.row_format import RowFormat
from shared.adapters.tables.rows import Delete, Rows, Upsert, escape_key, unescape_key
from shared.orchestration.ports import Watermark

# A delta link over 50 groups with its token may be longer than a column.
WATERMARK = RowFormat(Watermark, keyed=["chain"], long=["link"])


class TableWatermarkStore:
    """WatermarkStore on the table `watermarks`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def all(self, configuration_id: str) -> Sequence[Watermark]:
        rows = self._rows.scan(escape_key(configuration_id))
        return [WATERMARK.value(row, chain=unescape_key(row.key)) async for row in rows]

    async def save(self, configuration_id: str, watermark: Watermark) -> None:
        operation = Upsert(key=escape_key(watermark.chain), values=WATERMARK.columns(watermark))
        await self._rows.commit(escape_key(configuration_id), [operation])

    async def delete(self, configuration_id: str, chain: str) -> None:
        await self._rows.commit(escape_key(configuration_id), [Delete(key=escape_key(chain))])

    async def purge(self, configuration_id: str, limit: int) -> int:
        return await purge(self._rows, escape_key(configuration_id), limit)
