"""How does a row look as an entity of Azure Tables?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from azure.data.tables import EdmType, EntityProperty, TableEntity

from shared.adapters.tables.rows import Row, RowValue

_KEYS = frozenset({"PartitionKey", "RowKey"})


def entity_of(partition: str, key: str, values: Mapping[str, RowValue]) -> dict[str, Any]:
    """The entity to write."""
    properties = {name: _property(value) for name, value in values.items()}
    return {"PartitionKey": partition, "RowKey": key, **properties}


def row_of(entity: TableEntity) -> Row:
    """The row that was read."""
    values = {
        name: _value(value) for name, value in entity.items() if name not in _KEYS and value is not None
    }  # Azure, unlike Azurite, answers a selected value that a row lacks with null
    return Row(
        partition=entity["PartitionKey"],
        key=entity["RowKey"],
        values=values,
        etag=entity.metadata["etag"] or "",
    )


def _property(value: RowValue) -> object:
    # Plain integers would be 32 bits wide, and a subclass (an enum) is not what is read back.
    match value:
        case bool():
            return value
        case int():
            return EntityProperty(int(value), EdmType.INT64)
        case str():
            return str(value)
        case _:
            return value


def _value(value: object) -> RowValue:
    if isinstance(value, EntityProperty):
        return int(value.value)
    if isinstance(value, datetime):  # the library's own subclass, with what the service wrote
        return datetime.combine(value.date(), value.time(), tzinfo=UTC)
    return cast("RowValue", value)
