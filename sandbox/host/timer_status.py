"""When did a timer fire last? The platform keeps that in a blob, so that a host that starts again knows what it missed.

Here it is a row of a table of its own, which no transaction count includes (see ``sandbox.azurite.access_log``).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables.aio import TableClient

from sandbox.host.arguments import ScheduleStatus
from sandbox.host.persistence import persistently

TABLE = "sandboxtimers"
PARTITION = "timer"


class TimerStatuses:
    """The status of each timer, by function name."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    async def read(self, function: str) -> ScheduleStatus | None:
        try:
            row = await persistently(lambda: self._table.get_entity(PARTITION, function))
        except ResourceNotFoundError:
            return None
        return _status(row)

    async def write(self, function: str, status: ScheduleStatus) -> None:
        row = {
            "PartitionKey": PARTITION,
            "RowKey": function,
            "last": status.last.isoformat() if status.last else "",
            "next": status.next.isoformat(),
            "lastUpdated": status.last_updated.isoformat(),
        }
        await persistently(lambda: self._table.upsert_entity(row))


def _status(row: Mapping[str, Any]) -> ScheduleStatus:
    return ScheduleStatus(
        last=datetime.fromisoformat(row["last"]) if row["last"] else None,
        next=datetime.fromisoformat(row["next"]),
        last_updated=datetime.fromisoformat(row["lastUpdated"]),
    )
