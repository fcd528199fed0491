"""A directory from outside: what is taken, what is derived, and how a bad file is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.scenarios import Scenario, SourceDirectoryError, load_source_directory

ADA = {"id": "1", "userPrincipalName": "Ada@Mill.example", "mail": "ada@mill.example", "displayName": "Ada"}
BO = {"id": "2", "userPrincipalName": "bo@mill.example", "displayName": "Bo", "userType": "Member"}


def load(tmp_path: Path, document: object) -> Scenario:
    path = tmp_path / "directory.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return load_source_directory(path)


def users_of(scenario: Scenario) -> list[dict[str, Any]]:
    return list(scenario.world.tenants[0].users)


def test_without_assignments_the_scope_is_everybody(tmp_path: Path) -> None:
    scenario = load(tmp_path, {"users": [ADA, BO]})

    assert scenario.configurations[0]["scope"] == {"kind": "all"}
    assert users_of(scenario) == [ADA, BO]


def test_with_assignments_the_scope_is_the_assigned_people(tmp_path: Path) -> None:
    groups = [
        {"id": "g", "displayName": "G", "members": [{"id": "1"}, {"@odata.type": "#microsoft.graph.group", "id": "h"}]}
    ]
    assignments = [{"principalId": "g", "principalType": "group"}, {"principalId": "2"}]

    scenario = load(tmp_path, {"users": [ADA, BO], "groups": groups, "appRoleAssignments": assignments})

    source = scenario.world.tenants[0]
    assert scenario.configurations[0]["scope"] == {"kind": "assigned"}
    assert [each["principalType"] for each in source.app_role_assignments] == ["Group", "User"]
    assert [each["@odata.type"] for each in source.groups[0]["members"]] == [
        "#microsoft.graph.user",
        "#microsoft.graph.group",
    ]


def test_properties_that_tenants_do_not_store_are_left_out(tmp_path: Path) -> None:
    unknown = {"@odata.id": "x", "assignedLicenses": [], "onPremisesSyncEnabled": True, "jobTitle": None}

    assert users_of(load(tmp_path, {"@odata.context": "x", "users": [ADA | unknown]})) == [ADA]


def test_managers_are_taken_as_graph_expands_them_if_they_are_people_of_the_directory(tmp_path: Path) -> None:
    manager = {"@odata.type": "#microsoft.graph.user", "id": "2", "displayName": "Bo"}
    contact = {"@odata.type": "#microsoft.graph.orgContact", "id": "9"}

    users = users_of(load(tmp_path, {"users": [ADA | {"manager": manager}, BO | {"manager": contact}]}))

    assert users == [ADA | {"manager": {"id": "2"}}, BO]


@pytest.mark.parametrize("manager", ["2", {}, {"id": 2}, [{"id": "2"}]])
def test_a_manager_of_another_shape_is_refused(tmp_path: Path, manager: object) -> None:
    with pytest.raises(SourceDirectoryError, match="manager"):
        load(tmp_path, {"users": [ADA | {"manager": manager}, BO]})


def test_a_graph_collection_and_a_byte_order_mark_are_taken(tmp_path: Path) -> None:
    scenario = load(tmp_path, "\ufeff" + json.dumps({"users": {"value": [ADA]}, "groups": None}))

    assert users_of(scenario) == [ADA]


def test_domains_come_from_sign_in_names_and_common_mail_domains(tmp_path: Path) -> None:
    many = [
        {"id": str(number), "userPrincipalName": f"p{number}@mill.onmicrosoft.com", "mail": f"p{number}@mill.example"}
        for number in range(10, 60)
    ]
    forged = {"id": "3", "userPrincipalName": "x@MILL.onmicrosoft.com", "mail": "x@bank.example"}
    guest = {"id": "4", "userPrincipalName": "y_else.example#EXT#@mill.onmicrosoft.com", "mail": "y@else.example"}

    source = load(tmp_path, {"users": [*many, forged, guest]}).world.tenants[0]

    assert sorted(source.verified_domains) == ["mill.example", "mill.onmicrosoft.com"]
    assert source.initial_domain == "mill.onmicrosoft.com"


def test_the_organization_of_the_file_names_its_domains(tmp_path: Path) -> None:
    organization = {
        "value": [{"verifiedDomains": [{"name": "Mill.example", "isInitial": True}, {"name": "old.example"}]}]
    }

    source = load(tmp_path, {"users": [ADA], "organization": organization}).world.tenants[0]

    assert source.verified_domains == ("mill.example", "old.example")


#: (file, words of the refusal)
BAD_FILES: list[tuple[object, str]] = [
    ("{", "is not JSON"),
    ("[]", 'should be an object with "users", not a list'),
    ({}, '"users" should be a list, is missing'),
    ({"users": {}}, '"users" should be a list, is an object'),
    ({"users": []}, '"users" is empty'),
    ({"users": [7]}, "users[0] should be an object, is a number"),
    ({"users": [{"userPrincipalName": "x"}]}, "users[0] has no id"),
    ({"users": [{"id": "1"}]}, "users[0] (1) has no userPrincipalName"),
    ({"users": [ADA, ADA]}, "users holds the id 1 more than once"),
    ({"users": [ADA | {"businessPhones": "1"}]}, "businessPhones should be a list, is a text"),
    ({"users": [ADA | {"mail": 1}]}, "mail should be a text, is a number"),
    ({"users": [ADA], "groups": [{"id": "g", "members": [{}]}]}, "groups[0].members[0] has no id"),
    ({"users": [ADA], "groups": [{"id": "g", "members": {"id": "1"}}]}, "members should be a list"),
    ({"users": [ADA], "appRoleAssignments": [{}]}, "appRoleAssignments[0] has no principalId"),
    ({"users": [ADA], "appRoleAssignments": [{"principalId": "1", "principalType": "X"}]}, "principalType 'X'"),
]


@pytest.mark.parametrize(("document", "words"), BAD_FILES)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, document: object, words: str) -> None:
    with pytest.raises(SourceDirectoryError) as refusal:
        load(tmp_path, document)

    assert words in str(refusal.value)
    assert "directory.json" in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceDirectoryError, match="cannot be read"):
        load_source_directory(tmp_path / "nowhere.json")


def test_ids_in_another_case_name_the_same_objects(tmp_path: Path) -> None:
    user, group = ADA | {"id": "aa-01"}, {"id": "BB-02", "members": [{"id": "AA-01"}]}

    scenario = load(tmp_path, {"users": [user], "groups": [group], "appRoleAssignments": [{"principalId": "bb-02"}]})

    source = scenario.world.tenants[0]
    assert source.groups[0]["members"][0]["id"] == "aa-01"
    assert source.app_role_assignments[0]["principalId"] == "BB-02"


def test_guids_are_written_as_graph_writes_them(tmp_path: Path) -> None:
    user, group = "A0000000-0000-4000-8000-00000000000A", "B0000000-0000-4000-8000-00000000000B"

    source = load(
        tmp_path,
        {
            "users": [ADA | {"id": user}],
            "groups": [{"id": group, "members": [{"id": user}]}],
            "appRoleAssignments": [{"principalId": group, "principalType": "Group"}],
        },
    ).world.tenants[0]

    assert source.users[0]["id"] == source.groups[0]["members"][0]["id"] == user.lower()
    assert source.groups[0]["id"] == source.app_role_assignments[0]["principalId"] == group.lower()
