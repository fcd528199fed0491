"""How does one attribute of the target get its value? The names are those of Graph's synchronizationSchema.

https://learn.microsoft.com/graph/api/resources/synchronization-attributemapping
"""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.configuration.as_written import AsWritten
from shared.configuration.scoping_filter import ScopingFilter


class FlowType(StrEnum):
    """When a mapping applies.

    ALWAYS: at every change. OBJECT_ADD_ONLY: when the object is created. MULTI_VALUE_ADD_ONLY: where it adds values to
    an attribute with several. VALUE_ADD_ONLY: where it adds or replaces, never where it takes away.
    ATTRIBUTE_ADD_ONLY: where the target has no value at all.
    """

    ALWAYS = "Always"
    OBJECT_ADD_ONLY = "ObjectAddOnly"
    MULTI_VALUE_ADD_ONLY = "MultiValueAddOnly"
    VALUE_ADD_ONLY = "ValueAddOnly"
    ATTRIBUTE_ADD_ONLY = "AttributeAddOnly"


class FlowBehavior(StrEnum):
    """Is a value written only where it differs, or with every update that is written?"""

    FLOW_WHEN_CHANGED = "FlowWhenChanged"
    FLOW_ALWAYS = "FlowAlways"


class ObjectFlowType(StrEnum):
    """What may be done to objects of the target: create them, update them, remove them."""

    ADD = "Add"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectSource:
    """The value of an attribute of the source object."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantSource:
    """The same value for everybody; text, as in Graph's JSON, that becomes what the target attribute takes."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionSource:
    """What an expression of Entra's mapping language gives."""

    text: str


Source = DirectSource | ConstantSource | ExpressionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEntry:
    """A key and a value that say something about a rule, an object or an attribute."""

    key: str = ""
    value: str | None = None
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeMapping:
    """One attribute of the target.

    Without a source (Entra's None) the target keeps what it has, and the default value fills what is empty. Otherwise a
    default value applies on create only. A matching priority above 0 makes it a matching attribute.
    """

    target_attribute: str = ""
    source: Source | None = None
    flow_type: FlowType = FlowType.ALWAYS
    flow_behavior: FlowBehavior = FlowBehavior.FLOW_WHEN_CHANGED
    default_value: str | None = None
    matching_priority: int = 0
    export_missing_references: bool = False
    """Kept: a manager is assigned once it is there, whatever this says."""
    flow_null_values: bool = False
    """May a missing value clear the target's? The definition of each source attribute has to say so too."""
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectMapping:
    """How objects of one kind become objects of another kind."""

    name: str = ""
    enabled: bool = True
    flow_types: frozenset[ObjectFlowType] = frozenset(ObjectFlowType)
    source_object_name: str = ""
    target_object_name: str = ""
    scope: ScopingFilter | None = None
    attribute_mappings: tuple[AttributeMapping, ...] = ()
    metadata: tuple[MetadataEntry, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)

    def matching_attributes(self) -> tuple[AttributeMapping, ...]:
        """Return the matching attributes in the order in which they are tried."""
        found = [each for each in self.attribute_mappings if each.matching_priority > 0]
        return tuple(sorted(found, key=lambda each: each.matching_priority))
