"""Does a hosted app live as it would on the platform?"""

import base64
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.azurite import Azurite
from tests.sandbox.host.hosting import Hosting

EVERY_ENGINE_MINUTE = "0 * * * * *"


@pytest_asyncio.fixture
async def hosting(azurite: Azurite) -> AsyncIterator[Hosting]:
    async with Hosting(azurite) as running:
        yield running


async def test_a_timer_starts_a_chain_of_queues(azurite: Azurite) -> None:
    async with Hosting(azurite, schedule=EVERY_ENGINE_MINUTE) as hosting:
        text = await hosting.receive("done")

    count, function, tick = text.split(":", 2)
    assert (count, function) == ("1", "forward")
    assert json.loads(tick) == {"pastDue": False, "status": ["Last", "LastUpdated", "Next"]}


async def test_a_timer_that_was_missed_fires_past_due_when_the_host_starts_again(azurite: Azurite) -> None:
    async with Hosting(azurite, schedule="0 0 * * * *") as hosting:
        await hosting.kill()
        await hosting.start("--time-origin", "0", scale=2.0)  # decades later
        text = await hosting.receive("done")

    assert json.loads(text.split(":", 2)[2])["pastDue"] is True


async def test_a_host_without_timers_leaves_them_to_another(azurite: Azurite) -> None:
    async with Hosting(azurite, schedule="0 0 * * * *") as hosting:
        await hosting.kill()
        await hosting.start("--no-timers", "--time-origin", "0", scale=2.0)  # decades later
        await hosting.put("second", "{not base64}")
        await hosting.take("second-poison")

        assert await hosting.peek("done") is None


async def test_what_fails_is_tried_again_and_then_goes_to_the_poison_queue(hosting: Hosting) -> None:
    await hosting.send("broken", "this")

    text = await hosting.receive("done")
    assert await hosting.stop() == 0

    errors = await hosting.errors()
    assert text == "poison:this"
    assert [errors.count(f"RuntimeError: attempt {attempt} at this") for attempt in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert await hosting.count("broken") == 0
    assert await hosting.peek("seen") is None


async def test_a_text_that_is_not_base64_goes_to_the_poison_queue_at_once(hosting: Hosting) -> None:
    await hosting.put("second", "{not base64}")

    content = await hosting.take("second-poison")

    assert content == "{not base64}"


async def test_many_messages_are_all_worked_on_once(hosting: Hosting) -> None:
    for number in range(40):
        await hosting.send("second", str(number))

    texts = [await hosting.receive("done") for _ in range(40)]

    assert sorted(texts) == sorted(f"1:{number}" for number in range(40))
    assert await hosting.count("second") == 0


async def test_sigterm_lets_a_running_invocation_end(hosting: Hosting) -> None:
    await hosting.send("slow", "0.5")
    await hosting.printed("slow begins")

    status = await hosting.stop()

    assert status == 0
    assert await hosting.receive("done") == "slow ended"
    assert await hosting.count("slow") == 0


async def test_what_a_killed_host_worked_on_is_done_by_the_next(hosting: Hosting) -> None:
    await hosting.stop()
    await hosting.start(scale=600.0)
    await hosting.send("slow", "0.2")
    await hosting.printed("slow begins")

    await hosting.kill()
    await hosting.start(scale=600.0)

    assert await hosting.receive("done") == "slow ended"


async def test_a_long_invocation_keeps_its_message(hosting: Hosting) -> None:
    await hosting.stop()
    await hosting.start(scale=600.0)  # the shortest lease: 6 seconds
    await hosting.send("slow", "7")

    text = await hosting.receive("done")
    await hosting.stop()

    assert text == "slow ended"
    assert await hosting.peek("done") is None
    assert await hosting.count("slow") == 0


async def test_a_function_receives_its_route_and_its_query(hosting: Hosting) -> None:
    response = await hosting.http.get("/api/items/J%C3%BCrgen%2FX?a=1&b=%26&a=2")

    document = response.json()
    assert response.headers["content-type"] == "application/json"
    assert document["parameters"] == {"name": "Jürgen/X"}
    assert document["query"] == {"a": "1,2", "b": "&"}
    assert document["url"] == f"{hosting.http.base_url}/api/items/J%C3%BCrgen%2FX?a=1&b=%26&a=2"


async def test_an_http_function_sends_what_it_set(hosting: Hosting) -> None:
    response = await hosting.http.post("/api/items/one", content=b"body")

    assert (response.status_code, response.headers["location"]) == (202, "/here")
    assert sorted([await hosting.receive("done"), await hosting.receive("done")]) == ["and another", "one:body"]


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/api/files/a/b%20c", 200, "a/b c"),
        ("GET", "/api/broken", 500, ""),
        ("GET", "/api/nothing", 404, ""),
        ("GET", "/items/one", 404, ""),
        ("DELETE", "/api/items/one", 405, ""),
    ],
)
async def test_paths_reach_functions_or_nothing(
    hosting: Hosting, method: str, path: str, status: int, body: str
) -> None:
    response = await hosting.http.request(method, path)

    assert (response.status_code, response.text) == (status, body)


async def test_a_forged_principal_does_not_reach_the_app(hosting: Hosting) -> None:
    forged = {"X-MS-CLIENT-PRINCIPAL": "forged", "X-MS-CLIENT-PRINCIPAL-NAME": "forged", "X-Sandbox-Role": "none"}

    response = await hosting.http.get("/api/items/one", headers=forged)

    assert response.json()["principal"] == {}
    assert "x-sandbox-role" not in response.json()["headers"]


async def test_the_role_of_the_host_is_signed_in_unless_a_request_names_another(hosting: Hosting) -> None:
    default = await hosting.http.get("/api/items/one")
    reader = await hosting.http.get("/api/items/one", headers={"X-Sandbox-Role": "Reader"})
    unknown = await hosting.http.get("/api/items/one", headers={"X-Sandbox-Role": "Emperor"})

    roles = [_roles(response.json()["principal"]["x-ms-client-principal"]) for response in (default, reader)]
    assert roles == [["Tenantsync.Administrator"], ["Tenantsync.Reader"]]
    assert unknown.status_code == 400


def _roles(header: str) -> list[str]:
    claims = json.loads(base64.b64decode(header))["claims"]
    return [claim["val"] for claim in claims if claim["typ"] == "roles"]
