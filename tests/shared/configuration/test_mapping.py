"""Is the default mapping the one that is documented, and can all of it be written?"""

import pytest

from shared.configuration.attribute_mapping import ConstantSource, DirectSource, FlowType
from shared.configuration.directory_schema import (
    MANAGER,
    SCOPING_ATTRIBUTES,
    TARGET_ATTRIBUTES,
    is_nullable,
)
from shared.configuration.document import parse
from shared.configuration.scoping_filter import AttributeType
from shared.configuration.templates import DEFAULT_RULE_ID, default_user_mapping
from shared.configuration.user_mapping import source_attributes, target_attributes
from tests.shared.configuration.documents import document

MAPPINGS = default_user_mapping().attribute_mappings

DIRECT = {
    *("accountEnabled", "displayName", "givenName", "surname", "mail", "mailNickname"),
    *("jobTitle", "department", "companyName", "employeeId"),
    *("streetAddress", "city", "state", "postalCode", "country", "officeLocation"),
    *("mobilePhone", "businessPhones", "preferredLanguage", "usageLocation"),
    "manager",
}


def test_every_person_keeps_these_attributes_under_the_same_names() -> None:
    direct = {each.target_attribute: each.source for each in MAPPINGS if isinstance(each.source, DirectSource)}

    assert set(direct) == DIRECT
    assert all(source == DirectSource(name=target) for target, source in direct.items())


def test_everybody_is_listed_and_new_people_become_members() -> None:
    constants = {
        each.target_attribute: (each.source.value, each.flow_type)
        for each in MAPPINGS
        if isinstance(each.source, ConstantSource)
    }

    assert constants == {
        "showInAddressList": ("true", FlowType.ALWAYS),
        "userType": ("Member", FlowType.OBJECT_ADD_ONLY),
    }


def test_people_are_matched_by_their_address_alone() -> None:
    assert [each.target_attribute for each in MAPPINGS if each.matching_priority] == ["mail"]


def test_the_rule_bears_the_name_it_has_in_entra() -> None:
    assert DEFAULT_RULE_ID == "USER_INBOUND_USER"


def test_every_mapped_attribute_can_be_written() -> None:
    assert {each.target_attribute for each in MAPPINGS} - {MANAGER} <= set(TARGET_ATTRIBUTES)


@pytest.mark.parametrize(
    "name",
    [
        "displayName",
        "mail",
        "mailNickname",
        "usageLocation",
        "accountEnabled",
        "userType",
        "showInAddressList",
    ],
)
def test_what_graph_never_lets_be_empty_is_not_emptied(name: str) -> None:
    assert not is_nullable(name)


def test_asking_of_what_is_never_written_is_a_mistake() -> None:
    for name in ("otherMails", "unheard"):
        with pytest.raises(KeyError):
            is_nullable(name)


def test_everything_else_can_be_cleared() -> None:
    assert sum(each.nullable for each in TARGET_ATTRIBUTES.values()) == len(TARGET_ATTRIBUTES) - 7


def test_types_are_those_of_graph() -> None:
    other = {name: each.type for name, each in TARGET_ATTRIBUTES.items() if each.type is not AttributeType.STRING}

    assert other == {
        "accountEnabled": AttributeType.BOOLEAN,
        "showInAddressList": AttributeType.BOOLEAN,
        "employeeHireDate": AttributeType.DATE_TIME,
    }
    assert [name for name, each in TARGET_ATTRIBUTES.items() if each.multivalued] == ["businessPhones"]


def test_the_source_is_asked_for_all_that_scope_and_mapping_need() -> None:
    mapped = {each.source.name for each in MAPPINGS if isinstance(each.source, DirectSource)}
    scoping = {"id", "userType", "userPrincipalName", "externalUserState", "creationType", "createdDateTime"}

    asked = source_attributes(parse(document()))

    assert len(asked) == len(set(asked))
    assert set(SCOPING_ATTRIBUTES) == scoping
    assert set(asked) == mapped | scoping


def test_the_target_is_asked_for_the_values_that_are_written_and_no_more() -> None:
    assert set(target_attributes(parse(document()))) == {each.target_attribute for each in MAPPINGS} - {MANAGER}
