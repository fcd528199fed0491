"""How is one attribute of the target computed, and how does the value become what Graph takes?"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from shared.configuration.attribute_mapping import (
    AttributeMapping,
    ConstantSource,
    DirectSource,
    ExpressionSource,
    FlowBehavior,
    FlowType,
)
from shared.configuration.directory_schema import UserAttribute, target_attribute
from shared.configuration.entra_attribute_names import Reading, graph_property
from shared.configuration.scoping_filter import AttributeType
from shared.configuration.target_values import fitted, typed
from shared.configuration.user_mapping import UserMapping
from shared.expressions import (
    DROP,
    Call,
    Drop,
    Environment,
    Expression,
    ExpressionError,
    Result,
    Value,
    attribute_names,
    compiled,
    parse,
)
from shared.expressions.syntax import nodes
from shared.provisioning.entry import AttributeValue, SourceEntry

UNIQUE = "selectuniquevalue"

Computed = AttributeValue | Literal[Drop.DROP]
_Program = Callable[[Mapping[str, Value], Environment], Result]
Reader = Callable[[SourceEntry], AttributeValue]
_Taken = frozenset[tuple[str, str]]


def _no_chance(_: object = None) -> int:
    raise LookupError("only an expression of time or chance asks for it")


STILL = Environment(
    now=datetime(1, 1, 1, tzinfo=UTC),
    random=_no_chance,
    new_guid=lambda: str(_no_chance()),
    exists=lambda _: bool(_no_chance()),
)
"""The environment of what depends on nothing but the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeFlow:
    """One compiled mapping of an attribute."""

    name: str
    """The property of Graph's user."""
    target: UserAttribute
    flow_type: FlowType
    behavior: FlowBehavior
    clears: bool
    """Does a missing value clear the target's?"""
    default: AttributeValue
    fills: bool
    """There is no source: the default fills what is empty, and nothing else flows."""
    volatile: bool
    unique: bool
    expression: str
    """Where the value comes from, in the words of the mapping language; empty where there is no source."""
    redacted: bool
    """Does no log show the value, nor the attributes that it comes from?"""
    constant: AttributeValue
    """The value that everybody has; None where it depends on the person, or on more than the mapping."""
    copied: str
    """The property whose value needs no more than to be copied if it is of the `copied_type`; empty for none."""
    copied_type: type[str | bool]
    _readers: tuple[tuple[str, Reader], ...]
    _is_text: bool
    """Does the attribute take one text, just as it is?"""
    _as_is: bool
    """Is all that it reads a property under its own name, and nothing of the target, so that nothing is prepared?"""
    _program: _Program

    @property
    def steady(self) -> bool:
        """Does it flow always, and from nothing but the person?"""
        return self.flow_type is not FlowType.OBJECT_ADD_ONLY and not self.volatile

    def value(self, source: SourceEntry, environment: Environment, taken: _Taken, *, creating: bool) -> Computed:
        """Return the value for a person, None for none, or DROP; raises an ExpressionError."""
        if self._as_is:
            result = self._program(source.attributes, environment)
            if result.__class__ is str and result and self._is_text:
                return result  # so are most values
        elif self.fills:
            return self.default if creating and self.default is not None else DROP
        else:
            if self.unique:
                environment = replace(environment, exists=lambda value: (self.name, value.casefold()) in taken)
            result = self._program(self._read(source), environment)
        if result is DROP:
            return DROP
        value = fitted(result, self.target)
        if value in {None, ()} and creating and self.default is not None:
            return self.default
        return value

    def against(self, desired: AttributeValue, current: AttributeValue) -> Computed:
        """Return what of a desired value flows to an object that has the current one, by the flow type."""
        match self.flow_type:
            case FlowType.ATTRIBUTE_ADD_ONLY:
                return desired if current in {None, "", ()} else DROP
            case FlowType.MULTI_VALUE_ADD_ONLY if not isinstance(desired, tuple):
                return DROP
            case FlowType.MULTI_VALUE_ADD_ONLY | FlowType.VALUE_ADD_ONLY if isinstance(desired, tuple):
                before = current if isinstance(current, tuple) else ()
                return (*before, *(each for each in desired if each not in before))
            case _:
                return desired

    def values_read(self, source: SourceEntry) -> dict[str, AttributeValue]:
        """Return what the value comes from, by property of Graph's user."""
        return {graph_property(name).name: read(source) for name, read in self._readers}

    def properties_read(self) -> frozenset[str]:
        """Return the properties of Graph's user that the value comes from."""
        return frozenset(graph_property(name).name for name, _ in self._readers)

    def candidates(self, source: SourceEntry, environment: Environment) -> tuple[str, ...]:
        """Return all values that SelectUniqueValue may choose from."""
        if not self.unique:
            return ()
        asked = list[str]()

        def exists(value: str) -> bool:
            asked.append(value)
            return True

        with suppress(ExpressionError):  # none of them would do: that is how all of them come to be asked for
            self._program(self._read(source), replace(environment, exists=exists))
        return tuple(dict.fromkeys(asked))

    def _read(self, source: SourceEntry) -> Mapping[str, Value]:
        return {name: read(source) for name, read in self._readers}


