"""Is every mapping and filter that cannot be carried out named, with its place, all of them at once?"""

from typing import Any

import pytest

from shared.configuration.document import parse
from shared.configuration.filter_rules import MOST_GROUPS
from shared.configuration.problems import ConfigurationError
from shared.configuration.schema_rules import schema_problems
from tests.shared.configuration.documents import document
from tests.shared.configuration.schemas import MAPPINGS, USERS, entra_export, put, template

EXPORT = entra_export()
GROUP = "aaaaaaaa-0000-4000-8000-00000000000b"
TEMPLATE_USERS = "/synchronizationRules/0/objectMappings/0"
TEMPLATE_MAPPINGS = f"{TEMPLATE_USERS}/attributeMappings"
NUMBERS = {
    each["targetAttributeName"]: number
    for number, each in enumerate(
        EXPORT["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"],
    )
}


def function(text: str, name: str = "") -> dict[str, Any]:
    return {"type": "Function", "name": name, "expression": text}


def found(value: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.path, each.message) for each in schema_problems(value, "")]


def in_mapping(target: str, changes: dict[str, object]) -> list[tuple[str, str]]:
    """The problems of the export with one mapping changed, with paths below that mapping."""
    where = f"{MAPPINGS}/{NUMBERS[target]}"
    value = EXPORT
    for pointer, new in changes.items():
        value = put(value, f"{where}/{pointer}", new)
    return [(path.removeprefix(f"{where}/"), message) for path, message in found(value)]


@pytest.mark.parametrize(
    ("target", "changes", "path", "said"),
    [
        ("city", {"targetAttributeName": "citty"}, "targetAttributeName", "citty is no attribute of a user in Graph"),
        ("city", {"targetAttributeName": "citty"}, "targetAttributeName", 'did you mean "city"?'),
        ("city", {"targetAttributeName": "otherMails"}, "targetAttributeName", "otherMails cannot be written in Graph"),
        ("city", {"targetAttributeName": "proxyAddresses"}, "targetAttributeName", "cannot be written in Graph"),
        ("city", {"targetAttributeName": "targetAddress"}, "targetAttributeName", "is no attribute of a user in Graph"),
        (
            "city",
            {"targetAttributeName": "passwordProfile.password"},
            "targetAttributeName",
            "is no attribute of a user",
        ),
        (
            "city",
            {"targetAttributeName": "customSecurityAttributes"},
            "targetAttributeName",
            "is no attribute of a user",
        ),
        ("city", {"targetAttributeName": "thumbnailPhoto"}, "targetAttributeName", "is no attribute of a user"),
        ("city", {"source": {"type": "Attribute", "name": "thumbnailPhoto"}}, "source/name", "is not shown by Graph"),
        ("city", {"targetAttributeName": "faxNumber"}, "targetAttributeName", "is not defined for User in the target"),
        ("city", {"targetAttributeName": "st"}, "targetAttributeName", "is not defined for User in the target"),
        (
            "userPrincipalName",
            {"source": function("[mail]")},
            "targetAttributeName",
            "cannot be written: an invitation",
        ),
        ("manager", {"source": function("[mail]")}, "source", "takes the person's own manager, always"),
        ("manager", {"source": {"type": "Attribute", "name": "city"}}, "source", "takes the person's own manager"),
        ("manager", {"flowType": "ObjectAddOnly"}, "source", "takes the person's own manager, always"),
        ("manager", {"defaultValue": "cleo"}, "defaultValue", "so there is no default for it"),
        ("city", {"source": {"type": "Attribute", "name": "town"}}, "source/name", "town is no attribute of a user"),
        ("city", {"source": {"type": "Attribute", "name": "Citi"}}, "source/name", 'did you mean "city"?'),
        ("city", {"source": {"type": "Attribute", "name": "netId"}}, "source/name", "is not shown by Graph"),
        ("city", {"source": {"type": "Attribute", "name": "faxNumber"}}, "source/name", "is not defined for User in"),
        ("city", {"source": {"type": "Attribute", "name": "proxyAddresses"}}, "source/name", "has several values"),
        ("city", {"source": function("[town] & [city]")}, "source/expression", "town is no attribute"),
        ("city", {"source": function("[city")}, "source/expression", "is no expression: "),
        ("city", {"source": function("Unheard([city])")}, "source/expression", "is no expression: "),
        (
            "city",
            {"source/expression": "[mail]"},
            "source/expression",
            "is not the attribute that the source's name says",
        ),
        (
            "mobile",
            {"source/expression": "Trim([mobile])"},
            "source/expression",
            "calls Trim, but the source's name is",
        ),
        ("accountEnabled", {"source": {"type": "Constant", "name": "yes"}}, "source/name", "takes True or False"),
        ("employeeId", {"source": {"type": "Constant", "name": "1" * 17}}, "source/name", "of at most 16 characters"),
        ("usageLocation", {"defaultValue": "Germany"}, "defaultValue", "is nothing that Graph takes for usageLocation"),
        ("city", {"matchingPriority": 3}, "matchingPriority", "people cannot be matched by city"),
        (
            "city",
            {"source": function("SelectUniqueValue([city], [state])"), "flowType": "ObjectAddOnly"},
            "source/expression",
            "whether city has a value already cannot be asked of Graph",
        ),
        ("mail", {"matchingPriority": 1}, "matchingPriority", "is the priority of entry 0 too"),
        (
            "employeeId",
            {"matchingPriority": 3, "source": None},
            "matchingPriority",
            "a matching attribute needs a source",
        ),
        ("employeeId", {"matchingPriority": 3, "source": function("[x")}, "source/expression", "is no expression: "),
        (
            "accountEnabled",
            {"source": {"type": "Constant", "name": ""}, "defaultValue": "?"},
            "defaultValue",
            "takes True",
        ),
        ("mail", {"flowType": "ObjectAddOnly"}, "flowType", "mail has to flow always"),
        ("city", {"flowType": "MultiValueAddOnly"}, "flowType", "city has one value"),
        ("city", {"targetAttributeName": "mail"}, f"{NUMBERS['mail']}/targetAttributeName", "is mapped by entry"),
    ],
)
def test_a_mapping_that_cannot_be_carried_out_is_named(
    target: str, changes: dict[str, object], path: str, said: str
) -> None:
    problems = in_mapping(target, changes)

    assert [each for each, message in problems if said in message and each.endswith(path)], problems


