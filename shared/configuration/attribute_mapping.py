"""How does one attribute of the target get its value? The names are those of Graph's synchronizationSchema.

https://learn.microsoft.com/graph/api/resources/synchronization-attributemapping
"""

from dataclasses import dataclass
from enum import StrEnum


class FlowType(StrEnum):
    """When a mapping applies: at every change, or only when the object is created."""

    ALWAYS = "Always"
    OBJECT_ADD_ONLY = "ObjectAddOnly"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectSource:
    """The value of an attribute of the source object."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantSource:
    """The same value for everybody."""

    value: str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeMapping:
    """One attribute; a default value applies only on create, a matching priority above 0 makes it a match attribute."""

    target_attribute: str
    source: DirectSource | ConstantSource
    flow_type: FlowType = FlowType.ALWAYS
    default_value: str | None = None
    matching_priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectMapping:
    name: str
    source_object_name: str
    target_object_name: str
    attribute_mappings: tuple[AttributeMapping, ...]
