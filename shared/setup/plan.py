"""What has to change? A plan is data: printed, agreed to, applied and remembered; computing it changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.setup.resource import Observed, Resource, Values, includes, merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """One object as it should be: `values` always, `on_creation` beside them where it has to be made."""

    resource: Resource
    values: Values = field(default_factory=dict)
    on_creation: Values = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """One change. `before` holds what is replaced, and is None where the object does not exist."""

    resource: Resource
    before: Values | None
    after: Values
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Changes in the order in which they are made; each may need those before it."""

    changes: tuple[PolicyChange, ...] = ()


def plan_of(desired: Sequence[Desired], observed: Observed) -> Plan:
    """Return what is missing; what is already so is left alone, so that a second run changes nothing.

    | found | change |
    |---|---|
    | nothing | create, with the values and what only a creation needs |
    | all values | none |
    | other values | replace exactly these; what else the object has stays |
    """
    changes = (_change(each, observed.get(each.resource)) for each in desired)
    return Plan(changes=tuple(change for change in changes if change is not None))


def _change(desired: Desired, current: Values | None) -> PolicyChange | None:
    if current is None:
        values = {**desired.on_creation, **desired.values}
        return PolicyChange(resource=desired.resource, before=None, after=values, reason=desired.reason)
    if includes(current, desired.values):
        return None
    before = {name: current.get(name) for name in desired.values}
    # both halves of an object are named, so that it does not matter whether an update merges or replaces it
    after = {name: merged(current.get(name), value) for name, value in desired.values.items()}
    return PolicyChange(resource=desired.resource, before=before, after=after, reason=desired.reason)
