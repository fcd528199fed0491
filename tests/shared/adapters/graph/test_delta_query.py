"""Is a delta page understood whole, or refused?"""

import pytest

from shared.adapters.graph.delta_query import groups_page, users_page
from shared.orchestration.ports import (
    GroupsPage,
    MemberChange,
    Removed,
    ResyncRequired,
    Throttled,
    Unavailable,
    UnexpectedAnswer,
    UsersPage,
)
from shared.provisioning.entry import Attributes, SourceEntry
from tests.shared.adapters.graph.fake_graph import BASE, FakeGraph, Reply, connected, error

USERS = "GET /users/delta()"
GROUPS = "GET /groups/delta()"
NEXT = f"{BASE}/users/delta?$skiptoken=abc%2Fd"
DELTA = f"{BASE}/users/delta?$deltatoken=xyz"
SELECT = ("id", "displayName", "accountEnabled", "businessPhones", "mail")


def page(*value: object, **links: str) -> Reply:
    return Reply(body={"value": list(value), **{f"@odata.{name}": link for name, link in links.items()}})


async def read_users(reply: Reply, link: str = "", path: str = USERS) -> tuple[UsersPage, FakeGraph]:
    graph = FakeGraph({path: reply})
    async with connected(graph) as client:
        return await users_page(client, link, SELECT), graph


async def test_a_page_is_people_and_removals_as_they_stand() -> None:
    user = {"id": "a", "displayName": "Ann", "accountEnabled": True, "businessPhones": ["1"], "mail": None}
    removed = {"id": "b", "@removed": {"reason": "changed"}}
    gone = {"id": "c", "@removed": {"reason": "deleted"}}

    read, graph = await read_users(page(user, removed, gone, {"id": "d"}, nextLink=NEXT))

    attributes: Attributes = {"displayName": "Ann", "accountEnabled": True, "businessPhones": ("1",), "mail": None}
    assert read.entries == (
        SourceEntry(id="a", attributes=attributes),
        Removed(id="b"),
        Removed(id="c"),
        SourceEntry(id="d", attributes=dict.fromkeys(attributes)),
    )
    assert (read.next_link, read.delta_link) == (NEXT, "")
    assert graph.requests[0].options == {"$select": ",".join(SELECT)}
    assert "prefer" not in graph.requests[0].headers


NOW = {"@odata.type": "#microsoft.graph.user", "id": "m"}
FORMER = {"@odata.type": "#microsoft.graph.user", "id": "f", "@removed": {"reason": "deleted"}}


@pytest.mark.parametrize(
    ("named", "manager"),
    [
        ({}, None),
        ({"manager@delta": [NOW]}, "m"),
        ({"manager@delta": [FORMER, NOW]}, "m"),
        ({"manager@delta": [NOW, FORMER]}, "m"),
        ({"manager@delta": [FORMER]}, ""),
        ({"manager@delta": []}, ""),
    ],
)
async def test_a_page_names_a_manager_who_came_or_went_and_is_silent_about_others(
    named: dict[str, object], manager: str | None
) -> None:
    graph = FakeGraph({USERS: page({"id": "a", **named}, nextLink=NEXT)})
    async with connected(graph) as client:
        read = await users_page(client, "", ("id", "manager"))

    assert read.entries == (SourceEntry(id="a", attributes={"manager": manager}),)
    assert graph.requests[0].options == {"$select": "id,manager"}


@pytest.mark.parametrize("odd", [{}, [5], [{}], [{"id": 5}], [{**NOW, "@removed": True}]])
async def test_a_page_with_an_odd_manager_is_refused(odd: object) -> None:
    async with connected(FakeGraph({USERS: page({"id": "a", "manager@delta": odd}, nextLink=NEXT)})) as client:
        with pytest.raises(UnexpectedAnswer):
            await users_page(client, "", ("id", "manager"))


async def test_a_link_is_followed_as_it_stands() -> None:
    read, graph = await read_users(page(deltaLink=DELTA), NEXT, "GET /users/delta")

    assert graph.requests[0].url == NEXT
    assert (read.next_link, read.delta_link) == ("", DELTA)


