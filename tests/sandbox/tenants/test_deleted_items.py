"""Deleted users: 30 days in the bin, restored as they were, or gone."""

import pytest

from tests.sandbox.tenants.two_tenants import TARGET, Graph, user_id

DELETED = "/directory/deletedItems"
DAY = 86_400.0


def deleted_guest(graph: Graph) -> str:
    guest = graph.invite("person1@contoso.example")
    assert graph.status("DELETE", f"/users/{guest}") == 204
    return guest


def test_a_deleted_user_is_found_among_the_deleted_items_only() -> None:
    graph = Graph()

    guest = deleted_guest(graph)

    assert graph.status("GET", f"/users/{guest}") == 404
    assert graph.status("DELETE", f"/users/{guest}") == 404
    assert graph.status("PATCH", f"/users/{guest}", TARGET, {"city": "Ulm"}) == 404
    assert graph.get(f"{DELETED}/{guest}?$select=id,deletedDateTime", TARGET)["deletedDateTime"] == (
        "2026-05-28T20:26:40Z"
    )


@pytest.mark.parametrize(
    "text",
    [
        "mail eq 'PERSON1@contoso.example'",
        "proxyAddresses/any(x:x eq 'smtp:person1@contoso.example')",
        "userPrincipalName eq 'person1_contoso.example%23EXT%23@fabrikam.onmicrosoft.com'",
    ],
)
def test_a_deleted_user_is_found_by_its_addresses(text: str) -> None:
    graph = Graph()
    guest = deleted_guest(graph)

    found = graph.get(f"{DELETED}/microsoft.graph.user?$filter={text}&$select=id", TARGET)["value"]

    assert found == [{"id": guest}]


def test_a_deleted_user_is_found_by_the_end_of_its_name_where_the_index_is_allowed() -> None:
    graph = Graph()
    guest = deleted_guest(graph)
    url = f"{DELETED}/microsoft.graph.user?$filter=endswith(userPrincipalName,'@fabrikam.onmicrosoft.com')&$select=id"

    found = graph.get(f"{url}&$count=true", TARGET, ConsistencyLevel="eventual")["value"]

    assert found == [{"id": guest}]
    assert graph.status("GET", url) == 400


def test_a_restored_user_is_the_same_object_with_its_attributes() -> None:
    graph = Graph()
    guest = graph.invite("person1@contoso.example")
    graph.ask("PATCH", f"/users/{guest}", TARGET, {"city": "Ulm"})
    graph.ask("DELETE", f"/users/{guest}", TARGET)

    first = graph.status("POST", f"{DELETED}/{guest}/restore")
    second = graph.status("POST", f"{DELETED}/{guest}/restore")

    assert (first, second) == (200, 404)
    assert graph.user(guest, "city,mail") == {"city": "Ulm", "mail": "person1@contoso.example"}


def test_after_thirty_days_a_deleted_user_is_gone() -> None:
    graph = Graph()
    guest = deleted_guest(graph)

    graph.clock.at += 30 * DAY - 1
    before = graph.status("GET", f"{DELETED}/{guest}")
    graph.clock.at += 1
    after = graph.status("GET", f"{DELETED}/{guest}")

    assert (before, after) == (200, 404)


@pytest.mark.parametrize(
    ("taken", "target"),
    [
        ({"proxyAddresses": ["smtp:person1@contoso.example"]}, "proxyAddresses"),
        ({"userPrincipalName": "person1_contoso.example#EXT#@fabrikam.onmicrosoft.com"}, "userPrincipalName"),
    ],
)
def test_a_restore_is_refused_while_another_object_has_the_address_or_name(
    taken: dict[str, object], target: str
) -> None:
    graph = Graph()
    guest = deleted_guest(graph)
    graph.change({"op": "createUser", "user": {"id": user_id(950), "displayName": "New", **taken}}, tenant=TARGET)

    status, code, message = graph.refusal("POST", f"{DELETED}/{guest}/restore")

    assert (status, code) == (400, "Request_BadRequest")
    assert target in message


def test_a_role_holder_is_not_deleted() -> None:
    graph = Graph()
    graph.change({"op": "assignRole", "principalId": user_id(901), "roleDefinitionId": "r-1"}, tenant=TARGET)

    assert graph.status("DELETE", f"/users/{user_id(901)}") == 403