@pytest.mark.parametrize(
    ("target", "text", "said"),
    [
        ("employeeId", "RandomString(8, 1, 1, 1, 1, )", ""),
        ("mail", "RandomString(8, 1, 1, 1, 1, )", "depends on time or chance, which mail must not"),
        ("employeeId", "SelectUniqueValue([employeeId], [mailNickname])", "so it may apply on create only"),
    ],
)
def test_time_and_chance_have_their_places(target: str, text: str, said: str) -> None:
    problems = in_mapping(target, {"source": function(text)})

    assert [message for _, message in problems if said in message] if said else not problems


def test_a_unique_value_may_flow_on_create() -> None:
    text = "SelectUniqueValue([employeeId], [mailNickname])"

    assert in_mapping("employeeId", {"source": function(text), "flowType": "ObjectAddOnly"}) == []


def test_a_matching_attribute_must_not_depend_on_chance() -> None:
    changes = {"source": function("RandomString(8, 1, 1, 1, 1, )"), "matchingPriority": 5}

    assert [path for path, _ in in_mapping("employeeId", changes)] == ["matchingPriority"]


def in_clause(operator: str, operand: str, *values: str) -> list[tuple[str, str]]:
    where = f"{USERS}/scope/groups/1/clauses/0"
    clause = {"operatorName": operator, "sourceOperandName": operand, "targetOperand": {"values": list(values)}}
    return [(path.removeprefix(f"{where}/"), message) for path, message in found(put(EXPORT, where, clause))]


