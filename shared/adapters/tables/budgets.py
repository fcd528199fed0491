"""Where does it stand until when nothing may be written to a target tenant?"""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.tables.row_format import RowFormat
from shared.adapters.tables.rows import Insert, Operation, Replace, Row, RowConflict, Rows, escape_key
from shared.orchestration.ports import Conflict

WRITES = "writes"
_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What the row holds."""

    not_before: datetime


HOLD = RowFormat(Hold)


class TableBudgetStore:
    """BudgetStore on the table `budgets`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def not_before(self, tenant_id: str) -> datetime | None:
        row = await self._rows.get(escape_key(tenant_id), WRITES)
        return None if row is None else HOLD.value(row).not_before

    async def hold_until(self, tenant_id: str, until: datetime) -> None:
        partition = escape_key(tenant_id)
        for _ in range(_TRIES):
            row = await self._rows.get(partition, WRITES)
            if row is not None and HOLD.value(row).not_before >= until:
                return
            try:
                await self._rows.commit(partition, [_raised(row, until)])
            except RowConflict:
                continue
            return
        raise Conflict(f"The budget of tenant {tenant_id!r} does not come to rest.")


def _raised(row: Row | None, until: datetime) -> Operation:
    columns = HOLD.columns(Hold(not_before=until))
    if row is None:
        return Insert(key=WRITES, values=columns)
    return Replace(key=WRITES, values=columns, etag=row.etag)
