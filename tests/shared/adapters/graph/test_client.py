"""Is one request sent once, to one host, and every failure an error of the port?"""

import asyncio
import base64
from datetime import timedelta
from random import Random

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.identity import CredentialUnavailableError

from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.credentials import RenewableCredential, SandboxCredential, tenant_credential
from shared.adapters.memory.clock import ManualClock
from shared.orchestration.ports import Forbidden, Throttled, Unavailable, UnexpectedAnswer
from tests.shared.adapters.graph.fake_graph import BASE, OPTIONS, SOURCE, FakeGraph, Reply, connected, error

PATH = "/organization"
KEY = f"GET {PATH}"
CLAIMS = base64.b64encode(b'{"access_token":{"nbf":{"value":"1"}}}').decode()
CHALLENGE = Reply(status=401, headers={"WWW-Authenticate": f'Bearer realm="", claims="{CLAIMS}"'})


class CountedCredential(SandboxCredential):
    """Gives numbered tokens, or fails."""

    opened = 0

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__(SOURCE)
        type(self).opened += 1
        self.number = type(self).opened
        self.failure = failure
        self.claims: list[object] = []

    async def get_token(self, *_scopes: str, **arguments: object) -> AccessToken:
        if self.failure is not None:
            raise self.failure
        self.claims.append(arguments.get("claims"))
        return AccessToken(f"token-{self.number}", 4_102_444_800)


@pytest.fixture(autouse=True)
def start_counting() -> None:
    CountedCredential.opened = 0


async def test_a_request_carries_the_token_and_an_id_of_its_own() -> None:
    graph = FakeGraph({KEY: Reply(body={})})

    async with connected(graph) as client:
        await client.read(client.calls.organization())
        await client.read(client.calls.organization())

    assert [sent.headers["authorization"] for sent in graph.requests] == [f"Bearer sandbox.{SOURCE}"] * 2
    assert len({sent.headers["client-request-id"] for sent in graph.requests}) == 2
    assert graph.requests[0].url == f"{BASE}/organization?$select=id,verifiedDomains"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_nothing_is_sent_twice_by_itself(status: int) -> None:
    graph = FakeGraph({KEY: error(status, "x", Retry_After="1")})

    async with connected(graph) as client:
        answer = await client.send(client.calls.organization())

    assert answer.status == status
    assert len(graph.requests) == 1
    assert "retry-attempt" not in graph.requests[0].headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_takes_no_token_elsewhere(status: int) -> None:
    graph = FakeGraph({KEY: Reply(status=status, headers={"Location": "https://evil.example/v1.0/organization"})})

    async with connected(graph) as client:
        with pytest.raises(UnexpectedAnswer):
            await client.read(client.calls.organization())

    assert [httpx.URL(sent.url).host for sent in graph.requests] == ["127.0.0.1"]


async def test_a_link_to_another_host_is_refused_before_anything_is_sent() -> None:
    graph = FakeGraph({})

    async with connected(graph) as client:
        with pytest.raises(UnexpectedAnswer):
            client.follow(client.calls.organization(), "http://127.0.0.2:7090/v1.0/organization")

    assert graph.requests == []


async def test_even_a_request_that_goes_to_another_host_carries_no_token() -> None:
    graph = FakeGraph({KEY: Reply(body={})})

    async with connected(graph) as client:
        client._base_url = "https://evil.example/v1.0"
        await client.send(client.calls.organization())

    assert graph.requests[0].url.startswith("https://evil.example/")
    assert "authorization" not in graph.requests[0].headers


async def test_a_refused_token_is_asked_for_anew_once() -> None:
    graph = FakeGraph({KEY: [error(401, "InvalidAuthenticationToken"), Reply(body={})]})
    credential = RenewableCredential(CountedCredential)

    async with connected(graph, credential=credential) as client:
        answer = await client.send(client.calls.organization())

    assert answer.status == 200
    assert [sent.headers["authorization"] for sent in graph.requests] == ["Bearer token-1", "Bearer token-2"]


async def test_a_second_refusal_is_forbidden() -> None:
    graph = FakeGraph({KEY: error(401, "InvalidAuthenticationToken")})

    async with connected(graph) as client:
        with pytest.raises(Forbidden) as raised:
            await client.read(client.calls.organization())

    assert raised.value.code == "InvalidAuthenticationToken"
    assert len(graph.requests) == 2


async def test_a_claims_challenge_is_met_once() -> None:
    graph = FakeGraph({KEY: CHALLENGE})
    opened: list[CountedCredential] = []

    def open_credential() -> CountedCredential:
        opened.append(CountedCredential())
        return opened[-1]

    async with connected(graph, credential=RenewableCredential(open_credential)) as client:
        with pytest.raises(Forbidden):
            await client.read(client.calls.organization())

    assert [credential.claims for credential in opened] == [[None, base64.b64decode(CLAIMS).decode()]]


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (ClientAuthenticationError("AADSTS700016: secret"), Forbidden),
        (CredentialUnavailableError("no managed identity"), Unavailable),
        (ServiceRequestError("no network"), Unavailable),
    ],
)
async def test_a_token_that_cannot_be_had_is_an_error_of_the_port(failure: Exception, raised: type[Exception]) -> None:
    graph = FakeGraph({KEY: Reply(body={})})

    async with connected(graph, credential=RenewableCredential(lambda: CountedCredential(failure))) as client:
        with pytest.raises(raised) as caught:
            await client.read(client.calls.organization())

    assert "secret" not in str(caught.value)
    assert graph.requests == []


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("cut"),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("half"),
        httpx.DecodingError("gzip"),
        OSError("broken"),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_a_broken_connection_is_unavailable(failure: Exception) -> None:
    graph = FakeGraph({KEY: Reply(fails=failure)})

    async with connected(graph) as client:
        with pytest.raises(Unavailable):
            await client.read(client.calls.organization())


async def test_a_claims_challenge_that_is_not_base64_is_unavailable() -> None:
    graph = FakeGraph({KEY: Reply(status=401, headers={"WWW-Authenticate": 'Bearer claims="a"'})})

    async with connected(graph) as client:
        with pytest.raises(Unavailable):
            await client.read(client.calls.organization())


async def test_an_answer_that_never_comes_is_given_up() -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

    class Hasty(ManualClock):
        def real(self, duration: timedelta) -> timedelta:
            return duration / 1000

    client = GraphClient(OPTIONS, tenant_credential(SOURCE, OPTIONS), Hasty(), Random(1), Silent())
    client._timeout = 0.01

    with pytest.raises(Unavailable):
        await client.send(client.calls.organization())


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000], ids=["nothing", "page", "bytes", "deep"])
async def test_a_body_that_is_not_json_is_no_body(body: bytes) -> None:
    graph = FakeGraph({KEY: Reply(body=body)})

    async with connected(graph) as client:
        answer = await client.read(client.calls.organization())

    assert answer.body is None


async def test_a_throttled_read_says_for_how_long() -> None:
    graph = FakeGraph({KEY: error(429, "TooManyRequests", Retry_After="17")})

    async with connected(graph) as client:
        with pytest.raises(Throttled) as raised:
            await client.read(client.calls.organization())

    assert raised.value.retry_after == timedelta(seconds=17)
