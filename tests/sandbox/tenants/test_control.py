"""The control API: changes, dumps, statistics and faults, as methods and over HTTP."""

from typing import Any

import httpx
import pytest

from sandbox.tenants import Simulation
from sandbox.world import TenantDocument, World, WorldError
from tests.sandbox.tenants.two_tenants import (
    APPLICATION,
    SOURCE,
    TARGET,
    Clock,
    Graph,
    group_id,
    person,
    user_id,
    world,
)

GROUP = {
    "id": group_id(1),
    "displayName": "Sales",
    "members": [{"@odata.type": "#microsoft.graph.user", "id": user_id(1)}],
}


def client(of: World | None = None) -> httpx.AsyncClient:
    simulation = Simulation(of or world(), clock=Clock())
    transport = httpx.ASGITransport(app=simulation.application)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


def test_a_dump_loaded_again_is_the_same_tenant() -> None:
    graph = Graph(world(groups=[GROUP], appRoleAssignments=[{"principalId": user_id(1), "principalType": "User"}]))
    graph.change({"op": "deleteUser", "id": user_id(2)})
    dumped = graph.simulation.dump(SOURCE)

    organization = dumped.pop("organization")
    again = {**organization, **dumped, "servicePrincipals": [{"id": APPLICATION, "displayName": "tenantsync"}]}
    restored = Graph(World(tenants=(TenantDocument.from_json(again),)))

    assert restored.simulation.dump(SOURCE) == {"organization": organization, **dumped}


def test_a_dump_has_the_form_of_a_source_directory() -> None:
    graph = Graph(
        world(people=1, groups=[GROUP], appRoleAssignments=[{"principalId": group_id(1), "principalType": "Group"}])
    )

    dumped = graph.simulation.dump(SOURCE)

    assert dumped["users"] == [{**person(1), "createdDateTime": "2025-05-28T20:26:40Z"}]
    assert dumped["groups"] == [{**GROUP, "description": None}]
    assert dumped["appRoleAssignments"][0]["principalId"] == group_id(1)
    assert dumped["deletedItems"] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"op": "explode"}, "Known: createUser"),
        ({"op": "deleteUser", "id": "nobody"}, "has no user nobody"),
        ({"op": "restoreUser", "id": user_id(1)}, "has no deleted user"),
        ({"op": "addMember", "groupId": "nothing", "memberId": user_id(1)}, "has no group nothing"),
        ({"op": "createUser", "user": person(1)}, "is or was another user's"),
    ],
)
def test_an_impossible_change_is_refused_with_the_reason(change: dict[str, Any], words: str) -> None:
    graph = Graph()

    with pytest.raises((ValueError, KeyError), match=words):
        graph.change(change)


def test_a_guest_invited_by_hand_looks_like_one_invited_by_the_api() -> None:
    graph = Graph()

    graph.change(
        {"op": "createGuest", "id": user_id(50), "mail": "person1@contoso.example", "set": {"city": "Ulm"}},
        tenant=TARGET,
    )
    by_hand = graph.user(user_id(50), "userPrincipalName,externalUserState,creationType,city")

    assert graph.invite("person1@contoso.example") == user_id(50)
    assert by_hand == {
        "userPrincipalName": "person1_contoso.example#EXT#@fabrikam.onmicrosoft.com",
        "externalUserState": "Accepted",
        "creationType": "Invitation",
        "city": "Ulm",
    }


def test_groups_and_roles_come_and_go() -> None:
    graph = Graph(world(groups=[GROUP]))

    graph.change({"op": "updateGroup", "groupId": group_id(1), "displayName": "Trade"})
    graph.change({"op": "assignRole", "principalId": user_id(1), "roleDefinitionId": "r"})
    graph.change({"op": "unassignRole", "principalId": user_id(1)})

    assert [group["displayName"] for group in graph.simulation.dump(SOURCE)["groups"]] == ["Trade"]
    assert graph.simulation.dump(SOURCE)["roleAssignments"] == []


def test_statistics_count_items_not_batches_and_writes_that_were_let_in() -> None:
    graph = Graph()
    headers = {"Content-Type": "application/json"}
    url = f"/users/{user_id(901)}"

    graph.batch(
        [
            {"id": "1", "method": "PATCH", "url": url, "headers": headers, "body": {"city": "Ulm"}},
            {"id": "2", "method": "GET", "url": url},
        ]
    )
    graph.simulation.set_faults(switches={"throttle_writes": 1.0})
    graph.ask("PATCH", url, TARGET, {"city": "Bonn"})

    assert graph.simulation.statistics()[TARGET] == {"requests": 3, "writes": 1, "throttled": 1}


def test_faults_are_counted_as_they_happen() -> None:
    graph = Graph()
    graph.simulation.set_faults(switches={"throttle_writes": 1.0})

    graph.ask("PATCH", f"/users/{user_id(901)}", TARGET, {"city": "Bonn"})
    graph.ask("GET", f"/users/{user_id(901)}", TARGET)

    assert graph.simulation.control("GET", "/_sandbox/faults", None).body == {"throttled": 1}


@pytest.mark.parametrize(
    ("tenant", "words"),
    [
        ({"users": [{"displayName": "Zoë"}]}, "user 'Zoë' has no id"),
        ({"groups": [{"displayName": "Sales"}]}, "group 'Sales' has no id"),
        ({"appRoleAssignments": [{"principalId": "p", "principalType": "User"}]}, "no service principal"),
    ],
)
def test_a_world_with_holes_is_refused_by_name(tenant: dict[str, Any], words: str) -> None:
    document = {"id": "t", "displayName": "T", "initialDomain": "t.example", **tenant}

    with pytest.raises(WorldError, match=words):
        Simulation(World.from_json({"tenants": [document]}))


async def test_control_over_http_changes_and_dumps_a_tenant() -> None:
    async with client() as http:
        changed = await http.post(f"/_sandbox/tenants/{SOURCE}/changes", json=[{"op": "deleteUser", "id": user_id(1)}])
        dumped = await http.get(f"/_sandbox/tenants/{SOURCE}")
        health = await http.get("/_sandbox/health")
        statistics = await http.get("/_sandbox/statistics")

    assert changed.json() == {"ids": [None]}
    assert [each["id"] for each in dumped.json()["deletedItems"]] == [user_id(1)]
    assert health.json() == {"status": "ok", "tenants": [SOURCE, TARGET]}
    assert statistics.json()[SOURCE] == {"requests": 0, "writes": 0, "throttled": 0}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"/_sandbox/tenants/{SOURCE}/changes", [{"op": "explode"}], 400),
        (f"/_sandbox/tenants/{SOURCE}/changes", {"op": "deleteUser"}, 400),
        (f"/_sandbox/tenants/{SOURCE}/changes", [{"op": "deleteUser", "id": "nobody"}], 400),
        ("/_sandbox/tenants/unknown/changes", [], 404),
        ("/_sandbox/faults", {"profile": "chaos"}, 400),
        ("/_sandbox/faults", {"profile": "none", "tenant": "unknown"}, 400),
        ("/_sandbox/faults", {"profile": "flaky", "cut_before": 0.5, "tenant": TARGET}, 200),
        ("/_sandbox/nothing", {}, 404),
    ],
)
async def test_bad_control_requests_say_so(path: str, body: object, status: int) -> None:
    async with client() as http:
        answer = await http.post(path, json=body)

    assert answer.status_code == status