@pytest.mark.parametrize(
    ("clause", "path", "said"),
    [
        (("LIKE", "city", "x"), "operatorName", "is no operator; there are EQUALS"),
        (("EQUALS", "town", "x"), "sourceOperandName", "town is no attribute of a user"),
        (("EQUALS", "accountEnabled", "True"), "operatorName", "takes attributes of type String, Integer, DateTime"),
        (("IS TRUE", "city"), "operatorName", "takes attributes of type Boolean, and city is String"),
        (("IS NULL", "city", "x"), "targetOperand/values", "IS NULL compares with none"),
        (("EQUALS", "city"), "targetOperand/values", "has 0 values, and EQUALS compares with one"),
        (("EQUALS", "city", "a", "b"), "targetOperand/values", "has 2 values"),
        (("REGEX MATCH", "city", "("), "targetOperand/values/0", "is no regular expression: "),
        (("Greater_Than", "employeeId", "ten"), "targetOperand/values/0", "is no whole number"),
        (("Greater_Than", "createdDateTime", "ten"), "targetOperand/values/0", "is no time; write ISO 8601"),
        (("IS MEMBER OF", "city", "x"), "operatorName", "go with memberOf"),
        (("EQUALS", "memberOf", "x"), "operatorName", "go with memberOf"),
        (("IS MEMBER OF", "memberOf"), "targetOperand/values", "write the object id of at least one"),
        (("IS MEMBER OF", "memberOf", GROUP, "Weavers"), "targetOperand/values/1", "is no object id of a group"),
        (("IS NOT MEMBER OF", "memberOf", f"{GROUP} "), "targetOperand/values/0", "is no object id of a group"),
    ],
)
def test_a_clause_that_cannot_be_decided_is_named(clause: tuple[str, ...], path: str, said: str) -> None:
    operator, operand, *values = clause

    problems = in_clause(operator, operand, *values)

    assert [each for each, message in problems if said in message] == [path], problems


@pytest.mark.parametrize(
    "clause",
    [
        ("equals", "department", "Weaving"),
        ("GREATER THAN OR EQUALS", "employeeId", "100"),
        ("Less_Than", "createdDateTime", "2026-01-31"),
        ("&", "country", "DE,FR", "GB"),
        ("!&", "country", "DE,FR"),
        ("Includes", "proxyAddresses", "@contoso.com"),
        ("IS FALSE", "IsSoftDeleted"),
        ("EQUALS", "userType", "Member"),
        ("IS NOT NULL", "extension_0123456789abcdef0123456789abcdef_costCenter"),
        ("IS MEMBER OF", "memberOf", GROUP, GROUP.upper()),
        ("IS_NOT_MEMBER_OF", "memberOf", GROUP),
    ],
)
def test_a_clause_that_can_be_decided_is_no_problem(clause: tuple[str, ...]) -> None:
    operator, operand, *values = clause

    assert in_clause(operator, operand, *values) == []


@pytest.mark.parametrize("more", [0, 1])
def test_all_clauses_of_a_filter_together_name_so_many_groups_and_no_more(more: int) -> None:
    ids = [GROUP.replace("aaaaaaaa", f"{number:08}") for number in range(MOST_GROUPS + more)]
    named = {"sourceOperandName": "memberOf", "operatorName": "IS MEMBER OF"}
    clauses = [{**named, "targetOperand": {"values": each}} for each in (ids[:60], ids[50:])]
    lists = {"groups": [{"clauses": clauses[:1]}], "inputFilterGroups": [{"clauses": clauses[1:]}]}

    problems = found(put(EXPORT, f"{USERS}/scope", lists))

    assert [path for path, _ in problems] == [f"{USERS}/scope"] * more
    said = (
        f"names {MOST_GROUPS + 1} groups in all its clauses with memberOf together, and at most {MOST_GROUPS} are read"
    )
    assert all(message.startswith(said) for _, message in problems)


def test_a_group_without_clauses_would_let_everybody_through() -> None:
    value = put(EXPORT, f"{USERS}/scope/inputFilterGroups", [{"name": "empty", "clauses": []}])

    assert [path for path, _ in found(value)] == [f"{USERS}/scope/inputFilterGroups/0"]


