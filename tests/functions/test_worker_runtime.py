"""Does the harness around Microsoft's worker tell the truth?

The app is the toy of the local host's tests: what the worker and the local host make of it must be the same.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.functions.worker_runtime import DEQUEUED_ONCE, TIMER, IndexingError, WorkerRuntime, http

TOY = Path(__file__).parents[1] / "sandbox" / "host" / "toy"
SETTINGS = {"SCHEDULE": "0 0 0 1 1 *", "PREFIX": "toy"}

TWO_APPS = """
import azure.functions as func
app = func.FunctionApp()
other = func.FunctionApp()
"""

INJECTED_ARGUMENT = """
import azure.functions as func
app = func.FunctionApp()
@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")
def tick(timer: func.TimerRequest, clock=None) -> None: ...
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[WorkerRuntime]:
    async with WorkerRuntime(TOY, SETTINGS) as running:
        yield running


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_worker_finds_every_function_with_its_trigger(worker: WorkerRuntime) -> None:
    triggers = {
        name: [binding["type"] for binding in bindings if binding["direction"] == "IN"]
        for name, bindings in worker.functions.items()
    }

    assert triggers["tick"] == ["timerTrigger"]
    assert triggers["forward"] == ["queueTrigger"]
    assert triggers["item"] == ["httpTrigger"]
    assert len(triggers) == 10


async def test_a_timer_function_sets_its_output(worker: WorkerRuntime) -> None:
    outcome = await worker.invoke("tick", timer=TIMER)

    assert outcome.error is None
    assert outcome.outputs == {"first": '{"pastDue": false, "status": ["Last", "Next"]}'}


async def test_queue_functions_receive_text_and_metadata(worker: WorkerRuntime) -> None:
    forwarded = await worker.invoke("forward", message=("string", "hello"), metadata=DEQUEUED_ONCE)
    finished = await worker.invoke("finish", message=("string", "hello"), metadata=DEQUEUED_ONCE)

    assert forwarded.outputs == {"second": "forward:hello"}
    assert finished.returned == "1:hello"


async def test_an_exception_is_a_failed_invocation(worker: WorkerRuntime) -> None:
    outcome = await worker.invoke("broken", message=("string", "this"), metadata=DEQUEUED_ONCE)

    assert outcome.error == "RuntimeError: attempt 1 at this"


async def test_an_http_function_answers_with_status_headers_and_body(worker: WorkerRuntime) -> None:
    outcome = await worker.invoke("post_item", req=http("POST", "/api/items/one", body="body", name="one"))

    assert outcome.returned["status"] == 202
    assert outcome.returned["headers"]["Location"] == "/here"
    assert outcome.outputs == {"done": ["one:body", "and another"]}


@pytest.mark.parametrize(("source", "reason"), [(TWO_APPS, "More than one FunctionApp"), (INJECTED_ARGUMENT, "clock")])
async def test_the_worker_refuses_what_the_platform_refuses(tmp_path: Path, source: str, reason: str) -> None:
    (tmp_path / "function_app.py").write_text(source)

    with pytest.raises(IndexingError, match=reason):
        async with WorkerRuntime(tmp_path, {}):
            pass
