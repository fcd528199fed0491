"""Is a hint about a shard under way? One row for each shard says until when one is believed to be."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.tables.row_format import RowFormat
from shared.adapters.tables.rows import Delete, Insert, Replace, RowConflict, Rows, RowValue, Upsert

KEY = "hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardHint:
    """What the row holds."""

    until: datetime


SHARD_HINT = RowFormat(ShardHint)


class ShardHints:
    """The rows `hint`, each in the partition of its shard."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def begin(self, partition: str, now: datetime, until: datetime) -> bool:
        """Note a hint, unless one is under way; False if one is, or if somebody noted one at this moment."""
        columns = SHARD_HINT.columns(ShardHint(until=until))
        try:
            await self._rows.commit(partition, [Insert(key=KEY, values=columns)])
        except RowConflict:
            return await self._begin_anew(partition, now, columns)
        return True

    async def _begin_anew(self, partition: str, now: datetime, columns: dict[str, RowValue]) -> bool:
        """Note a hint in the place of one that is believed to be lost."""
        row = await self._rows.get(partition, KEY)
        if row is None or SHARD_HINT.value(row).until > now:
            return False
        try:
            await self._rows.commit(partition, [Replace(key=KEY, values=columns, etag=row.etag)])
        except RowConflict:
            return False
        return True

    async def is_under_way(self, partition: str, now: datetime) -> bool:
        """Is a hint believed to be under way?"""
        row = await self._rows.get(partition, KEY)
        return row is not None and SHARD_HINT.value(row).until > now

    async def extend(self, partition: str, until: datetime) -> None:
        """Note that the hint goes on until then."""
        await self._rows.commit(partition, [Upsert(key=KEY, values=SHARD_HINT.columns(ShardHint(until=until)))])

    async def end(self, partition: str) -> None:
        """Note that no hint is under way."""
        await self._rows.commit(partition, [Delete(key=KEY)])
