"""How is a small row changed that many may want to change at once? By compare-and-swap, again and again."""

from collections.abc import Callable
from typing import TypeVar

from shared.adapters.tables.row_format import RowFormat
from shared.adapters.tables.rows import Insert, Operation, Replace, RowConflict, Rows
from shared.orchestration.ports import Conflict

_TRIES = 40
_Value = TypeVar("_Value")


async def change_row(
    rows: Rows, partition: str, key: str, form: RowFormat[_Value], first: _Value, change: Callable[[_Value], _Value]
) -> None:
    """Change a row, `first` where there is none; what stays as it is is not written. Raises Conflict in the end."""
    for _ in range(_TRIES):
        row = await rows.get(partition, key)
        standing = first if row is None else form.value(row)
        wanted = change(standing)
        if wanted == standing:
            return
        columns = form.columns(wanted)
        operation: Operation = Insert(key=key, values=columns)
        if row is not None:
            operation = Replace(key=key, values=columns, etag=row.etag)
        try:
            await rows.commit(partition, [operation])
        except RowConflict:
            continue
        return
    raise Conflict(f"Row {key!r} in partition {partition!r} does not come to rest.")
