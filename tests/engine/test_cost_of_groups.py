"""What does one change cost in Graph requests where 300 groups with 100,000 memberships are assigned?

400 people are each in 250 of the groups: how many people the memberships are of makes no difference to what is counted.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, assigned_world, assignment, group, id_of, people, person

GROUPS = 300
PEOPLE = 400
GROUPS_OF_EACH = 250
MOST_MORE = 10

NEWCOMERS = ("joiner", "loner", "newcomer", "outsider")


class CountingWay(httpx.AsyncBaseTransport):
    """The way to the tenants; a batch is one request, as it is one on the wire."""

    requests = 0
    """Of all processes together."""

    def __init__(self, way: httpx.AsyncBaseTransport) -> None:
        self.way = way

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        CountingWay.requests += 1
        return await self.way.handle_async_request(request)


def members_of(number: int) -> list[str]:
    """Person p is in the 250 groups from p on."""
    return [f"person{each}" for each in range(PEOPLE) if (number - each) % GROUPS < GROUPS_OF_EACH]


def company() -> LocalEngine:
    groups = [group(f"group{number}", *members_of(number)) for number in range(GROUPS - 1)]
    groups.append(group(f"group{GROUPS - 1}", *members_of(GROUPS - 1), "loner"))
    assert sum(len(each["members"]) for each in groups) > PEOPLE * GROUPS_OF_EACH == 100_000
    assignments = [assignment(f"group{number}", "Group") for number in range(GROUPS)]
    everybody: list[Document] = [*people(PEOPLE), *map(person, NEWCOMERS)]
    few = group("few", "newcomer", "person0")
    return LocalEngine(assigned_world(everybody, [*groups, few], *assignments), network=CountingWay)


def membership(op: str, group_name: str, name: str) -> Mapping[str, Any]:
    return {"op": op, "groupId": id_of(group_name), "memberId": id_of(name)}


ONE_CHANGE: dict[str, Mapping[str, Any]] = {
    "a member joins": membership("addMember", "group7", "joiner"),
    "a member leaves one of many groups": membership("removeMember", "group7", "person7"),
    "a member leaves the only group": membership("removeMember", f"group{GROUPS - 1}", "loner"),
    "a person changes": {"op": "updateUser", "id": id_of("person9"), "set": {"jobTitle": "Dyer"}},
    "a person is assigned": {"op": "assign", "principalId": id_of("outsider")},
    "a person is unassigned": {"op": "unassign", "principalId": id_of("outsider")},
    "a group is assigned": {"op": "assign", "principalId": id_of("few")},
    "a group is unassigned": {"op": "unassign", "principalId": id_of("few")},
}


async def cost(local: LocalEngine, *changes: Mapping[str, Any]) -> int:
    """Return the requests to both tenants of one incremental cycle with all that it leads to."""
    before = CountingWay.requests
    local.change(*changes)
    await local.run_cycle()
    return CountingWay.requests - before


async def test_a_cycle_with_one_change_makes_at_most_ten_requests_more_than_an_empty_one() -> None:
    local = company()
    await local.begin()
    writes = local.writes()
    empty = await cost(local)
    assert local.writes() == writes

    costs = {name: await cost(local, change) for name, change in ONE_CHANGE.items()}

    local.assert_agreement()
    assert len(local.users()) == PEOPLE + 1  # the joiner came; who was there in between has left
    assert local.writes() > writes
    assert all(empty < each <= empty + MOST_MORE for each in costs.values()), (empty, costs)
