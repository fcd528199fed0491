"""Which mapping of people is in force, and what has to be read for it?"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache

from shared.configuration.attribute_mapping import (
    AttributeMapping,
    DirectSource,
    ExpressionSource,
    FlowType,
    ObjectFlowType,
    ObjectMapping,
)
from shared.configuration.configuration import Configuration, RemovalAction
from shared.configuration.directory_schema import (
    ENGINE_ATTRIBUTES,
    MANAGER,
    SCOPING_ATTRIBUTES,
    user_attribute,
)
from shared.configuration.entra_attribute_names import OURS_TO_DECIDE, graph_property
from shared.configuration.scoping_filter import MEMBER_OF, FilterClause, FilterGroup
from shared.configuration.synchronization_schema import (
    AttributeDefinition,
    ObjectDefinition,
    SynchronizationRule,
    SynchronizationSchema,
)
from shared.configuration.templates import default_schema
from shared.expressions import ExpressionError, attribute_names, parse

NULLS_FLOW = "FlowNullValues"
"""A metadata key of an object mapping: with the value True each of its mappings lets missing values clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMapping:
    """The mapping of people with what the schema says of both ends; without definitions nothing restricts it."""

    mapping: ObjectMapping
    source: ObjectDefinition | None = None
    target: ObjectDefinition | None = None
    entra: bool = True
    """Do values compare without case unless a definition says otherwise? So they do in a schema of one's own."""

    def acting(self) -> Iterator[AttributeMapping]:
        """Yield the mappings that write a value."""
        for each in self.mapping.attribute_mappings:
            if each.target_attribute not in OURS_TO_DECIDE and each.target_attribute != MANAGER:
                yield each

    def manager(self) -> AttributeMapping | None:
        """Return the mapping by which people have their manager in the target; None if they have none."""
        return next((each for each in self.mapping.attribute_mappings if is_manager_flow(each)), None)

    def nulls_flow(self, mapping: AttributeMapping) -> bool:
        """May a missing value clear the target's? The mapping and each attribute it reads have to say so.

        https://learn.microsoft.com/entra/identity/app-provisioning/clear-attribute-values
        """
        everywhere = any(
            each.key == NULLS_FLOW and (each.value or "").casefold() == "true" for each in self.mapping.metadata
        )
        return (mapping.flow_null_values or everywhere) and all(map(self._may_clear, names_read(mapping)))

    def source_definition(self, name: str) -> AttributeDefinition | None:
        return None if self.source is None else self.source.attribute(name)

    def target_definition(self, name: str) -> AttributeDefinition | None:
        return None if self.target is None else self.target.attribute(name)

    def _may_clear(self, name: str) -> bool:
        definition = self.source_definition(name)
        return definition is not None and definition.flow_null_values


def user_mappings(schema: SynchronizationSchema) -> Iterator[tuple[SynchronizationRule, ObjectMapping]]:
    """Yield the enabled mappings of people, that of the rule with the lowest priority first."""
    for rule in sorted(schema.synchronization_rules, key=lambda each: each.priority):
        for mapping in rule.object_mappings:
            if mapping.enabled and is_of_users(mapping):
                yield rule, mapping


def is_of_users(mapping: ObjectMapping) -> bool:
    return (mapping.source_object_name.casefold(), mapping.target_object_name.casefold()) == ("user", "user")


def is_manager_flow(mapping: AttributeMapping) -> bool:
    """Does it give people the manager that they have in the source?"""
    named = mapping.target_attribute == MANAGER and mapping.source == DirectSource(name=MANAGER)
    return named and mapping.flow_type is FlowType.ALWAYS


def user_mapping(configuration: Configuration) -> UserMapping:
    """Return the mapping of a configuration that has been checked."""
    users = _default() if configuration.schema is None else mapping_of(configuration.schema)
    owned = () if configuration.drift is None else configuration.drift.target_owned
    return _left_to_target(users, owned) if owned else users


def _left_to_target(users: UserMapping, owned: Collection[str]) -> UserMapping:
    """Return the mapping as it acts: what the target owns is written on create only, whatever its flow type is."""
    mappings = tuple(
        replace(each, flow_type=FlowType.OBJECT_ADD_ONLY)
        if graph_property(each.target_attribute).name in owned
        else each
        for each in users.mapping.attribute_mappings
    )
    return replace(users, mapping=replace(users.mapping, attribute_mappings=mappings))


def rule_in_force(configuration: Configuration) -> str:
    """Return the id of the rule whose mapping of people counts."""
    rule, _ = next(user_mappings(configuration.schema or default_schema()))
    return rule.id


def mapping_of(schema: SynchronizationSchema, *, entra: bool = True) -> UserMapping:
    rule, mapping = next(user_mappings(schema))
    return UserMapping(
        mapping=mapping,
        source=schema.definition(rule.source_directory_name, mapping.source_object_name),
        target=schema.definition(rule.target_directory_name, mapping.target_object_name),
        entra=entra,
    )


@cache
def _default() -> UserMapping:
    return mapping_of(default_schema(), entra=False)


def removal_action(configuration: Configuration) -> RemovalAction:
    """Return what happens to people who leave: a mapping that may not delete leaves their objects alone."""
    if ObjectFlowType.DELETE not in user_mapping(configuration).mapping.flow_types:
        return RemovalAction.NONE
    return configuration.removal.action


def source_attributes(configuration: Configuration) -> tuple[str, ...]:
    """Return the properties that are read of a person: for the engine, the mappings and the filters."""
    users = user_mapping(configuration)
    names = {name for each in users.acting() for name in names_read(each)}
    names |= {each.source_operand for each in clauses_of(users.mapping)} - {MEMBER_OF}
    properties = {*ENGINE_ATTRIBUTES, *(graph_property(name).name for name in names)} - set(SCOPING_ATTRIBUTES)
    known = sorted(each for each in properties if user_attribute(each) is not None)
    return (*SCOPING_ATTRIBUTES, *known, *((MANAGER,) if users.manager() is not None else ()))


def target_attributes(configuration: Configuration) -> tuple[str, ...]:
    """Return the properties that are written to a person, and read to compare; the manager only for drift."""
    users = user_mapping(configuration)
    names = {graph_property(each.target_attribute).name for each in users.acting()}
    managers = (MANAGER,) if configuration.drift is not None and users.manager() is not None else ()
    return (*sorted({*ENGINE_ATTRIBUTES, "userType", *names}), *managers)


def names_read(mapping: AttributeMapping) -> frozenset[str]:
    """Return the names of the source attributes that a mapping reads; none of an expression that is none."""
    match mapping.source:
        case DirectSource(name=name):
            return frozenset({name})
        case ExpressionSource(text=text):
            try:
                return attribute_names(parse(text))
            except ExpressionError:
                return frozenset()
        case _:
            return frozenset()


def clauses_of(mapping: ObjectMapping) -> Iterator[FilterClause]:
    """Yield every clause of the mapping's filter."""
    if mapping.scope is not None:
        for group in groups_of(mapping):
            yield from group.clauses


def groups_named(mapping: ObjectMapping) -> frozenset[str]:
    """Return the ids, in lower case, of the groups of the source that the mapping's filter names."""
    return frozenset(
        value.lower() for each in clauses_of(mapping) if each.source_operand == MEMBER_OF for value in each.values
    )


def groups_of(mapping: ObjectMapping) -> tuple[FilterGroup, ...]:
    scope = mapping.scope
    return () if scope is None else (*scope.groups, *scope.input_filter_groups, *scope.category_filter_groups)
