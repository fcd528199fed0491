"""What happens to every request, whatever it asks for?"""

import logging
from datetime import timedelta

import httpx
import pytest

from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.control_job import NotConfigured
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Conflict, Forbidden, NewerRow, StorageUnavailable, Throttled, Unavailable
from shared.web.application import AccessSettings, create_app
from tests.shared.fakes import configuration, memory_engine
from tests.shared.web.calling import JOB, JOBS, administrating, calling, error_of, signed_in

PRINCIPAL = signed_in("Tenantsync.Administrator")


def failing(error: Exception) -> httpx.AsyncClient:
    async def provide() -> Engine:
        raise error

    app = create_app(provide, AccessSettings(platform_authentication=True))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://sync.example", headers=PRINCIPAL)


@pytest.mark.parametrize("platform", [True, False])
async def test_health_is_told_to_anybody_and_nothing_else(platform: bool) -> None:
    async with calling(memory_engine(), platform=platform) as client:
        del client.headers["X-MS-CLIENT-PRINCIPAL"]
        answer = await client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", [JOBS, JOB, "/", "/unknown", "/healthz/", "/docs", "/openapi.json"])
async def test_anonymous_callers_learn_nothing_about_paths(path: str) -> None:
    async with administrating(memory_engine()) as client:
        del client.headers["X-MS-CLIENT-PRINCIPAL"]
        answer = await client.get(path)

    assert (answer.status_code, error_of(answer)["code"]) == (401, "InvalidAuthenticationToken")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/unknown", 404, "ResourceNotFound"),
        ("GET", f"{JOBS}/", 404, "ResourceNotFound"),
        ("GET", "/docs", 404, "ResourceNotFound"),
        ("GET", "/openapi.json", 404, "ResourceNotFound"),
        ("PATCH", JOB, 405, "MethodNotAllowed"),
        ("GET", f"{JOB}/start", 405, "MethodNotAllowed"),
        ("PATCH", f"{JOB}/configuration", 405, "MethodNotAllowed"),
        ("GET", f"{JOBS}/unknown", 404, "ResourceNotFound"),
        ("GET", f"{JOBS}/{'x' * 3000}", 404, "ResourceNotFound"),
        ("GET", f"{JOBS}/%00%0a", 404, "ResourceNotFound"),
        ("GET", f"{JOBS}?$filter=x", 400, "BadRequest"),
        ("GET", f"{JOB}/cycles?$top=0", 400, "BadRequest"),
        ("GET", f"{JOB}/cycles?$top=101", 400, "BadRequest"),
        ("GET", f"{JOB}/cycles?$top=1&$top=2", 400, "BadRequest"),
        ("GET", f"{JOB}/cycles?$top=-1", 400, "BadRequest"),
        ("GET", f"{JOB}/cycles?$top=٣", 400, "BadRequest"),
        ("POST", f"{JOB}/start?force=true", 400, "BadRequest"),
    ],
)
async def test_refusals_have_the_error_body_of_graph(method: str, path: str, status: int, code: str) -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())

    async with administrating(engine) as client:
        answer = await client.request(method, path)

    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


async def test_a_wrong_method_is_told_the_right_one() -> None:
    async with administrating(memory_engine()) as client:
        answer = await client.put(f"{JOB}/start")

    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("e70c5c1b-8b47-68c0-3171-3d22f5e0bd54", True), ("a b", False), ("x" * 200, False), ("<script>", False)],
)
async def test_the_callers_name_of_a_request_comes_back_if_it_is_one(given: str, kept: bool) -> None:
    async with administrating(memory_engine()) as client:
        answer = await client.get("/unknown", headers={"client-request-id": given})

    expected = given if kept else answer.headers["request-id"]
    assert answer.headers["client-request-id"] == expected
    assert error_of(answer)["innerError"]["client-request-id"] == expected


async def test_no_cache_keeps_an_answer() -> None:
    async with administrating(memory_engine()) as client:
        answer = await client.get(JOBS)

    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StorageUnavailable("table 7"), 503, "ServiceUnavailable"),
        (Unavailable("graph"), 503, "ServiceUnavailable"),
        (NewerRow("row 7"), 503, "ServiceUnavailable"),
        (Conflict("row 7"), 409, "Conflict"),
        (Forbidden("Authorization_RequestDenied", "consent of tenant 7"), 502, "InsufficientRights"),
        (RuntimeError("secret of ada@example.org"), 500, "InternalServerError"),
    ],
)
async def test_a_failure_tells_nothing_from_inside(error: Exception, status: int, code: str) -> None:
    async with failing(error) as client:
        answer = await client.get(JOBS)

    assert (answer.status_code, error_of(answer)["code"]) == (status, code)
    assert str(error) not in answer.text


async def test_what_is_not_configured_says_what_to_do() -> None:
    async with failing(NotConfigured()) as client:
        answer = await client.get(JOBS)

    assert (answer.status_code, error_of(answer)["code"]) == (409, "NotConfigured")
    assert "apply one" in error_of(answer)["message"]


async def test_throttling_says_how_long() -> None:
    async with failing(Throttled(timedelta(seconds=7.2))) as client:
        answer = await client.get(JOBS)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "8")


async def test_only_what_nobody_expects_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="shared.web.gateway"):
        async with failing(StorageUnavailable()) as client:
            await client.get(JOBS)
        async with failing(RuntimeError("bug")) as client:
            answer = await client.get(JOBS)

    assert [record.message for record in caplog.records] == ["request failed"]
    assert caplog.records[0].__dict__["request_id"] == answer.headers["request-id"]


SAME = "https://sync.example"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": SAME}, True),
        ({"Origin": f"{SAME}:443"}, True),
        ({"Origin": SAME, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": SAME, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://sync.example.evil.example"}, False),
        ({"Origin": f"{SAME}:8443"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://[broken"}, False),
        ({"Origin": "null", "Host": ""}, False),
    ],
)
async def test_pages_of_other_sites_change_nothing(headers: dict[str, str], allowed: bool) -> None:
    engine = memory_engine()
    await apply_configuration(engine, configuration())

    async with administrating(engine) as client:
        answer = await client.post(f"{JOB}/start", headers=headers)

    state = await engine.configurations.state("contoso-fabrikam")
    assert answer.status_code == (204 if allowed else 403)
    assert state is not None
    assert state.active is allowed


async def test_pages_of_other_sites_may_be_refused_only_what_changes_something() -> None:
    async with administrating(memory_engine()) as client:
        answer = await client.get(JOBS, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
