"""The law of delta: whoever applies all pages in order to a copy has the tenant."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.tenants import FaultSwitches
from sandbox.tenants.control import UnknownObject
from tests.sandbox.tenants.two_tenants import Graph, group_id, person, user_id, world

USERS = "/users/delta?$select=displayName,jobTitle"
GROUPS = f"/groups/delta?$select=id,displayName,members&$filter=id eq '{group_id(1)}' or id eq '{group_id(2)}'"
PEOPLE = 6

numbers = st.integers(1, PEOPLE)
changes = st.one_of(
    st.builds(lambda n: {"op": "createUser", "user": person(n)}, numbers),
    st.builds(
        lambda n, title: {"op": "updateUser", "id": user_id(n), "set": {"jobTitle": title}},
        numbers,
        st.sampled_from(["Chief", "Clerk", None]),
    ),
    st.builds(
        lambda op, n: {"op": op, "id": user_id(n)}, st.sampled_from(["deleteUser", "restoreUser", "purgeUser"]), numbers
    ),
    st.builds(
        lambda op, g, n: {"op": op, "groupId": group_id(g), "memberId": user_id(n)},
        st.sampled_from(["addMember", "removeMember"]),
        st.integers(1, 2),
        numbers,
    ),
)
conditions = st.builds(
    FaultSwitches,
    short_pages=st.sampled_from([0.0, 0.7]),
    empty_pages=st.sampled_from([0.0, 0.3]),
    replays=st.sampled_from([0.0, 0.7]),
    removed_in_first_round=st.sampled_from([0.0, 1.0]),
    lag_seconds=st.sampled_from([0.0, 4.0]),
    members_per_page=st.sampled_from([1, 500]),
)
#: What happens between two pages: some changes, and a second passes.
steps = st.lists(st.lists(changes, max_size=3), max_size=12)


class Reader:
    """Follows one delta chain page by page and keeps the copy."""

    def __init__(self, graph: Graph, url: str) -> None:
        self.copy: dict[str, Any] = {}
        self._graph = graph
        self._url = url

    def read(self) -> bool:
        """Read one page; True if it closed the round."""
        page = self._graph.get(self._url, prefer="odata.maxpagesize=2")
        for row in page["value"]:
            self.apply(row)
        self._url = page.get("@odata.nextLink") or page["@odata.deltaLink"]
        return "@odata.deltaLink" in page

    def apply(self, row: dict[str, Any]) -> None:
        if "@removed" in row:
            self.copy.pop(row["id"], None)
            return
        self.copy[row["id"]] = {name: row.get(name) for name in ("displayName", "jobTitle")}


class MemberReader(Reader):
    def apply(self, row: dict[str, Any]) -> None:
        members = self.copy.setdefault(row["id"], set())
        for entry in row.get("members@delta", ()):
            (members.discard if "@removed" in entry else members.add)(entry["id"])


def apply(graph: Graph, change: dict[str, Any]) -> None:
    """Apply a change if it is possible: one cannot restore who is not deleted."""
    try:
        graph.change(change)
    except (UnknownObject, ValueError):
        return


def settle(graph: Graph, *readers: Reader) -> None:
    graph.clock.at += 60
    for reader in readers:
        for _ in range(2):
            while not reader.read():
                pass


@settings(max_examples=150, deadline=None)
@given(switches=conditions, seed=st.integers(0, 5), steps=steps)
def test_all_pages_applied_in_order_yield_the_tenant(
    switches: FaultSwitches, seed: int, steps: list[list[dict[str, Any]]]
) -> None:
    groups = [{"id": group_id(g), "displayName": f"Group {g}"} for g in (1, 2)]
    graph = Graph(world(people=4, groups=groups), faults=switches, seed=seed)
    users, members = Reader(graph, USERS), MemberReader(graph, GROUPS)

    for step in steps:
        for change in step:
            apply(graph, change)
        users.read()
        members.read()
        graph.clock.at += 1
    settle(graph, users, members)

    dump = graph.simulation.dump("aaaaaaaa-0000-4000-8000-000000000001")
    assert users.copy == {
        each["id"]: {"displayName": each["displayName"], "jobTitle": each.get("jobTitle")} for each in dump["users"]
    }
    assert members.copy == {each["id"]: {member["id"] for member in each["members"]} for each in dump["groups"]}
