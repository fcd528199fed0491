"""Can a write to Graph be followed back to the tick that caused it, and does telemetry tell of nobody's values?

The app's own functions work on the engine in memory; all that they tell goes to a receiver on loopback.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import azure.functions as func
import pytest
import pytest_asyncio
from azure.functions.decorators.function_app import FunctionBuilder

import tests.engine.local_engine as local_world
from functions.cycle_timer import cycle_timer
from functions.import_queue import import_queue
from functions.provisioning_queue import provisioning_queue
from shared import wiring
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Count, Gauge
from shared.telemetry import EngineTelemetry
from shared.telemetry.attributes import NAMES, PATH
from shared.telemetry.providers import providers
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import TARGET, id_of, person, small_world
from tests.shared.telemetry.receiver import Receiver, telling

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORK = ("POST /invitations", "PATCH /users/{id}", "DELETE /users/{id}")
CONFIGURATION = "lindenhof-to-marisol"
FUNCTIONS = {"import": import_queue, "provisioning": provisioning_queue}
TOWN = [
    person("ada", mobilePhone="+49 151 7700", streetAddress="Gerberstrasse 11", employeeId="E-4711"),
    person("béla", displayName="Béla Bartók", city="Nagyszentmiklós"),
    person("chloé", department="Färberei"),
    person("dora"),
]


def body_of(decorated: object) -> Callable[..., Coroutine[Any, Any, None]]:
    assert isinstance(decorated, FunctionBuilder)
    body: Callable[..., Coroutine[Any, Any, None]] = decorated.build().get_user_function()
    return body


def handled(_: Engine, queue: str, text: str) -> Coroutine[Any, Any, None]:
    return body_of(FUNCTIONS[queue])(func.QueueMessage(body=text.encode()))


async def tick(_: Engine) -> None:
    await body_of(cycle_timer)(None)


class ToldEngine(LocalEngine):
    """Tells of its work as the app does in Azure."""

    telemetry = EngineTelemetry()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told() -> AsyncIterator[Receiver]:
    """What was told of a life of three cycles: people join, one changes, one leaves."""
    with telling() as receiver, pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_world, "handled", handled)
        patch.setattr(local_world, "tick", tick)
        local = ToldEngine(small_world(TOWN))
        patch.setitem(wiring._engines, asyncio.get_running_loop(), local.worker)
        await local.begin()
        local.change(
            {"op": "updateUser", "id": id_of("ada"), "set": {"jobTitle": "Dyer of Wool"}},
            {"op": "deleteUser", "id": id_of("dora")},
        )
        await local.run_cycle()
        await local.run_cycle()
        local.assert_agreement()
        providers().flush()
        yield receiver


async def test_every_write_leads_back_through_its_message_to_the_tick(told: Receiver) -> None:
    writes = [span for span in told.spans if span.name in WORK]

    assert {span.name for span in writes} == set(WORK)
    for write in writes:
        way = [span.name for span in told.ancestors(write)]
        assert way[:2] == ["write", "provisioning_queue"]
        assert way[-3:] == ["import_queue", "cycle", "cycle_timer"]


async def test_each_trace_begins_with_a_tick_and_no_span_is_lost(told: Receiver) -> None:
    roots = {span.name for span in told.spans if not span.parent_id}
    ids = {(span.trace_id, span.id) for span in told.spans}

    assert roots == {"cycle_timer"}
    assert [span for span in told.spans if span.parent_id and (span.trace_id, span.parent_id) not in ids] == []


async def test_a_write_says_whose_it_was_and_what_graph_answered(told: Receiver) -> None:
    (deleted,) = told.named("DELETE /users/{id}")

    assert deleted.attributes == {
        "http.request.method": "DELETE",
        "http.response.status_code": 204,
        "url.template": "/users/{id}",
        "url.full": "/users/{id}",
        "tenantsync.source_id": id_of("dora"),
        "tenantsync.outcome": "done",
    }
    assert deleted.kind == 3  # CLIENT
    assert not deleted.failed


async def test_the_spans_of_one_cycle_name_configuration_and_number(told: Receiver) -> None:
    cycles = [span.attributes["tenantsync.cycle"] for span in told.named("cycle")]

    assert cycles == [1, 2, 3]
    assert {span.attributes["tenantsync.configuration_id"] for span in told.named("import_queue")} == {CONFIGURATION}


async def test_people_are_counted_by_action_and_result(told: Receiver) -> None:
    def people(action: str, status: str) -> float:
        return told.total(Count.ENTRIES, action=action, status=status)

    assert (people("create", "success"), people("update", "success"), people("delete", "success")) == (4, 1, 1)
    assert told.total(Count.CYCLES, outcome="completed") == 3
    assert told.total(Count.CYCLES, kind="initial") == 1


async def test_requests_are_counted_with_those_inside_of_batches(told: Receiver) -> None:
    assert told.total(Count.GRAPH_REQUESTS, tenant_id=TARGET) > 0
    invitations = [p for p in told.points if p.attributes.get("url.template") == "/invitations"]
    assert [(p.value, p.attributes["http.response.status_code"]) for p in invitations[-1:]] == [(4, 201)]


async def test_each_tick_says_how_everything_stands(told: Receiver) -> None:
    newest = {point.name: point.value for point in told.points}

    assert newest[Gauge.QUARANTINE] == 0
    assert newest[Gauge.REMOVALS_HELD] == 0
    assert newest[Gauge.READ_ONLY] == 0
    assert 0 < newest[Gauge.CYCLE_LATENESS] <= 1.2
    assert newest[Gauge.OLDEST_DUE] == 0
    assert set(newest) == set(Gauge) | set(Count) - {Count.POISON_MESSAGES, Count.BUDGET_WAITED}


def values_of(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        for value in document.values():
            yield from values_of(value)
    elif isinstance(document, list):
        for value in document:
            yield from values_of(value)
    elif isinstance(document, str):
        yield document


async def test_no_value_of_anybodys_attribute_and_no_token_leaves_the_process(told: Receiver) -> None:
    everything = b"\n".join(told.bodies)
    ids = {person["id"] for person in TOWN}
    values = {value for value in values_of(TOWN) if len(value) > 3 and value not in ids} | {"Dyer of Wool"}

    assert len(values) > 20
    assert [value for value in values if value.encode() in everything] == []
    tokens = (b"sandbox.", b"token", b"Bearer", b"$filter", b"#EXT#", b"lindenhof.example")
    assert [word for word in tokens if word in everything] == []


async def test_only_names_of_the_closed_set_leave_the_process(told: Receiver) -> None:
    spans = {key for span in told.spans for key in span.attributes}
    points = {key for point in told.points for key in point.attributes}

    assert spans | points <= {*NAMES.values(), PATH}