ODD_PAGES = {
    "both links": page(nextLink=NEXT, deltaLink=DELTA),
    "neither link": page(),
    "an empty link": page(nextLink=""),
    "a link that is no text": Reply(body={"value": [], "@odata.nextLink": 5}),
    "a link to another host": page(nextLink="https://evil.example/v1.0/users/delta"),
    "a delta link to another host": page(deltaLink="https://evil.example/v1.0/users/delta"),
    "a link to another port": page(nextLink="http://127.0.0.1:1/v1.0/users/delta"),
    "no value": Reply(body={"@odata.nextLink": NEXT}),
    "a value that is no list": Reply(body={"value": {}, "@odata.nextLink": NEXT}),
    "an entry that is no object": page("a", nextLink=NEXT),
    "an entry without an id": page({"displayName": "Ann"}, nextLink=NEXT),
    "an id that is no text": page({"id": 5}, nextLink=NEXT),
    "an empty id": page({"id": ""}, nextLink=NEXT),
    "a number for a name": page({"id": "a", "displayName": 5}, nextLink=NEXT),
    "an object for a mail": page({"id": "a", "mail": {}}, nextLink=NEXT),
    "a phone that is no text": page({"id": "a", "businessPhones": [None]}, nextLink=NEXT),
    "a removal without a reason object": page({"id": "a", "@removed": True}, nextLink=NEXT),
    "a removal without an id": page({"@removed": {"reason": "changed"}}, nextLink=NEXT),
    "a list": Reply(body=[]),
    "nothing": Reply(body=b""),
    "a web page": Reply(body=b"<html>"),
    "no content": Reply(status=204, body=b""),
    "not found": error(404, "Request_ResourceNotFound"),
    "a bad request": error(400, "Request_BadRequest"),
}


@pytest.mark.parametrize("reply", ODD_PAGES.values(), ids=ODD_PAGES.keys())
async def test_a_page_of_another_shape_is_refused(reply: Reply) -> None:
    with pytest.raises(UnexpectedAnswer):
        await read_users(reply)


@pytest.mark.parametrize(
    ("reply", "raised"),
    [
        (error(410, ""), ResyncRequired),
        (error(410, "SyncStateNotFound", Location=f"{BASE}/users/delta?$deltatoken="), ResyncRequired),
        (error(400, "syncStateNotFound"), ResyncRequired),
        (error(400, "RESYNCREQUIRED"), ResyncRequired),
        (error(429, "TooManyRequests"), Throttled),
        (error(503, "ServiceUnavailable"), Unavailable),
    ],
)
async def test_a_failed_page_raises_what_it_means(reply: Reply, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        await read_users(reply, DELTA, "GET /users/delta")


async def read_groups(reply: Reply) -> tuple[GroupsPage, FakeGraph]:
    graph = FakeGraph({GROUPS: reply})
    async with connected(graph) as client:
        return await groups_page(client, ["g", "h"], ""), graph


async def test_a_groups_page_is_changes_of_membership_and_removed_groups() -> None:
    members = [
        {"@odata.type": "#microsoft.graph.user", "id": "a"},
        {"@odata.type": "#microsoft.graph.group", "id": "n"},
        {"@odata.type": "#microsoft.graph.user", "id": "b", "@removed": {"reason": "deleted"}},
        {"id": "c", "@removed": {"reason": "deleted"}},
    ]
    value = [{"id": "g", "members@delta": members}, {"id": "h"}, {"id": "i", "@removed": {"reason": "changed"}}]

    read, graph = await read_groups(page(*value, deltaLink=f"{BASE}/groups/delta?$deltatoken=1"))

    assert read.changes == (
        MemberChange(group_id="g", member_id="a", is_user=True, removed=False),
        MemberChange(group_id="g", member_id="n", is_user=False, is_group=True, removed=False),
        MemberChange(group_id="g", member_id="b", is_user=True, removed=True),
        MemberChange(group_id="g", member_id="c", is_user=True, removed=True),
    )
    assert read.removed_groups == ("i",)
    assert graph.requests[0].options == {"$select": "id,displayName,members", "$filter": "id eq 'g' or id eq 'h'"}


@pytest.mark.parametrize(
    "members",
    [{}, ["a"], [{"id": "a"}], [{"@odata.type": "#microsoft.graph.user"}], [{"@odata.type": 5, "id": "a"}]],
    ids=["no list", "no object", "no type", "no id", "a type that is no text"],
)
async def test_members_of_another_shape_are_refused(members: object) -> None:
    reply = page({"id": "g", "members@delta": members}, deltaLink=f"{BASE}/groups/delta?$deltatoken=1")

    with pytest.raises(UnexpectedAnswer):
        await read_groups(reply)


@pytest.mark.parametrize("count", [0, 51])
async def test_a_chain_is_for_one_to_fifty_groups(count: int) -> None:
    async with connected(FakeGraph({})) as client:
        with pytest.raises(ValueError, match=f"{count} groups"):
            await groups_page(client, [str(number) for number in range(count)], "")
