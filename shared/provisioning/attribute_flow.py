"""Which values shall the target object have?"""

import hashlib
from collections.abc import Collection
from typing import Final

import msgspec

from shared.configuration.attribute_mapping import AttributeMapping, ConstantSource, FlowType, ObjectMapping
from shared.configuration.directory_schema import TARGET_ATTRIBUTES
from shared.provisioning.entry import Attributes, AttributeValue, SourceEntry
from shared.provisioning.provisioning_log import ModifiedProperty

DIGEST_VERSION: Final = "1"
"""Changes whenever the same values would give another digest; links then look different and are compared again."""


def flow(source: SourceEntry, mapping: ObjectMapping, *, creating: bool) -> Attributes:
    """Return the desired values by target attribute; None (or an empty tuple) clears.

    A value that is missing in the source clears the target's, except where Graph does not let it be empty: such an
    attribute is left out. Attributes that flow only on create are left out unless `creating`.
    """
    desired: dict[str, AttributeValue] = {}
    for attribute in mapping.attribute_mappings:
        if attribute.flow_type is FlowType.OBJECT_ADD_ONLY and not creating:
            continue
        value = _value(attribute, source, creating=creating)
        if not _is_empty(value) or TARGET_ATTRIBUTES[attribute.target_attribute].nullable:
            desired[attribute.target_attribute] = value
    return desired


def digest(source: SourceEntry, mapping: ObjectMapping) -> str:
    """Return the digest of what always flows; equal digests mean that nothing has to be written."""
    values = sorted((name, _canonical(value)) for name, value in flow(source, mapping, creating=False).items())
    return f"{DIGEST_VERSION}:{hashlib.blake2b(msgspec.json.encode(values), digest_size=16).hexdigest()}"


def differences(
    desired: Attributes, current: Attributes, *, leave: Collection[str] = ()
) -> tuple[ModifiedProperty, ...]:
    """Return the attributes whose current value is not the desired one, but for those to `leave`."""
    return tuple(
        ModifiedProperty(name=name, current=current.get(name), desired=value)
        for name, value in desired.items()
        if name not in leave and not _equal(name, value, current.get(name))
    )


def _equal(name: str, desired: AttributeValue, current: AttributeValue) -> bool:
    if isinstance(desired, str) and isinstance(current, str) and not TARGET_ATTRIBUTES[name].case_exact:
        return desired.casefold() == current.casefold()
    return _canonical(desired) == _canonical(current)


def _value(attribute: AttributeMapping, source: SourceEntry, *, creating: bool) -> AttributeValue:
    if isinstance(attribute.source, ConstantSource):
        return attribute.source.value
    value = source.attributes.get(attribute.source.name)
    if _is_empty(value) and creating and attribute.default_value is not None:
        return attribute.default_value
    return None if value == "" else value


def _is_empty(value: AttributeValue) -> bool:
    return value is None or value in {"", ()}


def _canonical(value: AttributeValue) -> AttributeValue:
    return None if _is_empty(value) else value
