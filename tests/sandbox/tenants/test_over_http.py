"""What travels around an answer: headers, links, bodies that are no JSON, and connections that break."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.tenants import FaultSwitches, Simulation
from sandbox.tenants.exchange import Request
from tests.sandbox.tenants.two_tenants import SOURCE, START, TARGET, Clock, user_id, world

TOKEN = {"Authorization": f"Bearer sandbox.{TARGET}"}


def client(**conditions: Any) -> httpx.AsyncClient:  # noqa: ANN401
    simulation = Simulation(world(), clock=Clock(), **conditions)
    transport = httpx.ASGITransport(app=simulation.application)
    return httpx.AsyncClient(transport=transport, base_url="http://graph.test", headers=TOKEN)


async def test_every_answer_carries_engine_time_and_request_ids() -> None:
    async with client() as http:
        good = await http.get("/v1.0/organization", headers={"client-request-id": "mine"})
        bad = await http.get("/v1.0/nothing", headers={"client-request-id": "mine"})

    for answer in (good, bad):
        assert answer.headers["Date"] == "Thu, 28 May 2026 20:26:40 GMT"
        assert answer.headers["client-request-id"] == "mine"
        assert answer.headers["request-id"]
    assert bad.json()["error"]["innerError"]["client-request-id"] == "mine"
    assert bad.json()["error"]["innerError"]["date"] == "2026-05-28T20:26:40"


async def test_links_lead_back_to_the_host_that_was_asked() -> None:
    async with client() as http:
        answer = await http.get("/v1.0/users/delta()?$select=displayName")
        link = answer.json()["@odata.deltaLink"]
        followed = await http.get(link)

    assert link.startswith("http://graph.test/v1.0/users/delta?$deltatoken=")
    assert followed.status_code == 200


async def test_escaped_urls_are_read_as_they_were_meant() -> None:
    async with client() as http:
        params = {"$filter": "userPrincipalName eq 'a+b#EXT#@x.example' or mail eq 'shared@elsewhere.example'"}
        answer = await http.get("/v1.0/users", params=params)

    assert [row["id"] for row in answer.json()["value"]] == [user_id(902)]


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("/v1.0/invitations", b"{", "Unable to read JSON"),
        ("/beta/invitations", b"", "Invalid version"),
        ("/v1.0/users?$top=1&$top=2", b"", "more than once"),
    ],
)
async def test_what_cannot_be_read_is_a_bad_request(path: str, content: bytes, words: str) -> None:
    async with client() as http:
        answer = await http.post(path, content=content)

    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


async def test_a_cut_connection_is_an_error_of_the_protocol() -> None:
    async with client(faults=FaultSwitches(cut_after=1.0)) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get("/v1.0/organization")


async def test_the_record_has_each_request_and_each_item_and_no_credentials(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    item = {
        "id": "1",
        "method": "PATCH",
        "url": f"/users/{user_id(901)}",
        "headers": {"Content-Type": "application/json"},
        "body": {"city": "Ulm"},
    }
    simulation = Simulation(world(), clock=Clock(), record=path, faults=FaultSwitches(throttle_writes=1.0))
    transport = httpx.ASGITransport(app=simulation.application)
    async with httpx.AsyncClient(transport=transport, base_url="http://graph.test", headers=TOKEN) as http:
        await http.post("/v1.0/$batch", json={"requests": [item]})
        await http.get("/v1.0/organization?$select=id")
    simulation.close()

    lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert [(line["method"], line["url"], line["status"], line.get("batch")) for line in lines] == [
        ("PATCH", f"/v1.0/users/{user_id(901)}", 429, True),
        ("POST", "/v1.0/$batch", 200, None),
        ("GET", "/v1.0/organization?$select=id", 200, None),
    ]
    assert {line["time"] for line in lines} == {"2026-05-28T20:26:40.000Z"}
    assert {line["tenant"] for line in lines} == {TARGET}
    assert lines[0]["body"] == {"city": "Ulm"}
    assert lines[0]["retryAfter"] >= 1
    assert "sandbox." not in path.read_text()


@pytest.mark.parametrize(
    ("extra", "seconds"),
    [({}, 0.005), ({"latency_ms": 100.0}, 0.015)],
)
def test_latency_is_engine_time_and_a_tenant_can_be_slower(extra: dict[str, float], seconds: float) -> None:
    simulation = Simulation(world(), clock=lambda: START, latency_ms=50.0, time_scale=10.0)
    simulation.set_faults(tenant_id=TARGET, switches=extra)
    request = _request(TARGET)

    delay = simulation.real_delay(request)

    assert delay == pytest.approx(seconds)
    assert simulation.real_delay(_request(SOURCE)) == pytest.approx(0.005)


def _request(tenant: str) -> Request:
    headers = {"authorization": f"Bearer sandbox.{tenant}"}
    return Request(method="GET", url="/", path=(), options={}, headers=headers)


async def test_several_prefer_headers_count_as_one() -> None:
    prefer = [("Prefer", "return=minimal"), ("Prefer", "odata.maxpagesize=1")]
    async with client() as http:
        answer = await http.get("/v1.0/users/delta?$select=id,displayName", headers=[*TOKEN.items(), *prefer])

    assert len(answer.json()["value"]) == 1
