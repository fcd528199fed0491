"""How does one function run? On the loop or in a thread; what it set as outputs is sent if it succeeds."""

import asyncio
import inspect
import logging
import threading
import uuid
from dataclasses import dataclass
from typing import Any

import azure.functions as func

from sandbox.host.arguments import queue_texts
from sandbox.host.bindings import RETURN, HostedFunction, HttpTrigger
from sandbox.host.queues import Queues

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an invocation ended; the value is what the function returned."""

    succeeded: bool
    value: object = None


class Invoker:
    """Runs functions of one app."""

    def __init__(self, queues: Queues, directory: str) -> None:
        self._queues = queues
        self._directory = directory

    async def invoke(self, function: HostedFunction, argument: object) -> Outcome:
        """Runs the function; whatever it raises is logged here, and only here."""
        context = _Context(function.name, self._directory)
        try:
            value = await self._run(function, argument, context)
        except Exception:
            log.exception("Function %s failed, invocation %s", function.name, context.invocation_id)
            return Outcome(succeeded=False)
        return Outcome(succeeded=True, value=value)

    async def _run(self, function: HostedFunction, argument: object, context: func.Context) -> object:
        outputs = {output.argument: _Output() for output in function.outputs if output.argument != RETURN}
        arguments: dict[str, Any] = {function.trigger.argument: argument, **outputs}
        if function.wants_context:
            arguments["context"] = context
        value = await _call(function, arguments)
        if value is not None and not _returns(function):
            raise TypeError(f"{function.name} returned a value, and no $return binding takes it.")
        for output in function.outputs:
            sent = value if output.argument == RETURN else outputs[output.argument].get()
            for text in queue_texts(sent):
                await self._queues.send(output.connection, output.queue, text)
        return value


class _Output(func.Out[object]):
    """What a function sets to send it."""

    def __init__(self) -> None:
        self._value: object = None

    def set(self, val: object) -> None:
        self._value = val

    def get(self) -> object:
        return self._value


class _Context(func.Context):
    """What a function may know of its invocation."""

    thread_local_storage = threading.local
    trace_context = None  # type: ignore[assignment]  # no trace comes from outside
    retry_context = None  # type: ignore[assignment]  # the app declares no retry policies

    def __init__(self, function_name: str, directory: str) -> None:
        self._function_name = function_name
        self._directory = directory
        self._invocation_id = str(uuid.uuid4())

    @property
    def invocation_id(self) -> str:
        return self._invocation_id

    @property
    def function_name(self) -> str:
        return self._function_name

    @property
    def function_directory(self) -> str:
        return self._directory


async def _call(function: HostedFunction, arguments: dict[str, Any]) -> object:
    if inspect.iscoroutinefunction(function.handler):
        return await function.handler(**arguments)
    return await asyncio.to_thread(function.handler, **arguments)


def _returns(function: HostedFunction) -> bool:
    return isinstance(function.trigger, HttpTrigger) or any(output.argument == RETURN for output in function.outputs)
