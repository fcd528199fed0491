"""Delta of groups: members in slices, who came and who left, and only the groups that were named."""

from typing import Any

import pytest

from sandbox.tenants import FaultSwitches
from tests.sandbox.tenants.two_tenants import SOURCE, Graph, group_id, rows, user_id, world


def url(*numbers: int) -> str:
    ids = " or ".join(f"id eq '{group_id(number)}'" for number in numbers)
    return f"/groups/delta?$select=id,displayName,members&$filter={ids}"


def group(number: int, *members: int) -> dict[str, Any]:
    typed = [{"@odata.type": "#microsoft.graph.user", "id": user_id(each)} for each in members]
    return {"id": group_id(number), "displayName": f"Group {number}", "members": typed}


def user(number: int, *, left: bool = False) -> dict[str, Any]:
    removal = {"@removed": {"reason": "deleted"}} if left else {}
    return {"@odata.type": "#microsoft.graph.user", "id": user_id(number), **removal}


def graph(**switches: int) -> Graph:
    groups = [group(1, 1, 2), group(2), group(3, 3)]
    return Graph(world(groups=groups), faults=FaultSwitches().with_changes(switches))


def test_a_first_round_shows_the_named_groups_with_their_members() -> None:
    client = graph()

    pages, _ = client.round(url(1, 2))

    assert rows(pages) == [
        {"id": group_id(1), "displayName": "Group 1", "members@delta": [user(1), user(2)]},
        {"id": group_id(2), "displayName": "Group 2"},
    ]


def test_the_members_of_a_large_group_come_in_slices_over_several_pages() -> None:
    client = graph(members_per_page=1)

    pages, _ = client.round(url(1))

    slices = [row["members@delta"] for row in rows(pages) if "members@delta" in row]
    assert slices == [[user(1)], [user(2)]]


@pytest.mark.parametrize(
    ("change", "members"),
    [
        ({"op": "addMember", "groupId": group_id(1), "memberId": user_id(3)}, [user(3)]),
        ({"op": "removeMember", "groupId": group_id(1), "memberId": user_id(2)}, [user(2, left=True)]),
        ({"op": "deleteUser", "id": user_id(1)}, [user(1, left=True)]),
        ({"op": "addMember", "groupId": group_id(3), "memberId": user_id(1)}, None),
    ],
)
def test_a_later_round_shows_who_came_and_who_left(change: dict[str, str], members: list[Any] | None) -> None:
    client = graph()
    _, link = client.round(url(1))

    client.change(change)
    pages, _ = client.round(link)

    assert [row["members@delta"] for row in rows(pages)] == ([members] if members else [])


def test_who_leaves_while_a_first_round_is_read_is_still_reported() -> None:
    client = graph(members_per_page=1)
    first = client.get(url(1))

    client.change({"op": "removeMember", "groupId": group_id(1), "memberId": user_id(1)})
    pages, _ = client.round(first["@odata.nextLink"])

    assert user(1, left=True) in [entry for row in rows(pages) for entry in row.get("members@delta", ())]


def test_a_restored_user_is_a_member_again() -> None:
    client = graph()
    client.change({"op": "deleteUser", "id": user_id(1)})
    _, link = client.round(url(1))

    client.change({"op": "restoreUser", "id": user_id(1)})

    assert rows(client.round(link)[0])[0]["members@delta"] == [user(1)]


def test_a_deleted_group_is_reported_as_deleted() -> None:
    client = graph()
    _, link = client.round(url(1))

    client.change({"op": "deleteGroup", "id": group_id(1)})

    assert rows(client.round(link)[0]) == [{"id": group_id(1), "@removed": {"reason": "deleted"}}]


def test_a_nested_group_is_a_member_of_type_group() -> None:
    client = graph()

    client.change({"op": "addMember", "groupId": group_id(2), "memberId": group_id(3)})
    row = rows(client.round(url(2))[0])[0]

    assert row["members@delta"] == [{"@odata.type": "#microsoft.graph.group", "id": group_id(3)}]


def test_a_nested_group_that_is_deleted_leaves_the_groups_that_it_was_in() -> None:
    client = graph()
    client.change({"op": "addMember", "groupId": group_id(2), "memberId": group_id(3)})
    _, link = client.round(url(2))

    client.change({"op": "deleteGroup", "id": group_id(3)})

    left = {"@odata.type": "#microsoft.graph.group", "id": group_id(3), "@removed": {"reason": "deleted"}}
    assert rows(client.round(link)[0])[0]["members@delta"] == [left]


@pytest.mark.parametrize(
    "refused",
    [
        "/groups/delta?$select=id,members",
        "/groups/delta?$select=id,members&$filter=displayName eq 'x'",
        f"/groups/delta?$select=id,members&$filter=id eq '{group_id(1)}' and id eq '{group_id(2)}'",
        f"/groups/delta?$filter=id eq '{group_id(1)}'",
        f"/groups/delta?$select=owners&$filter=id eq '{group_id(1)}'",
        url(*range(51)),
    ],
)
def test_other_queries_are_refused(refused: str) -> None:
    client = graph()

    status, _, _ = client.refusal("GET", refused, SOURCE)

    assert status == 400


def test_fifty_groups_fit_into_one_filter() -> None:
    client = graph()

    pages, _ = client.round(url(*range(50)))

    assert len(rows(pages)) == 3
