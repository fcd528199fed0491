"""What does a synchronizationSchema say: rules with their mappings, and the directories that they are about?

https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema
"""

from dataclasses import dataclass, field

from shared.configuration.as_written import AsWritten
from shared.configuration.attribute_mapping import MetadataEntry, ObjectMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerFilter:
    """Kept; containers are those of Active Directory."""

    included_containers: tuple[str, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFilter:
    """Kept; groups are those of Active Directory."""

    included_groups: tuple[str, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class SynchronizationRule:
    """How objects go from one directory to another; the rule with the lowest priority counts."""

    id: str = ""
    name: str = ""
    priority: int = 0
    editable: bool = True
    source_directory_name: str = ""
    target_directory_name: str = ""
    object_mappings: tuple[ObjectMapping, ...] = ()
    container_filter: ContainerFilter | None = None
    group_filter: GroupFilter | None = None
    metadata: tuple[MetadataEntry, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencedObject:
    referenced_object_name: str = ""
    referenced_property: str | None = None
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeDefinition:
    """One attribute of a kind of object; `type` and `mutability` are Graph's words, also those it may add one day."""

    name: str = ""
    type: str = "String"
    anchor: bool = False
    case_exact: bool = False
    required: bool = False
    multivalued: bool = False
    mutability: str = "ReadWrite"
    default_value: str | None = None
    flow_null_values: bool = False
    referenced_objects: tuple[ReferencedObject, ...] = ()
    metadata: tuple[MetadataEntry, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDefinition:
    name: str = ""
    attributes: tuple[AttributeDefinition, ...] = ()
    metadata: tuple[MetadataEntry, ...] = ()
    supported_apis: tuple[str, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)

    def attribute(self, name: str) -> AttributeDefinition | None:
        return next((each for each in self.attributes if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryDefinition:
    id: str = ""
    name: str = ""
    version: str | None = None
    read_only: bool = False
    discoverabilities: str = "None"
    discovery_date_time: str | None = None
    objects: tuple[ObjectDefinition, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)

    def object(self, name: str) -> ObjectDefinition | None:
        return next((each for each in self.objects if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SynchronizationSchema:
    id: str | None = None
    version: str | None = None
    synchronization_rules: tuple[SynchronizationRule, ...] = ()
    directories: tuple[DirectoryDefinition, ...] = ()
    as_written: AsWritten = field(default_factory=AsWritten)

    def definition(self, directory: str, name: str) -> ObjectDefinition | None:
        """Return what is said of a kind of object in a directory; None where nothing is."""
        found = next((each for each in self.directories if each.name == directory), None)
        return None if found is None else found.object(name)


def directory_named(schema: SynchronizationSchema, name: str) -> DirectoryDefinition | None:
    """Return the directory with this id, or, where none has it, with this name."""
    by_id = (each for each in schema.directories if each.id == name)
    by_name = (each for each in schema.directories if each.name == name)
    return next(by_id, None) or next(by_name, None)
