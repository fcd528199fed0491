"""The judge's table of the default mapping and the engine's template say the same, though neither knows the other."""

from sandbox.judge.mapping import (
    CONSTANT_SHOW_IN_ADDRESS_LIST,
    DIRECT_ATTRIBUTES,
    LONGEST,
    REFERENCE,
    USER_TYPE_OF_CREATED,
)
from shared.configuration.attribute_mapping import AttributeMapping, ConstantSource, DirectSource, FlowType
from shared.configuration.directory_schema import TARGET_ATTRIBUTES
from shared.configuration.templates import default_user_mapping


def test_the_mapping_is_the_same_in_both() -> None:
    mappings = {each.target_attribute: each for each in default_user_mapping().attribute_mappings}
    direct = {name for name, each in mappings.items() if each.source == DirectSource(name=name)}

    assert direct == {*DIRECT_ATTRIBUTES, REFERENCE}
    assert mappings.keys() - direct == {"showInAddressList", "userType"}
    assert constant(mappings["showInAddressList"]) == str(CONSTANT_SHOW_IN_ADDRESS_LIST).lower()
    assert constant(mappings["userType"]) == USER_TYPE_OF_CREATED
    assert mappings["userType"].flow_type is FlowType.OBJECT_ADD_ONLY


def test_the_longest_values_are_the_same_in_both() -> None:
    mappings = default_user_mapping().attribute_mappings
    names = [each.target_attribute for each in mappings if each.target_attribute != REFERENCE]
    lengths = {name: length for name in names if (length := TARGET_ATTRIBUTES[name].max_length)}

    assert lengths == LONGEST


def constant(mapping: AttributeMapping) -> object:
    assert isinstance(mapping.source, ConstantSource)
    return mapping.source.value
