"""Which rules does a schema break: of the directories that it defines, of Graph, and of this engine?

Judged is the one mapping of people that is in force. Others are kept as they are, as long as they are not enabled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.configuration.attribute_mapping import ObjectFlowType, ObjectMapping
from shared.configuration.filter_rules import filter_problems
from shared.configuration.mapping_rules import mapping_problems
from shared.configuration.problems import Problem, child_path
from shared.configuration.schema_json import read_schema
from shared.configuration.synchronization_schema import SynchronizationSchema
from shared.configuration.user_mapping import is_of_users, mapping_of


def schema_problems(value: Mapping[str, Any], path: str) -> Iterator[Problem]:
    """Judge the JSON of a schema whose shape has been checked; every problem names its place in that JSON."""
    schema = read_schema(value)
    yield from _choice_problems(schema, path)
    found = list(_enabled(schema, path))
    users = [each for each in found if is_of_users(each.mapping)]
    if len(users) != 1:
        return
    place = users[0]
    json = value["synchronizationRules"][place.rule]["objectMappings"][place.number]
    yield from _flow_type_problems(place.mapping, place.path)
    in_force = mapping_of(schema)
    yield from _end_problems(schema, place, path)
    yield from mapping_problems(
        in_force, json.get("attributeMappings") or [], child_path(place.path, "attributeMappings")
    )
    yield from filter_problems(in_force, child_path(place.path, "scope"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    mapping: ObjectMapping
    rule: int
    number: int
    path: str


def _enabled(schema: SynchronizationSchema, path: str) -> Iterator[_Place]:
    for rule_number, rule in enumerate(schema.synchronization_rules):
        for number, mapping in enumerate(rule.object_mappings):
            if mapping.enabled:
                place = f"{path}/synchronizationRules/{rule_number}/objectMappings/{number}"
                yield _Place(mapping=mapping, rule=rule_number, number=number, path=place)


def _choice_problems(schema: SynchronizationSchema, path: str) -> Iterator[Problem]:
    found = list(_enabled(schema, path))
    users = [each for each in found if is_of_users(each.mapping)]
    if not users:
        message = "has no enabled mapping from User to User; people are what is provisioned"
        yield Problem(path=f"{path}/synchronizationRules", message=message)
    for each in users[1:]:
        yield Problem(
            path=each.path, message=f"maps people once more, as {users[0].path} does; keep one of them enabled"
        )
    for each in found:
        if not is_of_users(each.mapping):
            kind = each.mapping.source_object_name or "nothing"
            message = f"is true, but objects of kind {kind} are not provisioned in this version; write false to keep it"
            yield Problem(path=f"{each.path}/enabled", message=message)


def _flow_type_problems(mapping: ObjectMapping, path: str) -> Iterator[Problem]:
    missing = [each for each in (ObjectFlowType.ADD, ObjectFlowType.UPDATE) if each not in mapping.flow_types]
    if missing:
        named = " and ".join(missing)
        message = f"lacks {named}: people are always created and updated; only Delete may be left out"
        yield Problem(path=f"{path}/flowTypes", message=message)


def _end_problems(schema: SynchronizationSchema, place: _Place, path: str) -> Iterator[Problem]:
    """A schema that defines directories has to define those that it maps."""
    rule = schema.synchronization_rules[place.rule]
    ends = (
        ("sourceDirectoryName", rule.source_directory_name, place.mapping.source_object_name),
        ("targetDirectoryName", rule.target_directory_name, place.mapping.target_object_name),
    )
    names = {each.name for each in schema.directories}
    for member, directory, kind in ends:
        where = f"{path}/synchronizationRules/{place.rule}/{member}"
        if names and directory not in names:
            known = ", ".join(sorted(names))
            yield Problem(path=where, message=f"names no directory of the schema; its directories are {known}")
        elif names and schema.definition(directory, kind) is None:
            yield Problem(path=where, message=f"names a directory that defines no object {kind}")
