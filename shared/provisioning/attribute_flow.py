"""Which values shall the target object have? A mapping is compiled once into a flow; that is asked for each person.

A value that is missing in the source clears the target's only where the mapping lets null values flow and Graph lets
the attribute be empty; elsewhere the attribute is left out. The whole source object is evaluated, always.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from shared.configuration.attribute_mapping import FlowBehavior, FlowType
from shared.configuration.entra_attribute_names import graph_property
from shared.configuration.user_mapping import UserMapping
from shared.expressions import DROP, Environment, ExpressionError
from shared.provisioning.compiled_attribute import STILL, AttributeFlow, compiled_attribute
from shared.provisioning.entry import Attributes, AttributeValue, SourceEntry
from shared.provisioning.provisioning_log import ModifiedProperty
from shared.provisioning.reference_resolution import ManagerFlow

DIGEST_VERSION: Final = "2"
"""Changes whenever the same values would give another digest; links then look different and are compared again."""

_FAILED: Final = "\0"
"""What stands in a digest for a value that could not be computed; nothing in a directory is equal to it."""

_ENCODER: Final = msgspec.json.Encoder()

REDACTED: Final = "[Redact]"
"""What Entra's log shows in place of a value that the mapping redacts."""

MAIL: Final = "mail"
ENABLED: Final = "accountEnabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowProblem:
    """An attribute whose value cannot be computed for this person, and why; no value of theirs is in it."""

    name: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flowed:
    """The desired values by target attribute; None (or an empty tuple) clears."""

    values: Attributes
    problems: tuple[FlowProblem, ...] = ()


Taken = frozenset[tuple[str, str]]
"""Which values of which attributes objects of the target have already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Attributes with values, in the order in which they are tried: `before` the address, and `after` it."""

    before: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()


