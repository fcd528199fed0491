"""Reads of users by id and filter, of assignments, policies and roles."""

from typing import Any

import pytest

from tests.sandbox.tenants.two_tenants import APPLICATION, SOURCE, TARGET, Graph, group_id, person, user_id, world

GROUP = {"id": group_id(1), "displayName": "Sales", "members": [{"id": user_id(1)}, {"id": user_id(2)}]}
ASSIGNED_TO = f"/servicePrincipals/{APPLICATION}/appRoleAssignedTo"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mail eq 'person1@contoso.example'", [1]),
        ("mail eq 'PERSON1@CONTOSO.EXAMPLE'", [1]),
        ("mail eq 'other@contoso.example'", []),
        ("otherMails/any(x:x eq 'other@contoso.example')", [2]),
        ("proxyAddresses/any(p:p eq 'smtp:alias@contoso.example')", [2]),
        ("proxyAddresses/any(p:p eq 'alias@contoso.example')", []),
        ("userPrincipalName eq 'person3@contoso.example'", [3]),
        (f"id eq '{user_id(3)}'", [3]),
        ("mail eq 'o''neil@contoso.example'", [4]),
        ("mail eq 'person1@contoso.example' or mail eq 'person3@contoso.example'", [1, 3]),
        ("mail eq 'person1@contoso.example' and userType eq 'Guest'", []),
        ("(mail eq 'person1@contoso.example' or mail eq 'x') and userType eq 'member'", [1]),
        ("userType eq 'Member' or mail eq 'x'", [1, 2, 3, 4]),
        ("externalUserState eq null and mail eq 'person1@contoso.example'", [1]),
        ("startswith(mail,'PERSON')", [1, 2, 3]),
        ("startswith(mail,'o''n') or startswith(surname,'x')", [4]),
    ],
)
def test_a_filter_finds_whom_it_describes(text: str, found: list[int]) -> None:
    second = person(2, otherMails=["Other@contoso.example"], proxyAddresses=["smtp:Alias@contoso.example"])
    graph = Graph(world(users=[person(1), second, person(3), person(4, mail="o'neil@contoso.example")]))

    users = graph.get(f"/users?$filter={text}&$select=id")["value"]

    assert users == [{"id": user_id(number)} for number in found]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mail eq", "Request_BadRequest"),
        ("mail eq person1", "Request_BadRequest"),
        ("mail eq 'a' or", "Request_BadRequest"),
        ("mail eq 'a' mail", "Request_BadRequest"),
        ("mail eq 'it's'", "Request_BadRequest"),
        ("(mail eq 'a'", "Request_BadRequest"),
        ("mail ne 'a'", "Request_BadRequest"),
        ("otherMails/all(x:x eq 'a')", "Request_BadRequest"),
        ("startswith(mail,'a'", "Request_BadRequest"),
        ("startswith(mail,null)", "Request_BadRequest"),
        ("startswith(city,'a')", "Request_UnsupportedQuery"),
        ("endswith(mail,'a')", "Request_UnsupportedQuery"),
        ("city eq 'a'", "Request_UnsupportedQuery"),
        (" or ".join(["mail eq 'a'"] * 16), "Request_UnsupportedQuery"),
    ],
)
def test_a_filter_that_is_malformed_or_unsupported_is_refused(text: str, code: str) -> None:
    graph = Graph()

    status, found, _ = graph.refusal("GET", f"/users?$filter={text}", SOURCE)

    assert (status, found) == (400, code)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("anna", [1, 2]),
        ("BERG anna", [1, 2]),
        ("ann ber", [1, 2]),
        ("nna", []),
        ("anna karl", []),
        ('o\\"neil', [3]),
    ],
)
def test_a_search_finds_names_by_the_beginnings_of_their_words(text: str, found: list[int]) -> None:
    names = ("Anna Berg", "Berg, Anna-Maria", 'Max "O"Neil')
    graph = Graph(world(users=[person(number, displayName=name) for number, name in enumerate(names, start=1)]))

    answer = graph.get(f'/users?$search="displayName:{text}"&$select=id', ConsistencyLevel="eventual")

    assert answer["value"] == [{"id": user_id(number)} for number in found]


