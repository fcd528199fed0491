"""What if an invited object cannot be read for a long time? Not read is not gone: it stays ours."""

import json
from datetime import timedelta

import httpx

from shared.provisioning.link import LinkOrigin
from tests.engine.hazards import Calm
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import id_of, mail_of, person, small_world


class Illegible(Calm):
    """While it is on, each read of one user in a batch is throttled, but for those of the source."""

    def __init__(self) -> None:
        self.on = True

    def transport(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return _IllegibleTransport(transport, self)


class _IllegibleTransport(httpx.AsyncBaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, state: Illegible) -> None:
        self._transport = transport
        self._state = state

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        if not self._state.on or not request.url.path.endswith("/$batch"):
            return answer
        asked = {item["id"] for item in json.loads(request.content)["requests"] if _reads_target_user(item)}
        responses = json.loads(await answer.aread())["responses"]
        told = [_throttled(each["id"]) if each["id"] in asked else each for each in responses]
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        return httpx.Response(answer.status_code, json={"responses": told}, headers=headers)


def _reads_target_user(item: dict[str, str]) -> bool:
    return item["method"] == "GET" and item["url"].startswith("/users/") and id_of("ada") not in item["url"]


def _throttled(key: str) -> dict[str, object]:
    error = {"error": {"code": "TooManyRequests", "message": "Wait."}}
    return {"id": key, "status": 429, "headers": {"Retry-After": "5"}, "body": error}


async def test_an_invited_object_that_cannot_be_read_for_an_hour_is_still_our_creation() -> None:
    illegible = Illegible()
    local = LocalEngine(small_world([person("ada")]), surroundings=illegible)
    await local.start()
    await local.run_for(timedelta(minutes=25))

    illegible.on = False
    await local.run_for(timedelta(hours=2))

    local.assert_agreement()
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert link.origin is LinkOrigin.CREATED
    assert local.users()[mail_of("ada")]["userType"] == "Member"
