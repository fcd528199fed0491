"""JSON batching: up to 20 items, each answered and throttled by itself."""

from typing import Any

import pytest

from sandbox.tenants import FaultSwitches
from tests.sandbox.tenants.two_tenants import TARGET, Graph, user_id

JSON = {"Content-Type": "application/json"}


def read(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": name, "method": "GET", "url": f"/users/{user_id(901)}?$select=id", **more}


def write(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    url = f"/users/{user_id(901)}"
    return {"id": name, "method": "PATCH", "url": url, "headers": JSON, "body": {"city": name}, **more}


def test_each_item_has_its_own_answer() -> None:
    graph = Graph()

    answers = graph.batch([read("1"), write("2"), read("3", url="/users/nobody"), read("4", url="/me")])

    assert {name: answer["status"] for name, answer in answers.items()} == {"1": 200, "2": 204, "3": 404, "4": 501}
    assert answers["1"]["body"]["id"] == user_id(901)
    assert "body" not in answers["2"]


def test_answers_come_in_any_order() -> None:
    graph = Graph()
    body = {"requests": [read(str(number)) for number in range(20)]}

    answer = graph.ask("POST", "/$batch", TARGET, body)

    assert isinstance(answer.body, dict)
    order = [each["id"] for each in answer.body["responses"]]
    assert sorted(order, key=int) == [str(number) for number in range(20)]
    assert order != sorted(order, key=int)


@pytest.mark.parametrize(
    ("requests", "words"),
    [
        ([], "Invalid batch payload"),
        ([read(str(number)) for number in range(21)], "maximum value of 20"),
        ([read("1"), read("1")], "unique"),
        ([{"id": "1", "url": "/organization"}], "id, method and url"),
        ([read(1)], "id, method and url"),  # type: ignore[arg-type]
        ([read("1", dependsOn=["2"]), read("2")], "does not stand before"),
    ],
)
def test_a_malformed_envelope_is_refused_whole(requests: list[dict[str, Any]], words: str) -> None:
    graph = Graph()

    status, code, message = graph.refusal("POST", "/$batch", TARGET, {"requests": requests})

    assert (status, code) == (400, "BadRequest")
    assert words in message


@pytest.mark.parametrize(
    "item",
    [
        read("1", url="https://graph.microsoft.com/v1.0/organization"),
        read("1", url="/v1.0/organization"),
        read("1", method="TRACE"),
        write("1", headers={}),
        write("1", url="/$batch", method="POST"),
        read("1", url="/organization?$select=id&$select=id"),
    ],
)
def test_a_malformed_item_is_refused_alone(item: dict[str, Any]) -> None:
    graph = Graph()

    answers = graph.batch([item, read("2")])

    assert (answers["1"]["status"], answers["2"]["status"]) == (400, 200)


def test_an_item_whose_dependency_failed_fails_too() -> None:
    graph = Graph()

    answers = graph.batch(
        [read("1", url="/users/nobody"), write("2", dependsOn=["1"]), write("3"), read("4", dependsOn=["3"])]
    )

    assert {name: answer["status"] for name, answer in answers.items()} == {"1": 404, "2": 424, "3": 204, "4": 200}


def test_items_are_throttled_by_themselves_with_their_own_retry_after() -> None:
    graph = Graph(faults=FaultSwitches(throttle_reads=0.5))

    answers = graph.batch([read(str(number)) for number in range(20)]).values()

    assert {answer["status"] for answer in answers} == {200, 429}
    assert all("Retry-After" in answer["headers"] for answer in answers if answer["status"] == 429)


@pytest.mark.parametrize(
    ("switches", "city"),
    [(FaultSwitches(unavailable_before=1.0), None), (FaultSwitches(unavailable_after=1.0), "1")],
)
def test_a_batch_can_fail_whole_before_or_after_its_items_were_worked(
    switches: FaultSwitches, city: str | None
) -> None:
    graph = Graph(faults=switches)

    answer = graph.ask("POST", "/$batch", TARGET, {"requests": [write("1")]})
    graph.simulation.set_faults("none")

    assert answer.status in {503, 504}
    assert graph.user(user_id(901), "city") == {"city": city}
