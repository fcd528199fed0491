"""The relation from a user to the manager: how it is read, written, and lost."""

from typing import Any

import pytest

from tests.sandbox.tenants.two_tenants import SOURCE, Graph, person, rows, user_id, world

ADA, BERT, CLEO = user_id(1), user_id(2), user_id(3)
V1 = "https://graph.microsoft.com/v1.0"
DELTA = "/users/delta?$select=displayName,manager"


def reports_to(manager: str) -> dict[str, Any]:
    return {"manager": {"id": manager}}


def graph_of(*managed: str) -> Graph:
    """Three people of whom these report to Cleo."""
    users = [person(n, **(reports_to(CLEO) if user_id(n) in managed else {})) for n in (1, 2, 3)]
    return Graph(world(users=users))


def manager(graph: Graph, user: str) -> str | None:
    body = graph.get(f"/users/{user}?$select=id&$expand=manager($select=id)")
    return body["manager"]["id"] if "manager" in body else None


def assign(graph: Graph, user: str, reference: str) -> int:
    return graph.status("PUT", f"/users/{user}/manager/$ref", SOURCE, {"@odata.id": reference})


def shown(pages: list[list[dict[str, Any]]]) -> dict[str, Any]:
    return {user["id"]: user.get("manager@delta") for user in rows(pages)}


def change(graph: Graph, user: str, to: dict[str, str] | None) -> None:
    graph.change({"op": "updateUser", "id": user, "set": {"manager": to}})


def now(user: str) -> dict[str, str]:
    return {"@odata.type": "#microsoft.graph.user", "id": user}


def gone(user: str) -> dict[str, Any]:
    return {**now(user), "@removed": {"reason": "deleted"}}


@pytest.mark.parametrize("collection", ["users", "directoryObjects"])
def test_a_manager_is_assigned_replaced_and_removed(collection: str) -> None:
    graph = graph_of()

    statuses = [assign(graph, ADA, f"{V1}/{collection}/{each}") for each in (BERT, CLEO)]
    assigned = manager(graph, ADA)
    removed = [graph.status("DELETE", f"/users/{ADA}/manager/$ref", SOURCE) for _ in range(2)]

    assert (statuses, assigned) == ([204, 204], CLEO)
    assert (removed, manager(graph, ADA)) == ([204, 404], None)


@pytest.mark.parametrize(
    ("user", "reference", "status"),
    [
        (ADA, f"{V1}/users/{user_id(99)}", 404),
        (user_id(99), f"{V1}/users/{BERT}", 404),
        (ADA, f"/users/{BERT}", 400),
        (ADA, f"https://elsewhere.example/v1.0/users/{BERT}", 400),
        (ADA, f"{V1}/groups/{BERT}", 400),
        (ADA, f"{V1}/users/{BERT}/manager", 400),
    ],
)
def test_both_ends_have_to_exist_and_be_named_by_a_url_of_graph(user: str, reference: str, status: int) -> None:
    assert assign(graph_of(), user, reference) == status


def test_a_manager_whom_a_replica_does_not_have_yet_is_refused_in_words_of_its_own() -> None:
    graph = graph_of()
    graph.simulation.set_faults(switches={"lag_seconds": 60.0})
    graph.change({"op": "createUser", "user": person(7)})

    reference = {"@odata.id": f"{V1}/users/{user_id(7)}"}
    answers = [graph.ask("PUT", f"/users/{ADA}/manager/$ref", SOURCE, reference) for _ in range(20)]

    refused = [answer.body for answer in answers if answer.status == 400]
    assert refused
    assert all(isinstance(body, dict) and "Not a valid reference" in body["error"]["message"] for body in refused)


def test_only_the_expansion_of_the_product_is_answered() -> None:
    graph = graph_of(ADA)

    assert manager(graph, ADA) == CLEO
    assert graph.status("GET", f"/users/{ADA}?$select=id&$expand=directReports", SOURCE) == 400
    assert graph.status("GET", f"/users/{ADA}?$select=manager", SOURCE) == 400
    assert graph.status("PATCH", f"/users/{ADA}", SOURCE, reports_to(BERT)) == 400


def test_writing_a_manager_needs_the_permission_and_counts_as_a_write() -> None:
    graph = graph_of()
    before = graph.simulation.statistics()[SOURCE]["writes"]
    assign(graph, ADA, f"{V1}/users/{BERT}")
    counted = graph.simulation.statistics()[SOURCE]["writes"] - before
    graph.change({"op": "setPermissions", "permissions": ["User.Read.All"]})

    assert (counted, assign(graph, ADA, f"{V1}/users/{CLEO}")) == (1, 403)


def test_a_first_round_shows_every_manager_and_a_later_one_only_what_changed() -> None:
    graph = graph_of(ADA, BERT)
    first, link = graph.round(DELTA)
    change(graph, ADA, {"id": BERT})
    change(graph, BERT, None)
    graph.change({"op": "updateUser", "id": CLEO, "set": {"displayName": "Cleo"}})

    later, _ = graph.round(link)

    assert shown(first) == {ADA: [now(CLEO)], BERT: [now(CLEO)], CLEO: None}
    assert shown(later) == {ADA: [gone(CLEO), now(BERT)], BERT: [gone(CLEO)], CLEO: None}


def test_a_round_that_did_not_ask_for_managers_does_not_hear_of_them() -> None:
    graph = graph_of()
    _, link = graph.round("/users/delta?$select=displayName")
    change(graph, ADA, {"id": BERT})

    assert rows(graph.round(link)[0]) == []


def test_minimal_answers_name_the_manager_only_where_it_changed() -> None:
    graph = graph_of(ADA)
    _, link = graph.round(DELTA)
    change(graph, BERT, {"id": CLEO})

    pages, _ = graph.round(link, Prefer="return=minimal")

    assert rows(pages) == [{"id": BERT, "manager@delta": [now(CLEO)]}]


def test_who_reported_to_somebody_deleted_has_no_manager_and_delta_says_so() -> None:
    graph = graph_of(ADA)
    _, link = graph.round(DELTA)

    graph.change({"op": "deleteUser", "id": CLEO})
    answer, _ = graph.round(link)
    graph.change({"op": "restoreUser", "id": CLEO})

    assert shown(answer)[ADA] == [gone(CLEO)]
    assert manager(graph, ADA) is None


def test_whoever_is_restored_reports_to_the_same_manager_if_that_one_is_still_there() -> None:
    graph = graph_of(ADA, BERT)
    graph.change({"op": "deleteUser", "id": ADA}, {"op": "restoreUser", "id": ADA})
    kept = manager(graph, ADA)

    graph.change({"op": "deleteUser", "id": BERT}, {"op": "deleteUser", "id": CLEO}, {"op": "restoreUser", "id": BERT})

    assert (kept, manager(graph, BERT)) == (CLEO, None)
