"""How did each attribute of the target come to its value? What Entra shows where it performs the action.

https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand#step-4-perform-action
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shared.provisioning.attribute_flow import REDACTED, Flow, is_empty
from shared.provisioning.change import Change
from shared.provisioning.compiled_attribute import AttributeFlow
from shared.provisioning.entry import AttributeValue, SourceEntry, TargetObject


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDetail:
    """One attribute of the target; what the mapping redacts is shown as redacted, here too."""

    name: str
    source: Mapping[str, AttributeValue]
    """What the value comes from, by property of the person."""
    expression: str
    original: AttributeValue
    modified: AttributeValue
    """What the change gives it; the original where the change leaves it alone."""


def flow_details(
    flow: Flow, source: SourceEntry, current: TargetObject | None, change: Change
) -> tuple[FlowDetail, ...]:
    """Return all attributes of the mapping, in its order, for a person and the object that stands for them."""
    redacted = flow.redacted_properties()
    desired = {each.name: each.desired for each in change.modified}
    return tuple(_detail(each, source, current, desired, redacted) for each in flow.attributes)


def object_details(flow: Flow, found: TargetObject) -> dict[str, AttributeValue]:
    """Return what an object of the target has, but for what the mapping redacts."""
    redacted = {each.name for each in flow.attributes if each.redacted}
    values = {name: value for name, value in found.attributes.items() if not is_empty(value)}
    return {"id": found.id, **{name: _shown(value, hide=name in redacted) for name, value in values.items()}}


def _detail(
    attribute: AttributeFlow,
    source: SourceEntry,
    current: TargetObject | None,
    desired: Mapping[str, AttributeValue],
    redacted: Collection[str],
) -> FlowDetail:
    name = attribute.name
    before = _shown(current.attributes.get(name) if current else None, hide=attribute.redacted)
    read = attribute.values_read(source)
    return FlowDetail(
        name=name,
        source={each: _shown(value, hide=each in redacted) for each, value in read.items()},
        expression=attribute.expression,
        original=before,
        modified=desired.get(name, before),
    )


def _shown(value: AttributeValue, *, hide: bool) -> AttributeValue:
    return REDACTED if hide and not is_empty(value) else value