_Step = tuple[str, AttributeValue, str, type[str | bool], bool, AttributeFlow]
"""Name, constant, copied property with its type, whether it clears, and the whole: unpacked for each person at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A compiled mapping."""

    attributes: tuple[AttributeFlow, ...]
    by_name: Mapping[str, AttributeFlow]
    steps: tuple[_Step, ...]
    """What always flows and depends on nothing but the person, in the order of names."""
    lists: tuple[str, ...] = ()
    """Those of the steps whose attribute takes several values."""
    manager: ManagerFlow | None = None
    """Whether people have their manager in the target; a reference is written by itself, and is in no digest."""
    matching: tuple[str, ...] = ()
    """The matching attributes in the order in which they are tried; the address is tried, named or not."""

    def evaluate(
        self,
        source: SourceEntry,
        *,
        creating: bool,
        environment: Environment = STILL,
        taken: Taken = frozenset(),
    ) -> Flowed:
        """Return what this person's object shall have; attributes that flow only on create need `creating`."""
        flowing = (each for each in self.attributes if creating or each.flow_type is not FlowType.OBJECT_ADD_ONLY)
        values, problems = self._computed(map(_step, flowing), source, environment, taken, creating=creating)
        return Flowed(values=values, problems=tuple(problems))

    def digest(self, source: SourceEntry) -> str:
        """Return the digest of what always flows; equal digests mean that nothing has to be written.

        What depends on time or chance, and what flows on create only, is outside.
        """
        found, problems = self._computed(self.steps, source, STILL)
        for name in self.lists:  # of no other kind is an empty value anything but None
            if name in found:
                found[name] = canonical(found[name])
        if problems:  # else the values are in the order of names, as `steps` are
            found = dict(sorted([*found.items(), *((each.name, _FAILED) for each in problems)]))
        encoded = _ENCODER.encode(found)
        return f"{DIGEST_VERSION}:{hashlib.blake2b(encoded, digest_size=16).hexdigest()}"

    def shown(self, current: Attributes) -> str:
        """Return a digest of what an object shows of the values that always flow from the person alone."""
        found = {name: self._folded(name, current.get(name)) for name, *_ in self.steps}
        return f"{DIGEST_VERSION}:{hashlib.blake2b(_ENCODER.encode(found), digest_size=16).hexdigest()}"

    def mail(self, source: SourceEntry) -> str | None:
        """Return the address that the person's object has, or is invited by."""
        return self._text(MAIL, source)

    def enables(self, source: SourceEntry) -> bool:
        """May the person's object sign in? Who is not told otherwise may."""
        flow = self.by_name.get(ENABLED)
        if flow is None or flow.volatile:
            return True
        try:
            return flow.value(source, STILL, frozenset(), creating=False) is not False
        except ExpressionError:
            return True

    def against(self, desired: Attributes, current: Attributes) -> Attributes:
        """Return what of the desired values flows to an object that has the current ones."""
        flowing = {
            name: value
            for name, wanted in desired.items()
            if (value := self.by_name[name].against(wanted, current.get(name))) is not DROP
        }
        return flowing | {each.name: each.default for each in self._fills(current)}

    def differences(
        self, desired: Attributes, current: Attributes, *, leave: Collection[str] = ()
    ) -> tuple[ModifiedProperty, ...]:
        """Return the attributes whose current value is not the desired one, but for those to `leave`."""
        return tuple(
            self._modified(name, current.get(name), value)
            for name, value in desired.items()
            if name not in leave and not self._equal(name, value, current.get(name))
        )

    def all_modified(self, desired: Attributes) -> tuple[ModifiedProperty, ...]:
        """Return all values as those of an object that has none."""
        return tuple(self._modified(name, None, value) for name, value in desired.items())

    def redacted_properties(self) -> frozenset[str]:
        """Return the properties of the person that no log shows, since a mapping redacts what comes of them."""
        return frozenset(name for each in self.attributes if each.redacted for name in each.properties_read())

    def to_write(self, desired: Attributes, modified: Collection[ModifiedProperty]) -> Attributes:
        """Return the values of an update: those that differ, and with them what flows always.

        A value of time or chance differs all the time: it is no reason to write, unless the object has none yet.
        """
        if not any(is_empty(each.current) or not self.by_name[each.name].volatile for each in modified):
            return {}
        differing = {each.name for each in modified}
        return {name: value for name, value in desired.items() if name in differing or self._flows_always(name)}

    def matches(self, source: SourceEntry) -> "Matches":
        """Return what an object is looked for by that may stand for the person, besides the address."""
        found = list[tuple[str, str]]()
        before = 0
        for name in self.matching:
            if name == MAIL:
                before = len(found)
            elif value := self._text(name, source):
                found.append((name, value))
        return Matches(before=tuple(found[:before]), after=tuple(found[before:]))

    def candidates(self, source: SourceEntry, environment: Environment) -> tuple[tuple[str, str], ...]:
        """Return the values, by attribute, of which has to be known whether the target has them before a create."""
        return tuple((each.name, value) for each in self.attributes for value in each.candidates(source, environment))

    def _computed(
        self,
        steps: Iterable[_Step],
        source: SourceEntry,
        environment: Environment,
        taken: Taken = frozenset(),
        *,
        creating: bool = False,
    ) -> tuple[dict[str, AttributeValue], list[FlowProblem]]:
        values: dict[str, AttributeValue] = {}
        problems: list[FlowProblem] = []
        known = source.attributes
        for name, constant, copied, kind, clears, each in steps:
            if constant is not None:
                values[name] = constant
                continue
            if copied:
                value = known.get(copied)
                if value.__class__ is kind and value != "":
                    values[name] = value
                    continue
                if value is None and each.default is None:
                    if clears:
                        values[name] = None
                    continue
            try:
                computed = each.value(source, environment, taken, creating=creating)
            except ExpressionError as error:
                problems.append(FlowProblem(name=name, message=error.message))
                continue
            if computed is not DROP and (clears or not is_empty(computed)):
                values[name] = computed
        return values, problems

    def _modified(self, name: str, current: AttributeValue, desired: AttributeValue) -> ModifiedProperty:
        if self.by_name[name].redacted:
            current, desired = (None if is_empty(each) else REDACTED for each in (current, desired))
        return ModifiedProperty(name=name, current=current, desired=desired)

    def _fills(self, current: Attributes) -> Iterator[AttributeFlow]:
        """Yield the mappings without a source whose default fills what is empty."""
        for each in self.attributes:
            if each.fills and each.default is not None and is_empty(current.get(each.name)):
                yield each

    def _flows_always(self, name: str) -> bool:
        return self.by_name[name].behavior is FlowBehavior.FLOW_ALWAYS

    def _equal(self, name: str, desired: AttributeValue, current: AttributeValue) -> bool:
        return self._folded(name, desired) == self._folded(name, current)

    def _folded(self, name: str, value: AttributeValue) -> AttributeValue:
        """Return the value as it is compared."""
        if isinstance(value, str) and not self.by_name[name].target.case_exact:
            value = value.casefold()
        return canonical(value)

    def _text(self, name: str, source: SourceEntry) -> str | None:
        flow = self.by_name.get(name)
        if flow is None:
            return source.text(name)
        try:
            value = flow.value(source, STILL, frozenset(), creating=True)
        except ExpressionError:
            return None
        return value if isinstance(value, str) and value else None


def compiled_flow(users: UserMapping) -> Flow:
    """Return the flow of a mapping that has been checked."""
    attributes = tuple(compiled_attribute(each, users) for each in users.acting())
    by_name = {each.name: each for each in attributes}
    named = (graph_property(each.target_attribute).name for each in users.mapping.matching_attributes())
    steady = sorted((each for each in attributes if each.steady), key=lambda each: each.name)
    steps = tuple(map(_step, steady))
    manager = users.manager()
    return Flow(
        attributes=attributes,
        by_name=by_name,
        steps=steps,
        lists=tuple(each.name for each in steady if each.target.multivalued),
        manager=None if manager is None else ManagerFlow(clears=users.nulls_flow(manager)),
        matching=tuple(each for each in named if each in by_name),
    )


def _step(flow: AttributeFlow) -> _Step:
    return flow.name, flow.constant, flow.copied, flow.copied_type, flow.clears, flow


def is_empty(value: AttributeValue) -> bool:
    return not value and (value is None or value in {"", ()})


def canonical(value: AttributeValue) -> AttributeValue:
    return None if is_empty(value) else value
