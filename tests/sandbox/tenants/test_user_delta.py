"""Delta of users: pages, links, what is shown of a change, and how tokens end."""

from typing import Any

import pytest

from sandbox.tenants import FaultSwitches
from tests.sandbox.tenants.two_tenants import SOURCE, Graph, person, rows, user_id, world

URL = "/users/delta?$select=displayName,jobTitle"
WEEK = 7 * 86_400


def test_pages_hold_at_most_200_objects_whatever_is_asked() -> None:
    graph = Graph(world(people=450))

    pages, _ = graph.round(URL, prefer="odata.maxpagesize=999")

    assert [len(page) for page in pages] == [200, 200, 50]
    assert len({row["id"] for row in rows(pages)}) == 450


def test_a_smaller_page_size_holds_for_its_own_request_only() -> None:
    graph = Graph(world(people=10))

    first = graph.get(URL, prefer="return=minimal, odata.maxpagesize=4")
    second = graph.get(first["@odata.nextLink"])

    assert len(first["value"]) == 4
    assert len(second["value"]) == 6


def test_properties_that_were_never_set_are_absent_and_id_is_always_there() -> None:
    graph = Graph(world(users=[person(1), person(2, jobTitle="Engineer")]))

    pages, _ = graph.round(URL)

    assert rows(pages) == [
        {"displayName": "Person 1", "id": user_id(1)},
        {"displayName": "Person 2", "jobTitle": "Engineer", "id": user_id(2)},
    ]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ([], []),
        ([{"op": "updateUser", "id": user_id(1), "set": {"city": "Ulm"}}], []),
        (
            [{"op": "updateUser", "id": user_id(1), "set": {"jobTitle": "Chief", "city": "Ulm"}}],
            [{"jobTitle": "Chief", "id": user_id(1)}],
        ),
        (
            [{"op": "updateUser", "id": user_id(2), "set": {"jobTitle": None}}],
            [{"jobTitle": None, "id": user_id(2)}],
        ),
        (
            [
                {"op": "updateUser", "id": user_id(1), "set": {"jobTitle": "Chief"}},
                {"op": "updateUser", "id": user_id(1), "set": {"displayName": "One"}},
            ],
            [{"displayName": "One", "jobTitle": "Chief", "id": user_id(1)}],
        ),
        ([{"op": "deleteUser", "id": user_id(1)}], [{"id": user_id(1), "@removed": {"reason": "changed"}}]),
        ([{"op": "purgeUser", "id": user_id(1)}], [{"id": user_id(1), "@removed": {"reason": "deleted"}}]),
        (
            [{"op": "deleteUser", "id": user_id(2)}, {"op": "restoreUser", "id": user_id(2)}],
            [{"displayName": "Person 2", "jobTitle": "Engineer", "id": user_id(2)}],
        ),
        (
            [{"op": "createUser", "user": person(3)}],
            [{"displayName": "Person 3", "id": user_id(3)}],
        ),
    ],
)
def test_a_minimal_round_shows_what_changed(changes: list[dict[str, Any]], shown: list[dict[str, Any]]) -> None:
    graph = Graph(world(users=[person(1), person(2, jobTitle="Engineer")]))
    _, link = graph.round(URL)

    graph.change(*changes)
    pages, _ = graph.round(link, prefer="return=minimal")

    assert rows(pages) == shown


def test_a_default_round_shows_all_that_was_ever_set() -> None:
    graph = Graph(world(users=[person(2, jobTitle="Engineer")]))
    _, link = graph.round(URL)

    graph.change({"op": "updateUser", "id": user_id(2), "set": {"displayName": "Two"}})
    pages, _ = graph.round(link)

    assert rows(pages) == [{"displayName": "Two", "jobTitle": "Engineer", "id": user_id(2)}]


def test_whether_a_cleared_property_shows_as_null_depends_on_the_seed() -> None:
    answers = set()
    for seed in range(8):
        graph = Graph(world(users=[person(2, jobTitle="Engineer")]), seed=seed)
        graph.change({"op": "updateUser", "id": user_id(2), "set": {"jobTitle": None}})
        answers.add("jobTitle" in rows(graph.round(URL)[0])[0])

    assert answers == {True, False}


def test_who_is_deleted_while_a_first_round_is_read_is_still_reported() -> None:
    graph = Graph(world(people=4))
    first = graph.get(URL, prefer="odata.maxpagesize=2")

    graph.change({"op": "deleteUser", "id": user_id(1)})
    pages, _ = graph.round(first["@odata.nextLink"])

    assert {"id": user_id(1), "@removed": {"reason": "changed"}} in rows(pages)


def test_who_changes_while_a_round_is_read_comes_again() -> None:
    graph = Graph(world(people=4))
    first = graph.get(URL, prefer="odata.maxpagesize=2")

    graph.change({"op": "updateUser", "id": user_id(1), "set": {"jobTitle": "Chief"}})
    pages, _ = graph.round(first["@odata.nextLink"])

    assert {"displayName": "Person 1", "jobTitle": "Chief", "id": user_id(1)} in rows(pages)


