"""Which JSON does a synchronizationSchema have, and which schema does a JSON say? Nothing is lost either way.

Members are those of Graph v1.0; `flowNullValues` of an attributeMapping is ours, because the portal's switch of this
name has no documented member: https://learn.microsoft.com/entra/identity/app-provisioning/clear-attribute-values
"""

from collections.abc import Mapping
from typing import Any

from shared.configuration.as_written import Member, Record
from shared.configuration.attribute_mapping import (
    AttributeMapping,
    FlowBehavior,
    FlowType,
    MetadataEntry,
    ObjectFlowType,
    ObjectMapping,
)
from shared.configuration.scoping_filter import FilterClause, FilterGroup, FilterOperand, ScopingFilter
from shared.configuration.source_json import read_source, write_source
from shared.configuration.synchronization_schema import (
    AttributeDefinition,
    ContainerFilter,
    DirectoryDefinition,
    GroupFilter,
    ObjectDefinition,
    ReferencedObject,
    SynchronizationRule,
    SynchronizationSchema,
)


def read_schema(value: Mapping[str, Any]) -> SynchronizationSchema:
    """Return the schema of a JSON object whose shape has been checked."""
    return _SCHEMA.read(value)


def write_schema(schema: SynchronizationSchema) -> dict[str, Any]:
    """Return the JSON object; of a schema that was read, exactly the one that was read."""
    return _SCHEMA.write(schema)


def write_directory(directory: DirectoryDefinition) -> dict[str, Any]:
    """Return the JSON object of one directory's definition."""
    return _DIRECTORY.write(directory)


def _flags(text: str) -> frozenset[ObjectFlowType]:
    return frozenset(ObjectFlowType(each.strip()) for each in text.split(",") if each.strip() != "None")


def _write_flags(flags: frozenset[ObjectFlowType]) -> str:
    return ",".join(each for each in ObjectFlowType if each in flags) or "None"


def _texts(name: str, field: str) -> Member:
    return Member(name=name, field=field, read=tuple, write=list)


def _one(name: str, field: str, record: Record[Any]) -> Member:
    return Member(name=name, field=field, read=record.read, write=record.write, nested=True)


def _many(name: str, field: str, record: Record[Any]) -> Member:
    return Member(name=name, field=field, read=record.read_all, write=record.write_all, nested=True)


_METADATA_ENTRY = Record(MetadataEntry, Member(name="key", field="key"), Member(name="value", field="value"))
_METADATA = _many("metadata", "metadata", _METADATA_ENTRY)
_NAME = Member(name="name", field="name")
_ID = Member(name="id", field="id")

_CLAUSE = Record(
    FilterClause,
    Member(name="sourceOperandName", field="source_operand"),
    Member(name="operatorName", field="operator"),
    _one("targetOperand", "target_operand", Record(FilterOperand, _texts("values", "values"))),
)
_GROUP = Record(FilterGroup, _NAME, _many("clauses", "clauses", _CLAUSE))
_FILTER = Record(
    ScopingFilter,
    _many("groups", "groups", _GROUP),
    _many("inputFilterGroups", "input_filter_groups", _GROUP),
    _many("categoryFilterGroups", "category_filter_groups", _GROUP),
)

_MAPPING = Record(
    AttributeMapping,
    Member(name="targetAttributeName", field="target_attribute"),
    Member(name="source", field="source", read=read_source, write=write_source),
    Member(name="flowType", field="flow_type", read=FlowType, write=str),
    Member(name="flowBehavior", field="flow_behavior", read=FlowBehavior, write=str),
    Member(name="defaultValue", field="default_value"),
    Member(name="matchingPriority", field="matching_priority", read=int),
    Member(name="exportMissingReferences", field="export_missing_references"),
    Member(name="flowNullValues", field="flow_null_values"),
)
_OBJECT_MAPPING = Record(
    ObjectMapping,
    _NAME,
    Member(name="enabled", field="enabled"),
    Member(name="flowTypes", field="flow_types", read=_flags, write=_write_flags),
    Member(name="sourceObjectName", field="source_object_name"),
    Member(name="targetObjectName", field="target_object_name"),
    _one("scope", "scope", _FILTER),
    _many("attributeMappings", "attribute_mappings", _MAPPING),
    _METADATA,
)
_RULE = Record(
    SynchronizationRule,
    _ID,
    _NAME,
    Member(name="priority", field="priority", read=int),
    Member(name="editable", field="editable"),
    Member(name="sourceDirectoryName", field="source_directory_name"),
    Member(name="targetDirectoryName", field="target_directory_name"),
    _many("objectMappings", "object_mappings", _OBJECT_MAPPING),
    _one(
        "containerFilter",
        "container_filter",
        Record(ContainerFilter, _texts("includedContainers", "included_containers")),
    ),
    _one("groupFilter", "group_filter", Record(GroupFilter, _texts("includedGroups", "included_groups"))),
    _METADATA,
)

_REFERENCED = Record(
    ReferencedObject,
    Member(name="referencedObjectName", field="referenced_object_name"),
    Member(name="referencedProperty", field="referenced_property"),
)
_ATTRIBUTE = Record(
    AttributeDefinition,
    _NAME,
    Member(name="type", field="type"),
    Member(name="anchor", field="anchor"),
    Member(name="caseExact", field="case_exact"),
    Member(name="required", field="required"),
    Member(name="multivalued", field="multivalued"),
    Member(name="mutability", field="mutability"),
    Member(name="defaultValue", field="default_value"),
    Member(name="flowNullValues", field="flow_null_values"),
    _many("referencedObjects", "referenced_objects", _REFERENCED),
    _METADATA,
)
_OBJECT = Record(
    ObjectDefinition,
    _NAME,
    _many("attributes", "attributes", _ATTRIBUTE),
    _METADATA,
    _texts("supportedApis", "supported_apis"),
)
_DIRECTORY = Record(
    DirectoryDefinition,
    _ID,
    _NAME,
    Member(name="version", field="version"),
    Member(name="readOnly", field="read_only"),
    Member(name="discoverabilities", field="discoverabilities"),
    Member(name="discoveryDateTime", field="discovery_date_time"),
    _many("objects", "objects", _OBJECT),
)
_SCHEMA = Record(
    SynchronizationSchema,
    _ID,
    Member(name="version", field="version"),
    _many("synchronizationRules", "synchronization_rules", _RULE),
    _many("directories", "directories", _DIRECTORY),
)
