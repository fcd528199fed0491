"""Which mapping is in force, and what is read and written for it?"""

from typing import Any

import pytest

from shared.configuration.attribute_mapping import AttributeMapping, ExpressionSource, FlowType
from shared.configuration.configuration import Configuration, RemovalAction
from shared.configuration.document import parse
from shared.configuration.problems import ConfigurationError
from shared.configuration.schema_json import read_schema
from shared.configuration.user_mapping import (
    names_read,
    removal_action,
    source_attributes,
    target_attributes,
    user_mapping,
    user_mappings,
)
from tests.shared.configuration.documents import document
from tests.shared.configuration.schemas import USERS, entra_export, put

MAIL = {"targetAttributeName": "mail", "source": {"type": "Attribute", "name": "mail"}, "matchingPriority": 1}
MANAGER = {"targetAttributeName": "manager", "source": {"type": "Attribute", "name": "manager"}}
UNTOUCHED = {"targetAttributeName": "manager", "source": None}
EXTENSION = "extension_0123456789abcdef0123456789abcdef_costCenter"


def configured(schema: dict[str, Any] | None = None, **changes: object) -> Configuration:
    return parse(document({"/schema": schema or entra_export(), **changes}))


def test_what_is_read_of_a_person_follows_from_the_mapping_and_the_filter() -> None:
    clause = {"operatorName": "IS NOT NULL", "sourceOperandName": "extensionAttribute2"}
    value = put(entra_export(), f"{USERS}/scope/inputFilterGroups", [{"name": "g", "clauses": [clause]}])

    asked = source_attributes(configured(value))

    assert len(asked) == len(set(asked))
    assert {"mobilePhone", "businessPhones", "companyName", "department", EXTENSION} <= set(asked)
    assert "onPremisesExtensionAttributes/extensionAttribute2" in asked
    assert asked[-1] == "manager"
    assert not {"netId", "telephoneNumber", "IsSoftDeleted", "officeLocation", "memberOf"} & set(asked)


def test_what_is_read_of_the_target_is_what_is_written_there() -> None:
    asked = set(target_attributes(configured()))

    assert {"mobilePhone", "businessPhones", "officeLocation", EXTENSION, "mail", "userType"} <= asked
    assert "onPremisesExtensionAttributes/extensionAttribute1" in asked
    assert not {"manager", "alternativeSecurityIds", "userPrincipalName", "IsSoftDeleted"} & asked


def test_the_rule_with_the_lowest_priority_counts() -> None:
    value = entra_export()
    rule = value["synchronizationRules"][0]
    value["synchronizationRules"] = [{**rule, "priority": 9, "name": "late"}, {**rule, "name": "early"}]

    assert [rule.name for rule, _ in user_mappings(read_schema(value))] == ["early", "late"]


@pytest.mark.parametrize(
    ("flags", "action", "expected"),
    [
        ("Add, Update, Delete", "delete", RemovalAction.DELETE),
        ("Add, Update, Delete", "none", RemovalAction.NONE),
        ("Add, Update", "delete", RemovalAction.NONE),
    ],
)
def test_a_mapping_that_may_not_delete_leaves_objects_alone(flags: str, action: str, expected: RemovalAction) -> None:
    configuration = configured(put(entra_export(), f"{USERS}/flowTypes", flags), **{"/removal/action": action})

    assert removal_action(configuration) is expected


def test_an_expression_that_is_none_reads_nothing() -> None:
    assert names_read(AttributeMapping(source=ExpressionSource(text="[a"))) == frozenset()


def test_without_directories_nothing_is_defined() -> None:
    users = user_mapping(configured(put(entra_export(), "/directories", [])))

    assert (users.source_definition("city"), users.target_definition("city")) == (None, None)


def test_a_mapping_without_a_filter_has_no_clauses() -> None:
    assert "jobTitle" in source_attributes(configured(put(entra_export(), f"{USERS}/scope", None)))


def test_people_have_their_manager_where_a_mapping_says_so() -> None:
    mapped = user_mapping(configured())
    without = user_mapping(configured(put(entra_export(), f"{USERS}/attributeMappings", [MAIL])))
    kept = user_mapping(configured(put(entra_export(), f"{USERS}/attributeMappings", [MAIL, UNTOUCHED])))

    assert [each is not None for each in (mapped.manager(), without.manager(), kept.manager())] == [True, False, False]
    assert "manager" not in {each.target_attribute for each in mapped.acting()}


def test_two_mappings_of_the_manager_are_one_too_many() -> None:
    value = put(entra_export(), f"{USERS}/attributeMappings/-", {**MANAGER})

    with pytest.raises(ConfigurationError, match="manager"):
        configured(value)


def test_what_the_target_owns_flows_on_create_only() -> None:
    owning = parse(document({"/drift": {"targetOwned": ["city"]}}))

    flows = {each.target_attribute: each.flow_type for each in user_mapping(owning).acting()}

    assert flows["city"] is FlowType.OBJECT_ADD_ONLY
    assert flows["state"] is FlowType.ALWAYS


@pytest.mark.parametrize(
    ("scope", "reads"),
    [
        ({"kind": "assigned", "nestedGroups": True}, True),
        ({"kind": "assigned", "nestedGroups": False}, False),
        ({"kind": "assigned"}, False),
    ],
)
def test_nested_groups_are_read_only_where_the_scope_asks_for_them(scope: dict[str, Any], reads: bool) -> None:
    assert parse(document({"/scope": scope})).scope.reads_nesting is reads