def compiled_attribute(mapping: AttributeMapping, users: UserMapping) -> AttributeFlow:
    """Return the compiled mapping of one attribute; it has been checked before."""
    name = graph_property(mapping.target_attribute).name
    target = typed(target_attribute(name), users.target_definition(mapping.target_attribute), entra=users.entra)
    tree = parse(mapping.source.text) if isinstance(mapping.source, ExpressionSource) else None
    program = None if tree is None else compiled(tree)
    unique = tree is not None and calls_unique(tree)
    keeps = mapping.flow_type in _ADDING
    return AttributeFlow(
        name=name,
        target=target,
        flow_type=mapping.flow_type,
        behavior=mapping.flow_behavior,
        clears=target.nullable and users.nulls_flow(mapping) and not keeps,
        default=None if mapping.default_value is None else fitted(mapping.default_value, target),
        fills=mapping.source is None,
        volatile=program is not None and program.is_volatile,
        unique=unique,
        expression=_written(mapping),
        redacted=program is not None and program.is_redacted,
        constant=_constant(mapping, target),
        copied=_copied(mapping, target),
        copied_type=bool if target.type is AttributeType.BOOLEAN else str,
        _readers=tuple((each, reader(each)) for each in _names(mapping, tree)),
        _is_text=target.type is AttributeType.STRING and not target.multivalued,
        _as_is=not (mapping.source is None or unique) and all(map(_is_plain, _names(mapping, tree))),
        _program=program.evaluate if program is not None else _plain(mapping),
    )


def _constant(mapping: AttributeMapping, target: UserAttribute) -> AttributeValue:
    """Return the value of a constant; None where it is none, empty, or nothing that the attribute takes."""
    if not isinstance(mapping.source, ConstantSource):
        return None
    with suppress(ExpressionError):
        return fitted(mapping.source.value, target) or None
    return None


def _copied(mapping: AttributeMapping, target: UserAttribute) -> str:
    """Return the property that flows as it is: most do, and they need not be asked what they are."""
    if not isinstance(mapping.source, DirectSource) or target.multivalued:
        return ""
    meant = graph_property(mapping.source.name)
    plain = target.type in {AttributeType.STRING, AttributeType.BOOLEAN} and meant.reading is Reading.WHOLE
    return meant.name if plain and meant.name != "id" else ""


def _is_plain(name: str) -> bool:
    """Does a name mean the property that is called so, as a whole?"""
    meant = graph_property(name)
    return meant.name == name != "id" and meant.reading is Reading.WHOLE


_ADDING = frozenset({FlowType.MULTI_VALUE_ADD_ONLY, FlowType.VALUE_ADD_ONLY, FlowType.ATTRIBUTE_ADD_ONLY})


def calls_unique(tree: Expression) -> bool:
    """Does the expression ask which values the target has already?"""
    return any(isinstance(node, Call) and node.name.casefold() == UNIQUE for node in nodes(tree))


def reader(name: str) -> Reader:
    """Return what reads of a person what a name in a mapping or filter means."""
    meant = graph_property(name)
    if meant.name == "id":
        return lambda source: source.id
    match meant.reading:
        case Reading.DISABLED:
            return lambda source: source.attributes.get(meant.name) is False
        case Reading.FIRST:
            return lambda source: _first(source.attributes.get(meant.name))
        case _:
            return lambda source: source.attributes.get(meant.name)


def _first(value: AttributeValue) -> AttributeValue:
    return value[0] if isinstance(value, tuple) and value else None


def _names(mapping: AttributeMapping, tree: Expression | None) -> tuple[str, ...]:
    if isinstance(mapping.source, DirectSource):
        return (mapping.source.name,)
    return () if tree is None else tuple(sorted(attribute_names(tree)))


def _written(mapping: AttributeMapping) -> str:
    """Return the source as Graph's attributeMappingSource has it in `expression`."""
    match mapping.source:
        case DirectSource(name=name):
            return f"[{name}]"
        case ConstantSource(value=value):
            return f'"{value}"'
        case ExpressionSource(text=text):
            return text
        case _:
            return ""


def _plain(mapping: AttributeMapping) -> _Program:
    """Return the program of a source that is no expression."""
    match mapping.source:
        case DirectSource(name=name):
            return lambda attributes, _: attributes.get(name)
        case ConstantSource(value=value):
            return lambda _attributes, _: value
        case _:
            return lambda _attributes, _: None
