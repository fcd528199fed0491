"""Can every attribute mapping be carried out, and does each say one thing only?"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.configuration.attribute_mapping import (
    AttributeMapping,
    ConstantSource,
    DirectSource,
    ExpressionSource,
    FlowType,
)
from shared.configuration.directory_schema import MANAGER, UserAttribute, is_extension, user_attribute
from shared.configuration.entra_attribute_names import NOT_IN_GRAPH, OURS_TO_DECIDE, Reading, graph_property
from shared.configuration.problems import Problem
from shared.configuration.source_json import source_json_problem
from shared.configuration.synchronization_schema import ObjectDefinition
from shared.configuration.target_values import constant_problem, typed
from shared.configuration.user_mapping import UserMapping, is_manager_flow, names_read
from shared.expressions import Call, ExpressionError, compiled, parse
from shared.expressions.syntax import nodes

UNIQUE = "selectuniquevalue"

FILTERABLE = frozenset({"mail", "employeeId", "mailNickname"})
"""What can be looked up, besides extension attributes: each is text that Graph filters by.

https://learn.microsoft.com/graph/aad-advanced-queries#user-properties
"""

STEADY = frozenset({"mail", "accountEnabled"})
"""What has to flow always, and never by time or chance: the engine compares and guards it."""


def mapping_problems(users: UserMapping, json: Sequence[Mapping[str, Any]], path: str) -> Iterator[Problem]:
    """Judge every mapping of people; `json` is what they were read from, in the same order."""
    for number, mapping in enumerate(users.mapping.attribute_mappings):
        place = f"{path}/{number}"
        yield from _source_json_problems(json[number].get("source"), f"{place}/source")
        if mapping.target_attribute in OURS_TO_DECIDE:
            yield from _ours(mapping, place)
        elif mapping.target_attribute == MANAGER:
            yield from _manager_problems(mapping, place)
        else:
            yield from _Judge(users=users, mapping=mapping, path=place).problems()
    yield from _repeated(users, path)


def _source_json_problems(value: object, path: str) -> Iterator[Problem]:
    problem = source_json_problem(value) if isinstance(value, dict) else None
    if problem is not None:
        yield Problem(path=f"{path}/expression", message=problem)


def _ours(mapping: AttributeMapping, path: str) -> Iterator[Problem]:
    """Entra's own mappings to what Graph does not let be written are kept; a mapping of one's own would do nothing."""
    name = mapping.target_attribute
    if name == "userPrincipalName" and mapping.source not in (None, DirectSource(name=name)):
        message = f"cannot be written: {OURS_TO_DECIDE[name]}; map it directly or remove the mapping"
        yield Problem(path=f"{path}/targetAttributeName", message=message)


def _manager_problems(mapping: AttributeMapping, path: str) -> Iterator[Problem]:
    """A reference is no value: it is taken as it is, or (without a source) left alone."""
    if mapping.source is not None and not is_manager_flow(mapping):
        message = "takes the person's own manager, always: map manager directly, with flowType Always, or remove it"
        yield Problem(path=f"{path}/source", message=message)
    if mapping.default_value is not None:
        yield Problem(path=f"{path}/defaultValue", message="a manager is another object, so there is no default for it")


def _repeated(users: UserMapping, path: str) -> Iterator[Problem]:
    targets, priorities = dict[str, int](), dict[int, int]()
    acting = set(map(id, users.acting()))
    for number, mapping in enumerate(users.mapping.attribute_mappings):
        if id(mapping) in acting or is_manager_flow(mapping):
            name = graph_property(mapping.target_attribute).name
            first = targets.setdefault(name, number)
            if first != number:
                message = f"is mapped by entry {first} already ({name}); remove one of them"
                yield Problem(path=f"{path}/{number}/targetAttributeName", message=message)
        if mapping.matching_priority > 0:
            first = priorities.setdefault(mapping.matching_priority, number)
            if first != number:
                message = f"is the priority of entry {first} too; matching attributes are tried one after the other"
                yield Problem(path=f"{path}/{number}/matchingPriority", message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    """Judges one mapping."""

    users: UserMapping
    mapping: AttributeMapping
    path: str

    def problems(self) -> Iterator[Problem]:
        target = user_attribute(graph_property(self.mapping.target_attribute).name)
        yield from self._target_problems(target)
        yield from self._source_problems(target)
        yield from self._matching_problems()
        yield from self._flow_problems(target)

    def _target_problems(self, target: UserAttribute | None) -> Iterator[Problem]:
        name = self.mapping.target_attribute
        where = f"{self.path}/targetAttributeName"
        if target is None:
            yield Problem(
                path=where, message=f"{name} is no attribute of a user in Graph{_close(name, self.users.target)}"
            )
        elif not target.writable or graph_property(name).reading is Reading.DISABLED:
            yield Problem(path=where, message=f"{name} cannot be written in Graph; remove the mapping")
        definition = self.users.target_definition(name)
        if self.users.target is not None and definition is None:
            directory = f"is not defined for {self.users.target.name} in the target directory"
            yield Problem(path=where, message=f"{name} {directory}; define it{_close(name, self.users.target)}")
        elif definition is not None and definition.mutability == "ReadOnly":
            yield Problem(path=where, message=f"{name} is ReadOnly by its definition in the target directory")

    def _source_problems(self, target: UserAttribute | None) -> Iterator[Problem]:
        match self.mapping.source:
            case DirectSource(name=name):
                yield from attribute_problems(self.users, name, f"{self.path}/source/name")
                yield from self._shape_problems(name, target)
            case ConstantSource(value=value):
                yield from self._constant_problems(value, target, f"{self.path}/source/name")
            case ExpressionSource(text=text):
                yield from self._expression_problems(text)
        if self.mapping.default_value is not None:
            yield from self._constant_problems(self.mapping.default_value, target, f"{self.path}/defaultValue")

    def _shape_problems(self, name: str, target: UserAttribute | None) -> Iterator[Problem]:
        meant = graph_property(name)
        source = user_attribute(meant.name)
        several = source is not None and source.multivalued and meant.reading is Reading.WHOLE
        if several and target is not None and not target.multivalued and not is_extension(target.name):
            message = f"{name} has several values and {target.name} takes one; choose one with Item or Join them"
            yield Problem(path=f"{self.path}/source/name", message=message)

    def _constant_problems(self, value: str, target: UserAttribute | None, where: str) -> Iterator[Problem]:
        problem = None if target is None or value == "" else constant_problem(value, self._typed(target))
        if problem is not None:
            yield Problem(path=where, message=problem)

    def _typed(self, target: UserAttribute) -> UserAttribute:
        return typed(target, self.users.target_definition(self.mapping.target_attribute), entra=self.users.entra)

    def _expression_problems(self, text: str) -> Iterator[Problem]:
        where = f"{self.path}/source/expression"
        try:
            tree = parse(text)
            program = compiled(tree)
        except ExpressionError as error:
            yield Problem(path=where, message=f"is no expression: {_pointed(error)}")
            return
        for name in sorted(names_read(self.mapping)):
            yield from attribute_problems(self.users, name, where)
        create_only = self.mapping.flow_type is FlowType.OBJECT_ADD_ONLY
        if _calls_unique(text) and not create_only:
            message = "asks what the target has already, so it may apply on create only; set flowType to ObjectAddOnly"
            yield Problem(path=where, message=message)
        elif _calls_unique(text) and not _is_filterable(self._target_name()):
            message = f"whether {self._target_name()} has a value already cannot be asked of Graph; it can of "
            yield Problem(path=where, message=message + _FILTERABLE)
        elif program.is_volatile and self._target_name() in STEADY:
            message = (
                f"depends on time or chance, which {self._target_name()} must not: the engine compares it each time"
            )
            yield Problem(path=where, message=message)

    def _matching_problems(self) -> Iterator[Problem]:
        if self.mapping.matching_priority == 0:
            return
        where, name = f"{self.path}/matchingPriority", self._target_name()
        if not _is_filterable(name):
            message = f"people cannot be matched by {name}; write 0, or match by {_FILTERABLE}"
            yield Problem(path=where, message=message)
        elif self.mapping.source is None:
            yield Problem(path=where, message="a matching attribute needs a source; write 0 or give it one")
        elif _is_volatile(self.mapping):
            yield Problem(path=where, message="a matching attribute must not depend on time or chance; write 0")

    def _flow_problems(self, target: UserAttribute | None) -> Iterator[Problem]:
        where, flow_type = f"{self.path}/flowType", self.mapping.flow_type
        if flow_type is not FlowType.ALWAYS and self._target_name() in STEADY:
            yield Problem(path=where, message=f"{self._target_name()} has to flow always; write Always or leave it out")
        elif flow_type is FlowType.MULTI_VALUE_ADD_ONLY and target is not None and not self._typed(target).multivalued:
            yield Problem(path=where, message=f"{target.name} has one value, so nothing can be added to it")

    def _target_name(self) -> str:
        return graph_property(self.mapping.target_attribute).name


def attribute_problems(users: UserMapping, name: str, where: str) -> Iterator[Problem]:
    """Say why an attribute of the source cannot be read."""
    if name in NOT_IN_GRAPH:
        yield Problem(path=where, message=f"{name} ({NOT_IN_GRAPH[name]}) is not shown by Graph; use another attribute")
    elif user_attribute(graph_property(name).name) is None:
        yield Problem(path=where, message=f"{name} is no attribute of a user in Graph{_close(name, users.source)}")
    elif users.source is not None and users.source_definition(name) is None:
        message = f"{name} is not defined for {users.source.name} in the source directory; define it"
        yield Problem(path=where, message=message + _close(name, users.source))


_FILTERABLE = f"{', '.join(sorted(FILTERABLE))} and extension attributes"


def _is_filterable(name: str) -> bool:
    return name in FILTERABLE or is_extension(name) or name.startswith("onPremisesExtensionAttributes/")


def _close(name: str, definition: ObjectDefinition | None) -> str:
    names = {} if definition is None else {each.name.lower(): each.name for each in definition.attributes}
    found = difflib.get_close_matches(name[:60].lower(), names, n=1)
    return f'; did you mean "{names[found[0]]}"?' if found else ""


def _pointed(error: ExpressionError) -> str:
    """Return the message with its place in one line."""
    near = re.sub(r"\s+", " ", error.text[error.span.start : error.span.start + 30])
    at = f" (character {error.span.start + 1}{f', at {near!r}' if near else ''})"
    return f"{error.message}{at}"


def _calls_unique(text: str) -> bool:
    return any(isinstance(node, Call) and node.name.casefold() == UNIQUE for node in nodes(parse(text)))


def _is_volatile(mapping: AttributeMapping) -> bool:
    if not isinstance(mapping.source, ExpressionSource):
        return False
    try:
        return compiled(parse(mapping.source.text)).is_volatile
    except ExpressionError:
        return False
