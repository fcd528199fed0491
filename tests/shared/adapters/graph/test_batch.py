"""Does each answer of a batch find its request, and is an odd batch refused?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.graph.batch import BatchAnswer, send_batch
from shared.adapters.graph.reading import Control, read_batches
from shared.orchestration.ports import Forbidden, Throttled, Unavailable, UnexpectedAnswer
from tests.shared.adapters.graph.fake_graph import BASE, FakeGraph, Reply, connected, error

OK = {"id": "1", "status": 200, "headers": {}, "body": {}}


async def read_two(graph: FakeGraph) -> BatchAnswer:
    async with connected(graph) as client:
        return await send_batch(client, {"1": client.calls.user("a", ["id"]), "2": client.calls.assignments_of("b")})


async def test_answers_in_any_order_find_their_requests() -> None:
    graph = FakeGraph({"GET /users/a": Reply(body={"id": "a"}), "GET /users/b/appRoleAssignments": error(404, "x")})

    batch = await read_two(graph)

    assert batch.answers["1"].body == {"id": "a"}
    assert batch.answers["2"].status == 404
    assert batch.date == datetime(2026, 1, 1, tzinfo=UTC)


async def test_items_carry_relative_urls_and_their_own_headers_and_no_token() -> None:
    graph = FakeGraph({"GET /users/a": Reply(), "GET /users/b/appRoleAssignments": Reply()})

    await read_two(graph)

    assert graph.requests[0].body["requests"] == [
        {"id": "1", "method": "GET", "url": "/users/a?$select=id"},
        {
            "id": "2",
            "method": "GET",
            "url": "/users/b/appRoleAssignments?$top=999",
            "headers": {"ConsistencyLevel": "eventual"},
        },
    ]
    assert graph.requests[0].url == f"{BASE}/$batch"


async def test_an_item_without_an_answer_is_not_made_up() -> None:
    graph = FakeGraph({"GET /users/a": Reply(body={}), "GET /users/b/appRoleAssignments": Reply(left_out=True)})

    batch = await read_two(graph)

    assert set(batch.answers) == {"1"}


ODD_BATCHES: dict[str, Any] = {
    "no responses": {},
    "responses that are no list": {"responses": {}},
    "a response that is no object": {"responses": [1]},
    "an unknown id": {"responses": [{**OK, "id": "7"}]},
    "an id that is no text": {"responses": [{**OK, "id": 1}]},
    "the same id twice": {"responses": [OK, OK]},
    "no status": {"responses": [{"id": "1"}]},
    "a status that is no number": {"responses": [{**OK, "status": "200"}]},
    "a boolean for a status": {"responses": [{**OK, "status": True}]},
    "a list": [],
}


@pytest.mark.parametrize("body", ODD_BATCHES.values(), ids=ODD_BATCHES.keys())
async def test_a_batch_of_another_shape_is_refused(body: object) -> None:
    with pytest.raises(UnexpectedAnswer):
        await read_two(FakeGraph({"POST /$batch": Reply(body=body)}))


async def test_a_batch_without_a_date_is_refused() -> None:
    with pytest.raises(UnexpectedAnswer):
        await read_two(FakeGraph({"POST /$batch": Reply(body={"responses": []}, headers={"Date": "today"})}))


@pytest.mark.parametrize("count", [0, 21])
async def test_a_batch_takes_one_to_twenty_requests(count: int) -> None:
    async with connected(FakeGraph({})) as client:
        calls = {str(number): client.calls.organization() for number in range(count)}
        with pytest.raises(ValueError, match=f"batch of {count}"):
            await send_batch(client, calls)


@pytest.mark.parametrize(
    ("reply", "raised"),
    [
        (error(429, "TooManyRequests"), Throttled),
        (error(403, "Authorization_RequestDenied"), Forbidden),
        (error(503, "x"), Unavailable),
        (error(400, "BadRequest"), UnexpectedAnswer),
    ],
)
async def test_a_batch_that_fails_as_a_whole_raises_what_it_means(reply: Reply, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        await read_two(FakeGraph({"POST /$batch": reply}))


async def test_pages_are_followed_to_the_end_with_the_same_headers() -> None:
    first = Reply(body={"value": [1], "@odata.nextLink": f"{BASE}/users/b/appRoleAssignments?$skiptoken=2"})
    empty = Reply(body={"value": [], "@odata.nextLink": f"{BASE}/users/b/appRoleAssignments?$skiptoken=3"})
    graph = FakeGraph({"GET /users/b/appRoleAssignments": [first, empty, Reply(body={"value": [2]})]})

    async with connected(graph) as client:
        reading = await read_batches(client, {"b": client.calls.assignments_of("b")}, Control())

    assert reading.answers["b"].body == {"value": [1, 2]}
    assert [item.url for item in graph.items] == [
        f"/users/b/appRoleAssignments?${rest}" for rest in ("top=999", "skiptoken=2", "skiptoken=3")
    ]
    assert all(item.headers == {"ConsistencyLevel": "eventual"} for item in graph.items)


async def test_a_page_that_fails_makes_the_whole_collection_fail() -> None:
    first = Reply(body={"value": [1], "@odata.nextLink": f"{BASE}/users/b/appRoleAssignments?$skiptoken=2"})
    graph = FakeGraph({"GET /users/b/appRoleAssignments": [first, error(500, "x")]})

    async with connected(graph) as client:
        reading = await read_batches(client, {"b": client.calls.assignments_of("b")}, Control())

    assert reading.answers["b"].status == 500


@pytest.mark.parametrize("link", ["https://evil.example/v1.0/x", f"{BASE}/users/b/appRoleAssignments?$skiptoken=2"])
async def test_a_collection_that_leads_elsewhere_or_never_ends_is_refused(link: str) -> None:
    graph = FakeGraph({"GET /users/b/appRoleAssignments": Reply(body={"value": [], "@odata.nextLink": link})})

    async with connected(graph) as client:
        with pytest.raises(UnexpectedAnswer):
            await read_batches(client, {"b": client.calls.assignments_of("b")}, Control())


async def test_many_reads_go_twenty_at_a_time_with_the_control_in_each() -> None:
    users = {f"GET /users/{number}": Reply(body={"id": str(number)}) for number in range(40)}
    graph = FakeGraph({**users, "GET /organization": Reply(body={})})

    async with connected(graph) as client:
        control = Control(calls={"control": client.calls.organization()})
        calls = {str(number): client.calls.user(str(number), ["id"]) for number in range(40)}
        reading = await read_batches(client, calls, control)

    assert [len(sent.body["requests"]) for sent in graph.requests] == [20, 20, 3]
    assert len(reading.answers) == 40
    assert len(reading.controls) == 3


async def test_the_latest_date_of_several_batches_counts() -> None:
    def whole(key: str, second: int) -> Reply:
        date = {"Date": f"Thu, 01 Jan 2026 00:00:{second:02} GMT"}
        return Reply(body={"responses": [{**OK, "id": str(number)} for number in key.split()]}, headers=date)

    ids = " ".join(str(number) for number in range(20))
    graph = FakeGraph({"POST /$batch": [whole(ids, 9), whole("20", 3)]})

    async with connected(graph) as client:
        calls = {str(number): client.calls.organization() for number in range(21)}
        reading = await read_batches(client, calls, Control())

    assert reading.date == datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC)


async def test_a_batch_of_which_every_item_is_throttled_is_throttled_for_the_longest() -> None:
    graph = FakeGraph(
        {
            "GET /users/a": error(429, "TooManyRequests", Retry_After="4"),
            "GET /users/b": error(429, "TooManyRequests", Retry_After="40"),
        }
    )

    async with connected(graph) as client:
        with pytest.raises(Throttled) as raised:
            await read_batches(client, {key: client.calls.user(key, ["id"]) for key in "ab"}, Control())

    assert raised.value.retry_after == timedelta(seconds=40)


async def test_one_throttled_item_does_not_spoil_the_others() -> None:
    graph = FakeGraph({"GET /users/a": error(429, "TooManyRequests"), "GET /users/b": Reply(body={"id": "b"})})

    async with connected(graph) as client:
        reading = await read_batches(client, {key: client.calls.user(key, ["id"]) for key in "ab"}, Control())

    assert {key: answer.status for key, answer in reading.answers.items()} == {"a": 429, "b": 200}


async def test_one_item_without_permission_is_forbidden_for_all() -> None:
    graph = FakeGraph({"GET /users/a": error(403, "Authorization_RequestDenied"), "GET /users/b": Reply(body={})})

    async with connected(graph) as client:
        with pytest.raises(Forbidden):
            await read_batches(client, {key: client.calls.user(key, ["id"]) for key in "ab"}, Control())
