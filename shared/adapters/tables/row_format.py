"""How do the engine's values stand in rows?

A field of a value is a column of the same name, in the table's own type; None is an absent column. What a table has no
type for (mappings, tuples, nested values), and text that may be longer than the 64 KiB of one column, is packed: JSON
in UTF-8, cut into binary columns `name`, `name_1`, `name_2`...

Every row has a column `v`, the version of its format. Who meets a newer version leaves the row alone and raises
NewerRow. Columns that a reader does not know are none of its business, so a column can be added without a new version
if it may be lost when an older version of the app writes the row again.
"""

from collections.abc import Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from shared.adapters.tables.rows import Row, RowValue
from shared.orchestration.ports import NewerRow

VERSION = "v"
FORMAT_VERSION = 1
PART_BYTES = 60 * 1024

_Value = TypeVar("_Value")


class RowFormat(Generic[_Value]):
    """The columns of one kind of row: all fields of a value but its etag and those that stand in its keys."""

    def __init__(self, kind: type[_Value], *, keyed: Sequence[str] = (), long: Sequence[str] = ()) -> None:
        self._kind = kind
        self._long = frozenset(long)
        columns = [field for field in fields(kind) if field.name not in {"etag", *keyed}]  # type: ignore[arg-type]
        self._columns = tuple(field.name for field in columns)
        self._required = tuple(
            field.name for field in columns if field.default is MISSING and field.default_factory is MISSING
        )

    def columns(self, value: _Value) -> dict[str, RowValue]:
        """The columns of a row that holds the value."""
        columns: dict[str, RowValue] = {VERSION: FORMAT_VERSION}
        for name in self._columns:
            field = getattr(value, name)
            if field is None:
                continue
            if isinstance(field, str | int | float | datetime) and name not in self._long:
                columns[name] = str(field) if isinstance(field, StrEnum) else field
            else:
                columns.update(split_bytes(name, msgspec.json.encode(field)))
        return columns

    def value(self, row: Row, **keyed: object) -> _Value:
        """The value that a row holds; raises NewerRow."""
        check_version(row)
        stored: dict[str, Any] = dict.fromkeys(self._required)
        for name in self._columns:
            column = row.values.get(name)
            if isinstance(column, bytes):
                stored[name] = msgspec.json.decode(joined_bytes(row, name))
            elif column is not None:
                stored[name] = column
        return msgspec.convert(stored | keyed, self._kind)


def check_version(row: Row) -> None:
    """Raise NewerRow if the row was written by a newer version of the app."""
    version = row.values[VERSION]
    if version != FORMAT_VERSION:
        raise NewerRow(f"Row {row.key!r} in partition {row.partition!r} has format {version!r}, not {FORMAT_VERSION}.")


def split_bytes(name: str, content: bytes) -> dict[str, RowValue]:
    """Columns that hold the content, also where it is empty."""
    starts = range(0, len(content) or 1, PART_BYTES)
    return {_part(name, index): content[start : start + PART_BYTES] for index, start in enumerate(starts)}


def joined_bytes(row: Row, name: str) -> bytes:
    """The content that `split_bytes` was given."""
    parts: list[bytes] = []
    while isinstance(part := row.values.get(_part(name, len(parts))), bytes):
        parts.append(part)
    return b"".join(parts)


def _part(name: str, index: int) -> str:
    return f"{name}_{index}" if index else name