@pytest.mark.parametrize("text", ["displayName:anna", '"anna"', '"displayName:a"b"', '"displayName:"'])
def test_a_search_in_another_form_is_refused(text: str) -> None:
    graph = Graph()

    answer = graph.try_ask("GET", f"/users?$search={text}", SOURCE, None, {"ConsistencyLevel": "eventual"})

    assert answer is not None
    assert answer.status == 400


def test_a_search_needs_the_header() -> None:
    status, code, _ = Graph().refusal("GET", '/users?$search="displayName:anna"', SOURCE)

    assert (status, code) == (400, "Request_UnsupportedQuery")


def test_fifteen_clauses_are_allowed() -> None:
    graph = Graph()
    text = " or ".join(["mail eq 'a'"] * 15)

    answer = graph.get(f"/users?$filter={text}")

    assert answer["value"] == []


def test_a_filter_with_more_hits_than_a_page_has_a_next_link() -> None:
    graph = Graph(world(people=5))

    first = graph.get("/users?$filter=userType eq 'Member'&$select=id&$top=3")
    second = graph.get(first["@odata.nextLink"])

    assert [row["id"] for row in first["value"] + second["value"]] == [user_id(number) for number in range(1, 6)]
    assert "@odata.nextLink" not in second


def test_selected_properties_that_were_never_set_are_null_or_empty() -> None:
    graph = Graph()

    user = graph.user(user_id(1), "id,jobTitle,otherMails", SOURCE)

    assert user == {"id": user_id(1), "jobTitle": None, "otherMails": []}


def assigned() -> Graph:
    users = [{"principalId": user_id(number), "principalType": "User"} for number in (1, 3)]
    group = {"principalId": group_id(1), "principalType": "Group"}
    return Graph(world(groups=[GROUP], appRoleAssignments=[*users, group]))


def principals(body: dict[str, Any]) -> list[str]:
    return [row["principalId"] for row in body["value"]]


def test_assignments_are_paged_by_top() -> None:
    graph = assigned()

    first = graph.get(f"{ASSIGNED_TO}?$top=2")
    second = graph.get(first["@odata.nextLink"])

    assert principals(first) == [user_id(1), user_id(3)]
    assert principals(second) == [group_id(1)]
    assert first["value"][0]["principalDisplayName"] == "Person 1"
    assert first["value"][0]["resourceDisplayName"] == "tenantsync"


def test_a_page_goes_on_where_it_ended_though_earlier_rows_went_away() -> None:
    graph = assigned()
    first = graph.get(f"{ASSIGNED_TO}?$top=1")

    graph.change({"op": "unassign", "principalId": user_id(1)})

    assert principals(graph.get(first["@odata.nextLink"])) == [user_id(3)]


def test_assignments_of_those_who_are_gone_are_not_shown() -> None:
    graph = assigned()

    graph.change({"op": "deleteUser", "id": user_id(1)}, {"op": "deleteGroup", "id": group_id(1)})

    assert principals(graph.get(ASSIGNED_TO)) == [user_id(3)]


def test_a_new_assignment_shows_and_is_made_once() -> None:
    graph = assigned()

    graph.change(*[{"op": "assign", "principalId": user_id(2)}] * 2)

    assert principals(graph.get(ASSIGNED_TO)) == [user_id(1), user_id(3), group_id(1), user_id(2)]


@pytest.mark.parametrize(
    ("headers", "found"), [({}, [user_id(1)]), ({"ConsistencyLevel": "eventual"}, [user_id(1), group_id(1)])]
)
def test_assignments_of_a_user_include_those_of_its_groups_only_with_the_header(
    headers: dict[str, str], found: list[str]
) -> None:
    graph = assigned()

    body = graph.get(f"/users/{user_id(1)}/appRoleAssignments", **headers)

    assert principals(body) == found