def test_latest_starts_from_now_without_reading() -> None:
    graph = Graph(world(people=4))

    pages, link = graph.round(URL + "&$deltatoken=latest")
    graph.change({"op": "updateUser", "id": user_id(1), "set": {"jobTitle": "Chief"}})

    assert rows(pages) == []
    assert [row["id"] for row in rows(graph.round(link)[0])] == [user_id(1)]


@pytest.mark.parametrize("addition", ["&$select=displayName", "&$filter=id eq 'x'", "&$top=5"])
def test_options_are_not_repeated_on_a_link(addition: str) -> None:
    graph = Graph()
    _, link = graph.round(URL)

    status, _, _ = graph.refusal("GET", link + addition, SOURCE)

    assert status == 400


def test_a_token_that_was_altered_or_belongs_to_another_tenant_is_refused() -> None:
    graph = Graph()
    _, link = graph.round(URL)

    altered = graph.refusal("GET", link[:-2] + "xx", SOURCE)
    foreign = graph.refusal("GET", link, "bbbbbbbb-0000-4000-8000-000000000002")

    assert altered[:2] == foreign[:2] == (400, "Request_BadRequest")


@pytest.mark.parametrize(("age", "status"), [(WEEK - 1, 200), (WEEK + 1, 400)])
def test_a_token_lives_seven_days(age: int, status: int) -> None:
    graph = Graph()
    _, link = graph.round(URL)

    graph.clock.at += age
    answer = graph.ask("GET", link, SOURCE)

    assert answer.status == status
    assert status == 200 or graph.refusal("GET", link, SOURCE)[1] == "syncStateNotFound"


def test_tokens_can_be_expired_and_new_ones_work() -> None:
    graph = Graph()
    _, link = graph.round(URL)

    graph.change({"op": "expireDeltaTokens"})
    _, new_link = graph.round(URL)

    assert graph.refusal("GET", link, SOURCE)[:2] == (400, "syncStateNotFound")
    assert graph.status("GET", new_link, SOURCE) == 200


def test_a_resync_answers_410_and_its_location_starts_over_with_the_own_select() -> None:
    graph = Graph()
    _, link = graph.round(URL)

    graph.change({"op": "resyncDelta"})
    answer = graph.ask("GET", link, SOURCE)
    location = answer.headers["Location"]
    pages, _ = graph.round(location + "&$select=displayName,jobTitle")

    assert answer.status == 410
    assert location.endswith("/users/delta?$deltatoken=")
    assert len(rows(pages)) == 3


def test_a_switch_makes_one_use_of_a_delta_link_answer_410() -> None:
    graph = Graph(faults=FaultSwitches(resync_once=True))
    _, link = graph.round(URL)

    statuses = [graph.status("GET", link, SOURCE) for _ in range(3)]

    assert statuses == [410, 200, 200]


@pytest.mark.parametrize(
    ("switches", "found"),
    [
        (FaultSwitches(empty_delta=1.0), 0),
        (FaultSwitches(early_end=1.0), 200),
        (FaultSwitches(), 250),
    ],
)
def test_reads_lie_only_by_switch(switches: FaultSwitches, found: int) -> None:
    graph = Graph(world(people=250), faults=switches)

    pages, link = graph.round(URL)

    assert len(rows(pages)) == found
    assert rows(graph.round(link)[0]) == []


def test_a_profile_repeats_objects_and_cuts_pages_short_and_loses_nothing() -> None:
    graph = Graph(world(people=300), faults=FaultSwitches(replays=0.5, short_pages=0.5, empty_pages=0.2))

    pages, _ = graph.round(URL, prefer="odata.maxpagesize=20")

    assert [] in pages
    assert len(rows(pages)) > 300
    assert len({row["id"] for row in rows(pages)}) == 300


def test_a_profile_shows_deleted_users_in_a_first_round() -> None:
    graph = Graph(faults=FaultSwitches(removed_in_first_round=1.0))

    graph.change({"op": "deleteUser", "id": user_id(1)})

    assert {"id": user_id(1), "@removed": {"reason": "changed"}} in rows(graph.round(URL)[0])


def test_a_change_that_lags_comes_in_a_later_round() -> None:
    graph = Graph(faults=FaultSwitches(lag_seconds=10.0))
    graph.clock.at += 60
    _, link = graph.round(URL)
    graph.change({"op": "updateUser", "id": user_id(1), "set": {"jobTitle": "Chief"}})

    at_once, link = graph.round(link)
    graph.clock.at += 60
    later, _ = graph.round(link)

    assert rows(at_once) == []
    assert [row["jobTitle"] for row in rows(later)] == ["Chief"]


def test_who_changed_a_moment_ago_is_in_a_first_round_as_all_replicas_know_them() -> None:
    graph = Graph(faults=FaultSwitches(lag_seconds=10.0))
    graph.clock.at += 60
    graph.change({"op": "updateUser", "id": user_id(1), "set": {"jobTitle": "Chief"}})

    pages, _ = graph.round(URL)

    assert {"displayName": "Person 1", "id": user_id(1)} in rows(pages)
