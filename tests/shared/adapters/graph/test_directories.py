"""Are connections made once for each tenant, late, and closed?"""

import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from random import Random

import pytest

from shared.adapters.graph import GraphDirectories
from shared.adapters.memory.clock import ManualClock
from shared.configuration.configuration import Configuration, SourceTenant, TargetTenant
from shared.orchestration.ports import TargetQuery, Write, WriteKind, WriteStatus
from tests.shared.adapters.graph.fake_graph import (
    APPLICATION,
    LATE,
    OPTIONS,
    SOURCE,
    TARGET,
    FakeBudgets,
    FakeGraph,
    Reply,
    error,
    organization,
)
from tests.shared.adapters.graph.test_target_directory import HEALTHY

CONFIGURATION = Configuration(
    id="c",
    display_name="C",
    source=SourceTenant(tenant_id=SOURCE, service_principal_id=APPLICATION),
    target=TargetTenant(tenant_id=TARGET, invite_redirect_url="https://myapps.microsoft.com"),
)


def directories(
    replies: Mapping[str, Reply | list[Reply]], clock: ManualClock | None = None
) -> tuple[GraphDirectories, FakeGraph]:
    graph = FakeGraph(replies)
    return GraphDirectories(OPTIONS, FakeBudgets(), clock or ManualClock(), Random(1), graph), graph


def test_importing_the_adapter_loads_neither_the_sdk_nor_a_credential() -> None:
    code = (
        "import sys, shared.adapters.graph; "
        "print([name for name in ('msgraph', 'kiota_http', 'azure', 'httpx') if name in sys.modules])"
    )

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "[]"


async def test_no_typed_model_of_the_sdk_is_loaded_by_reading_and_writing() -> None:
    before = set(sys.modules)
    both, _ = directories({**HEALTHY, "PATCH /users/t": Reply(status=204)})

    await both.target(CONFIGURATION).look_up([TargetQuery(source_id="s", target_id="t", mail="a@contoso.com")])
    await both.target(CONFIGURATION).write([Write(source_id="s", kind=WriteKind.UPDATE, target_id="t")], LATE)
    await both.aclose()

    assert not [name for name in set(sys.modules) - before if name.startswith("msgraph.generated.models")]


async def test_each_tenant_gets_its_own_token() -> None:
    both, graph = directories({**HEALTHY, "GET /organization": [organization(SOURCE), organization(TARGET)]})

    await both.source(CONFIGURATION).verified_domains()
    await both.target(CONFIGURATION).look_up([TargetQuery(source_id="s", mail="a@contoso.com")])
    await both.aclose()

    tokens = [sent.headers["authorization"] for sent in graph.requests]
    assert tokens == [f"Bearer sandbox.{tenant}" for tenant in (SOURCE, TARGET, TARGET)]


async def test_what_a_tenant_says_of_itself_is_asked_once_for_all_configurations() -> None:
    both, graph = directories({"GET /organization": organization(SOURCE)})

    await both.source(CONFIGURATION).verified_domains()
    await both.source(CONFIGURATION).verified_domains()
    await both.aclose()

    assert len(graph.requests) == 1


async def test_a_429_to_one_configuration_holds_every_other_of_that_target() -> None:
    clock = ManualClock()
    both, graph = directories({"PATCH /users/t": error(429, "TooManyRequests", Retry_After="9")}, clock)
    write = Write(source_id="s", kind=WriteKind.UPDATE, target_id="t")

    first = await both.target(CONFIGURATION).write([write], LATE)
    second = await both.target(CONFIGURATION).write([write], LATE)
    await both.aclose()

    assert [first["s"].status, second["s"].status] == [WriteStatus.THROTTLED, WriteStatus.NOT_SENT]
    assert len(graph.requests) == 1


async def test_closing_closes_and_the_next_use_connects_anew() -> None:
    class Counting(FakeGraph):
        closed = 0

        async def aclose(self) -> None:
            self.closed += 1

    graph = Counting({"GET /organization": organization(SOURCE)})
    both = GraphDirectories(OPTIONS, FakeBudgets(), ManualClock(), Random(1), graph)

    await both.source(CONFIGURATION).verified_domains()
    await both.aclose()
    await both.aclose()
    await both.source(CONFIGURATION).verified_domains()
    await both.aclose()

    assert graph.closed == 2
    assert len(graph.requests) == 2


async def test_no_url_and_no_token_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    both, _ = directories({**HEALTHY, "GET /organization": organization(SOURCE)})

    with caplog.at_level("DEBUG"):
        await both.source(CONFIGURATION).verified_domains()
    await both.aclose()

    assert not [text for text in caplog.messages if "sandbox." in text or "http" in text.lower()]


async def test_a_real_connection_is_opened_and_closed_without_a_trace(unused_port: int) -> None:
    options = type(OPTIONS)(
        endpoint=f"http://127.0.0.1:{unused_port}",
        credential_kind=OPTIONS.credential_kind,
        request_timeout=timedelta(seconds=1),
    )
    both = GraphDirectories(options, FakeBudgets(), ManualClock(), Random(1))

    results = await both.target(CONFIGURATION).write([Write(source_id="s", kind=WriteKind.DELETE, target_id="t")], LATE)
    await both.aclose()

    assert results["s"].status is WriteStatus.AMBIGUOUS


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
