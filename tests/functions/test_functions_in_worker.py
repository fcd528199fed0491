"""Does Microsoft's worker find every function of the app, and does each do its work by its own trigger?"""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from azure.storage.queue.aio import QueueClient

from sandbox.azurite import Azurite
from shared.configuration.configuration import Configuration, SourceTenant, TargetTenant
from shared.configuration.document import serialize
from shared.cycles.cycle import CyclePhase, CycleState
from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.messages import ImportMessage, ProvisioningMessage, encode
from shared.orchestration.record_poison import UNREADABLE
from shared.wiring import open_engine
from tests.functions.worker_runtime import DEQUEUED_ONCE, ROOT, TIMER, Outcome, WorkerRuntime, http

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE, TARGET, PRINCIPAL, PERSON = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The worker with our app, and an engine of the test's own over the same storage."""

    worker: WorkerRuntime
    engine: Engine
    storage: str

    async def invoke_queue(self, function: str, text: str) -> Outcome:
        return await self.worker.invoke(function, message=("string", text), metadata=DEQUEUED_ONCE)


def settings(storage: Azurite) -> Mapping[str, str]:
    return {
        "AzureWebJobsStorage": storage.connection_string,
        "TENANTSYNC_CREDENTIAL": "sandbox",
        "TENANTSYNC_GRAPH_ENDPOINT": "http://127.0.0.1:9",  # nobody is there: Graph is unavailable
        "WEBSITE_AUTH_ENABLED": "true",
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Running]:
    async with (
        Azurite() as storage,
        WorkerRuntime(ROOT, settings(storage)) as worker,
        open_engine(settings(storage)) as engine,
    ):
        yield Running(worker=worker, engine=engine, storage=storage.connection_string)


async def configured(engine: Engine, configuration_id: str, *, next_due: datetime | None = None) -> ConfigurationState:
    configuration = Configuration(
        id=configuration_id,
        display_name=configuration_id,
        source=SourceTenant(tenant_id=SOURCE, service_principal_id=PRINCIPAL),
        target=TargetTenant(tenant_id=TARGET, invite_redirect_url="https://example.com"),
    )
    await engine.configurations.add_document(configuration_id, 1, serialize(configuration))
    state = ConfigurationState(
        configuration_id=configuration_id, version=1, active=True, ever_started=True, next_due=next_due
    )
    return await engine.configurations.create(state)


async def test_the_worker_finds_each_function_by_its_trigger(running: Running) -> None:
    triggers = {
        name: next(each for each in bindings if each["direction"] == "IN")
        for name, bindings in running.worker.functions.items()
    }

    assert {name: each["type"] for name, each in triggers.items()} == {
        "cycle_timer": "timerTrigger",
        "import_queue": "queueTrigger",
        "provisioning_queue": "queueTrigger",
        "import_poison": "queueTrigger",
        "provisioning_poison": "queueTrigger",
        "http": "httpTrigger",
    }
    queues = {each["queueName"] for each in triggers.values() if each["type"] == "queueTrigger"}
    assert queues == {"import", "provisioning", "import-poison", "provisioning-poison"}


async def test_the_timer_starts_a_cycle_that_is_due(running: Running) -> None:
    engine = running.engine
    await configured(engine, "timer", next_due=engine.clock.now())

    outcome = await running.worker.invoke("cycle_timer", timer=TIMER)

    assert outcome.error is None
    cycle = await engine.cycles.get("timer", 1)
    assert cycle is not None
    assert cycle.state is CycleState.RUNNING


async def test_an_import_message_moves_its_cycle_on(running: Running) -> None:
    engine = running.engine
    await configured(engine, "import", next_due=engine.clock.now())
    await running.worker.invoke("cycle_timer", timer=TIMER)

    message = encode(ImportMessage(configuration_id="import", cycle=1, sequence=0))
    outcome = await running.invoke_queue("import_queue", message)

    assert outcome.error is None
    cycle = await engine.cycles.get("import", 1)
    assert cycle is not None
    assert cycle.phase is CyclePhase.USERS  # so far it needs storage only


async def test_a_provisioning_message_puts_its_entries_back_while_graph_is_away(running: Running) -> None:
    engine = running.engine
    state = await configured(engine, "provisioning")
    row = Pending(
        source_id=PERSON,
        kind=WorkKind.CREATE,
        state=PendingState.WAITING,
        due=engine.clock.now() - timedelta(minutes=1),  # the worker's clock is another one
        cycle=1,
        configuration_version=1,
        source={"displayName": "Zofia"},
    )
    await engine.entries.stage(state, [row])

    shard = engine.entries.shard(PERSON, state.shards)
    message = ProvisioningMessage(configuration_id="provisioning", shard=shard, source_ids=(PERSON,))
    outcome = await running.invoke_queue("provisioning_queue", encode(message))

    assert outcome.error is None
    left = (await engine.entries.read(state, [PERSON]))[PERSON]
    assert left.pending is not None
    assert (left.pending.attempts, left.pending.reason, left.work) == (1, "Timeout", None)


@pytest.mark.parametrize("queue", ["import", "provisioning"])
async def test_a_message_of_a_newer_version_is_put_back_with_a_delay(running: Running, queue: str) -> None:
    text = '{"version": 2, "somethingNew": true}'
    waiting = running.engine.import_queue if queue == "import" else running.engine.provisioning_queue
    before = await waiting.length()

    outcome = await running.invoke_queue(f"{queue}_queue", text)

    assert outcome.error is None
    assert await waiting.length() == before + 1
    async with QueueClient.from_connection_string(running.storage, queue) as client:
        shown = await client.peek_messages(max_messages=32)
    assert text not in {base64.b64decode(message.content).decode() for message in shown}, "it is hidden for a while"


@pytest.mark.parametrize("function", ["provisioning_poison", "import_poison"])
async def test_a_poison_message_that_nobody_can_read_leaves_a_record(running: Running, function: str) -> None:
    before = await running.engine.log_index.page([UNREADABLE], 100, "")

    outcome = await running.invoke_queue(function, "not ours")

    assert outcome.error is None
    after = await running.engine.log_index.page([UNREADABLE], 100, "")
    assert len(after.records) > len(before.records) or after.records[0].error is not None


async def test_the_http_function_answers_through_the_application(running: Running) -> None:
    healthy = await running.worker.invoke("http", req=http("GET", "/healthz"))
    refused = await running.worker.invoke("http", req=http("GET", "/v1.0/auditLogs/provisioning"))

    assert (healthy.returned["status"], refused.returned["status"]) == (200, 401)


async def test_a_message_that_is_not_ours_fails_so_that_it_becomes_poison(running: Running) -> None:
    outcome = await running.invoke_queue("import_queue", "{}")

    assert outcome.error is not None
    assert "UnreadableMessage" in outcome.error