def test_a_filter_on_assignments_needs_the_header() -> None:
    graph = assigned()
    url = f"/users/{user_id(1)}/appRoleAssignments?$filter=resourceId eq {APPLICATION}"

    without = graph.refusal("GET", url, SOURCE)
    with_it = graph.get(url, ConsistencyLevel="eventual")

    assert without[:2] == (400, "Request_UnsupportedQuery")
    assert principals(with_it) == [user_id(1), group_id(1)]


def test_a_person_is_shown_in_direct_groups_only() -> None:
    graph = assigned()
    graph.change({"op": "createGroup", "group": {"id": group_id(2), "displayName": "Outer"}})
    graph.change({"op": "addMember", "groupId": group_id(2), "memberId": group_id(1)})

    groups = graph.get(f"/users/{user_id(1)}/memberOf?$select=id")["value"]

    assert groups == [{"@odata.type": "#microsoft.graph.group", "id": group_id(1)}]


def test_all_groups_of_a_user_are_those_of_groups_within_groups_too_and_a_cycle_ends() -> None:
    graph = Graph()
    for inner, outer in ((1, 2), (2, 3), (3, 1)):
        graph.change({"op": "createGroup", "group": {"id": group_id(outer), "displayName": f"G{outer}"}})
        graph.change({"op": "addMember", "groupId": group_id(outer), "memberId": group_id(inner)})
    graph.change({"op": "addMember", "groupId": group_id(1), "memberId": user_id(1)})

    every = graph.get(f"/users/{user_id(1)}/transitiveMemberOf?$select=id")["value"]
    above = graph.get(f"/groups/{group_id(1)}/memberOf?$select=id")["value"]

    assert {each["id"] for each in every} == {group_id(1), group_id(2), group_id(3)}
    assert above == [{"@odata.type": "#microsoft.graph.group", "id": group_id(2)}]
    assert graph.status("GET", f"/groups/{group_id(9)}/memberOf?$select=id") == 404
    assert graph.status("GET", f"/users/{user_id(9)}/transitiveMemberOf?$select=id") == 404


def test_the_partner_policy_is_read_and_can_change() -> None:
    graph = Graph()
    url = f"/policies/crossTenantAccessPolicy/partners/{SOURCE}/identitySynchronization"

    before = graph.get(url, TARGET)
    graph.change({"op": "setPartner", "tenantId": SOURCE, "set": {"identitySynchronization": None}}, tenant=TARGET)
    without = graph.status("GET", url)
    graph.change({"op": "setPartner", "tenantId": SOURCE, "set": None}, tenant=TARGET)

    assert before["userSyncInbound"] == {"isSyncAllowed": True}
    assert without == 404
    assert graph.status("GET", url) == 404


def test_role_assignments_are_found_by_principal() -> None:
    graph = Graph()
    graph.change({"op": "assignRole", "principalId": user_id(901), "roleDefinitionId": "r-1"}, tenant=TARGET)
    url = "/roleManagement/directory/roleAssignments?$filter=principalId eq '{}'&$select=roleDefinitionId"

    holder = graph.get(url.format(user_id(901)), TARGET)["value"]
    other = graph.get(url.format(user_id(902)), TARGET)["value"]

    assert holder == [{"roleDefinitionId": "r-1"}]
    assert other == []


def test_the_organization_names_itself_and_its_verified_domains() -> None:
    graph = Graph()

    organization = graph.get("/organization?$select=id,displayName,verifiedDomains")["value"][0]

    assert (organization["id"], organization["displayName"]) == (SOURCE, "Contoso")
    assert [(each["name"], each["isDefault"], each["isInitial"]) for each in organization["verifiedDomains"]] == [
        ("contoso.example", True, False),
        ("contoso.onmicrosoft.com", False, True),
    ]
