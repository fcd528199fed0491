"""How do tests ask Microsoft's worker about a function app?

    async with WorkerRuntime(directory, settings) as worker:
        outcome = await worker.invoke("tick", timer=TIMER)

Inputs are pairs of a kind and a value, as the platform's host sends them: ``string``, ``json``, ``http``.
"""

import asyncio
import json
import sys
import uuid
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]

Input = tuple[str, Any]

TIMER: Input = (
    "json",
    {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": {"Last": "2026-01-01T00:00:00Z", "Next": "2026-01-01T00:05:00Z"},
        "IsPastDue": False,
    },
)
DEQUEUED_ONCE: Mapping[str, Input] = {
    "Id": ("string", "5f0e7b0a-0000-4000-8000-000000000001"),
    "DequeueCount": ("json", 1),
    "InsertionTime": ("string", "2026-01-01T00:00:00+00:00"),
}


class IndexingError(Exception):
    """The worker refuses the app: on the platform it would have no function at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an invocation ended: with an error, or with what the function returned and set."""

    error: str | None = None
    returned: Any = None
    outputs: Mapping[str, Any] = field(default_factory=dict)


def http(method: str, path: str, *, body: str = "", **parameters: str) -> Input:
    """An HTTP request; its parameters are those of the route."""
    path_only, _, query = path.partition("?")
    options = dict(pair.split("=", 1) for pair in query.split("&")) if query else {}
    return (
        "http",
        {
            "method": method,
            "url": f"http://localhost{path_only}{'?' + query if query else ''}",
            "headers": {"content-type": "application/json"},
            "query": options,
            "params": parameters,
            "body": body,
        },
    )


class WorkerRuntime:
    """A worker process that has indexed one app."""

    def __init__(self, directory: Path, settings: Mapping[str, str]) -> None:
        self._directory = directory
        self._environment = {"PYTHONPATH": str(ROOT), **settings}
        self._process: Process | None = None
        self.functions: Mapping[str, list[dict[str, Any]]] = {}

    async def __aenter__(self) -> Self:
        command = [sys.executable, "-m", "tests.functions.worker_process", str(self._directory)]
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, cwd=ROOT, env=self._environment
        )
        answer = await self._answer(self._process)
        if "error" in answer:
            await self.__aexit__(None, None, None)
            raise IndexingError(answer["error"])
        self.functions = answer["functions"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            # An empty input closes the pipe; without one, Python 3.11 leaves it open, and the worker waits.
            await self._process.communicate(b"")

    async def invoke(self, function: str, *, metadata: Mapping[str, Input] | None = None, **inputs: Input) -> Outcome:
        """Runs a function with inputs by the names of its arguments."""
        assert self._process is not None
        assert self._process.stdin is not None
        question = {"id": str(uuid.uuid4()), "function": function, "inputs": inputs, "metadata": metadata or {}}
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        await self._process.stdin.drain()
        return Outcome(**await self._answer(self._process))

    async def _answer(self, process: Process) -> dict[str, Any]:
        assert process.stdout is not None
        while line := (await process.stdout.readline()).decode():
            if line.startswith("answer "):
                answer: dict[str, Any] = json.loads(line.removeprefix("answer "))
                return answer
        raise AssertionError("The worker process ended without an answer; what it said stands in standard error.")
