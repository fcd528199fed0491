"""What a table takes: which keys, names and values, and how much in one commit.

The limits are Azure's (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
and .../performing-entity-group-transactions); every adapter checks them here before it sends, so all refuse the same.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import assert_never

from shared.adapters.tables.rows import Delete, Insert, Operation, Replace, RowTooLarge, RowValue, Upsert

COMMIT_OPERATIONS = 100
COMMIT_BYTES = 4 * 1024 * 1024
ROW_BYTES = 1024 * 1024
VALUE_BYTES = 64 * 1024
ROW_VALUES = 252
KEY_BYTES = 1024
PAGE_ROWS = 1000

# Printable ASCII without / \ # ?, in one expression: each request has its keys checked.
# Stricter than Azure: beyond ASCII the order of keys is one thing in UTF-16 and another in code points.
_KEY = re.compile(r"[ !\"$-.0->@-\[\]-~]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}")
_RESERVED = frozenset({"PartitionKey", "RowKey", "Timestamp"})
_FIRST_DATE = datetime(1601, 1, 1, tzinfo=UTC)
# Headers, boundary and URL of one part of a multipart request, measured at 560 bytes and the name of the account.
_PART_BYTES = 1024


def check_key(key: str) -> None:
    """ValueError unless a partition or row can be named so."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"Key {key!r}: keys are printable ASCII without / \\ # ?; escape_key makes a part of one.")
    if 2 * len(key) > KEY_BYTES:
        raise ValueError(f"Key {key[:40]!r}...: {2 * len(key)} bytes; the limit is {KEY_BYTES}.")


def check_range(partition: str, first: str, before: str | None) -> None:
    """ValueError unless a range of keys can begin and end so; an empty `first` is the beginning."""
    check_key(partition)
    for bound in (first, before):
        if bound:
            check_key(bound)


def check_limit(limit: int) -> None:
    """ValueError unless a page can have so many rows."""
    if limit < 1:
        raise ValueError(f"A page of {limit} rows.")


def check_commit(partition: str, operations: Sequence[Operation]) -> None:
    """ValueError (RowTooLarge for a row) unless one commit takes the operations."""
    check_key(partition)
    if len(operations) > COMMIT_OPERATIONS:
        raise ValueError(f"{len(operations)} operations; a commit takes {COMMIT_OPERATIONS}. Cut them by `batches`.")
    if len({operation.key for operation in operations}) < len(operations):
        raise ValueError(f"Two operations on one key of partition {partition!r}; a commit takes one per key.")
    size = 0
    for operation in operations:
        check_operation(partition, operation)
        extent = wire_bytes(partition, operation)
        if extent > ROW_BYTES:  # Azurite measures a row by its JSON, Azure by its values: both are to take it
            raise RowTooLarge(f"Row {operation.key!r} has {extent} bytes in a request; the limit is {ROW_BYTES}.")
        size += extent
    if size > COMMIT_BYTES:
        raise ValueError(f"{size} bytes; a commit takes {COMMIT_BYTES}. Cut the operations by `batches`.")


def batches(partition: str, operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """The operations in their order, in lists that a commit takes each; what is atomic together must fit in one."""
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        extent = wire_bytes(partition, operation)
        if batch and (len(batch) == COMMIT_OPERATIONS or size + extent > COMMIT_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += extent
    if batch:
        yield batch


def check_operation(partition: str, operation: Operation) -> None:
    """ValueError unless a table takes this operation."""
    check_key(operation.key)
    match operation:
        case Insert() | Upsert():
            check_values(partition, operation.key, operation.values)
        case Replace():
            _check_etag(operation.etag)
            check_values(partition, operation.key, operation.values)
        case Delete():
            if operation.etag is not None:
                _check_etag(operation.etag)
        case _:
            assert_never(operation)


def check_values(partition: str, key: str, values: Mapping[str, RowValue]) -> None:
    """ValueError (RowTooLarge for the extent) unless a row can hold the values."""
    if len(values) > ROW_VALUES:
        raise RowTooLarge(f"Row {key!r} has {len(values)} values; the limit is {ROW_VALUES}.")
    size = 4 + 2 * (len(partition) + len(key))
    for name, value in values.items():
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise ValueError(f"{name!r} in row {key!r} is no name of a value.")
        extent = _value_bytes(key, name, value)
        if extent > VALUE_BYTES:
            raise RowTooLarge(f"{name} in row {key!r} has {extent} bytes; the limit is {VALUE_BYTES}.")
        size += 8 + 2 * len(name) + extent
    if size > ROW_BYTES:
        raise RowTooLarge(f"Row {key!r} has {size} bytes; the limit is {ROW_BYTES}.")


def wire_bytes(partition: str, operation: Operation) -> int:
    """At most so many bytes does the operation take in a request."""
    size = _PART_BYTES + 6 * (len(partition) + len(operation.key))
    if isinstance(operation, Delete):
        return size
    return size + sum(2 * len(name) + 48 + _json_bytes(value) for name, value in operation.values.items())


def _check_etag(etag: str) -> None:
    if etag in {"", "*"}:
        raise ValueError(f"Etag {etag!r} names no version of a row.")


def _value_bytes(key: str, name: str, value: RowValue) -> int:
    match value:
        case bool():
            return 1
        case int():
            if not -(2**63) <= value < 2**63:
                raise ValueError(f"{name} in row {key!r}: {value} has more than 64 bits.")
            return 8
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{name} in row {key!r}: {value} is no finite number.")
            return 8
        case str():
            return len(value.encode("utf-16-le"))  # a lone surrogate raises UnicodeEncodeError, a ValueError
        case bytes():
            return len(value)
        case datetime():
            if value.tzinfo is None or value < _FIRST_DATE:
                raise ValueError(f"{name} in row {key!r}: {value} is not an aware time from 1601 on.")
            return 8
    raise ValueError(f"{name} in row {key!r}: a table does not hold {type(value).__name__}.")


def _json_bytes(value: RowValue) -> int:
    match value:
        case str():
            return len(json.dumps(value))
        case bytes():
            return (len(value) + 2) // 3 * 4
    return 40