@pytest.mark.parametrize(
    ("pointer", "new", "path", "said"),
    [
        (f"{USERS}/enabled", False, "/synchronizationRules", "has no enabled mapping from User to User"),
        (
            "/synchronizationRules/0/objectMappings/0/enabled",
            True,
            "/synchronizationRules/0/objectMappings/0/enabled",
            "objects of kind Group are not provisioned in this version",
        ),
        (f"{USERS}/flowTypes", "Delete", f"{USERS}/flowTypes", "lacks Add and Update"),
        (
            "/synchronizationRules/0/sourceDirectoryName",
            "Elsewhere",
            "/synchronizationRules/0/sourceDirectoryName",
            "its directories are Azure Active Directory, Azure Active Directory (target tenant)",
        ),
        ("/directories/1/objects", [], "/synchronizationRules/0/targetDirectoryName", "defines no object User"),
        (
            "/synchronizationRules/0/objectMappings/0",
            EXPORT["synchronizationRules"][0]["objectMappings"][1],
            USERS,
            "maps people once more, as /synchronizationRules/0/objectMappings/0 does",
        ),
    ],
)
def test_what_is_mapped_has_to_be_clear(pointer: str, new: object, path: str, said: str) -> None:
    problems = found(put(EXPORT, pointer, new))

    assert [each for each, message in problems if said in message] == [path], problems


def test_a_read_only_attribute_is_not_written() -> None:
    number = next(
        n for n, each in enumerate(EXPORT["directories"][1]["objects"][0]["attributes"]) if each["name"] == "city"
    )
    value = put(EXPORT, f"/directories/1/objects/0/attributes/{number}/mutability", "ReadOnly")

    assert found(value) == [
        (
            f"{MAPPINGS}/{NUMBERS['city']}/targetAttributeName",
            "city is ReadOnly by its definition in the target directory",
        )
    ]


def test_without_directories_nothing_has_to_be_defined() -> None:
    assert found(put(EXPORT, "/directories", [])) == []
    assert found(put(EXPORT, "/directories", None)) == []


def test_every_problem_of_a_schema_is_said_at_once_with_its_path_in_the_document() -> None:
    value = put(EXPORT, f"{MAPPINGS}/{NUMBERS['city']}/source", {"type": "Attribute", "name": "town"})
    value = put(value, f"{USERS}/scope/groups/0/clauses/0/operatorName", "LIKE")
    value = put(value, f"{USERS}/flowTypes", "Add")

    with pytest.raises(ConfigurationError) as caught:
        parse(document({"/schema": value, "/interval": "PT1S"}))

    assert [each.path for each in caught.value.problems] == [
        "/interval",
        f"/schema{MAPPINGS}/{NUMBERS['city']}/source/name",
        f"/schema{USERS}/flowTypes",
        f"/schema{USERS}/scope/groups/0/clauses/0/operatorName",
    ]


@pytest.mark.parametrize(
    ("pointer", "new", "said"),
    [
        ("/synchronizationRules", None, "must be a list, but is null"),
        (f"{MAPPINGS}/0/flowType", "Sometimes", "must be one of Always, ObjectAddOnly"),
        (f"{MAPPINGS}/0/source", "mail", "must be an object or null"),
        (f"{MAPPINGS}/0/source/type", "Guess", "must be one of Attribute, Constant, Function"),
        (f"{MAPPINGS}/0/source/parameters/0/value/type", None, "must be one of"),
        (f"{USERS}/flowTypes", "Add; Update", "must name Add, Update and Delete"),
        (f"{USERS}/scope/groups/0/clauses/0/operatorName", None, "must be text"),
        (f"{MAPPINGS}/0/matchingPriority", -1, "must be a whole number from 0"),
    ],
)
def test_a_schema_of_another_shape_is_not_read_any_further(pointer: str, new: object, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(document({"/schema": put(EXPORT, pointer, new)}))

    assert [(each.path, said in each.message) for each in caught.value.problems] == [(f"/schema{pointer}", True)]


def test_a_mapping_without_a_filter_has_no_filter_to_judge() -> None:
    assert found(put(EXPORT, f"{USERS}/scope", None)) == []


def test_the_template_has_no_problems() -> None:
    assert found(template()) == []
