"""What does Microsoft's worker make of a function app? This process asks it, one JSON line per question.

``python -m tests.functions.worker_process DIRECTORY`` indexes the app there and prints what it found; then each line of
standard input is an invocation, and each line of standard output how it ended. A process of its own, because both the
worker and the app keep registers that live as long as their process.
"""

import asyncio
import json
import os
import sys
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as runtime  # type: ignore[import-untyped]


class Message(SimpleNamespace):
    """Stands for a protobuf message: what is not set is None, and of several kinds of data one is set."""

    def __getattr__(self, name: str) -> None:
        # The worker asks a message whether it is the module: by catching this for a message's type.
        if name[0].isupper():
            raise AttributeError(name)

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name
        return next((name for name in vars(self) if name != "name"), None)


class BindingInfo(Message):
    """Direction and data type of a binding; protobuf's numbers."""

    undefined, out, inout = 0, 1, 2

    def __init__(self, *, data_type: int | None, **values: object) -> None:
        super().__init__(data_type=data_type or self.undefined, **values)


class StatusResult(Message):
    """Whether the worker succeeded."""

    Failure, Success = 0, 1


class Protos(SimpleNamespace):
    """Stands for the generated module: every other message has no rules of its own."""

    def __getattr__(self, name: str) -> type[Message]:
        return Message


PROTOS = Protos(BindingInfo=BindingInfo, StatusResult=StatusResult)


async def main(directory: str) -> None:
    """Indexes the app, then invokes what is asked."""
    os.chdir(directory)
    sys.path.insert(0, directory)
    functions = await _index(directory)
    for line in iter(sys.stdin.readline, ""):
        question = json.loads(line)
        answer = await runtime.invocation_request(_request(invocation_request=_invocation(question, functions)))
        _print(_outcome(answer))


async def _index(directory: str) -> dict[str, str]:
    runtime.start_threadpool_executor()
    initialization = Message(capabilities={}, function_app_directory=directory)
    answer = await runtime.worker_init_request(_request(worker_init_request=initialization))
    if answer.result.status != StatusResult.Success:
        _print({"error": answer.result.exception.message})
        sys.exit(0)
    found = (await runtime.functions_metadata_request(_request())).function_metadata_results or []
    for function in found:
        load = Message(function_id=function.function_id)
        await runtime.function_load_request(_request(function_load_request=load))
    _print({"functions": {function.name: [json.loads(text) for text in function.raw_bindings] for function in found}})
    return {function.name: function.function_id for function in found}


def _request(**content: Message) -> Message:
    return Message(request=Message(**content), properties={"protos": PROTOS, "host": "127.0.0.1"})


def _invocation(question: dict[str, Any], functions: dict[str, str]) -> Message:
    return Message(
        invocation_id=question["id"],
        function_id=functions[question["function"]],
        input_data=[Message(name=name, data=_data(*value)) for name, value in question["inputs"].items()],
        trigger_metadata={name: _data(*value) for name, value in question["metadata"].items()},
        trace_context=Message(attributes={}),
        retry_context=Message(),
    )


def _data(kind: str, value: Any) -> Message:  # noqa: ANN401 - any JSON
    if kind == "http":
        strings = {name: value[name] for name in ("method", "url", "headers", "query", "params")}
        return Message(http=Message(**strings, body=Message(bytes=value["body"].encode())))
    if kind == "json":
        return Message(json=json.dumps(value))
    return Message(**{kind: value})


def _outcome(answer: Message) -> dict[str, Any]:
    if answer.result.status != StatusResult.Success:
        return {"error": answer.result.exception.message}
    return {
        "returned": _value(answer.return_value),
        "outputs": {item.name: _value(item.data) for item in answer.output_data},
    }


def _value(data: Message | None) -> Any:  # noqa: ANN401 - any JSON
    if data is None:
        return None
    if data.http is not None:
        http: Message = data.http
        return {"status": int(http.status_code), "headers": dict(http.headers), "body": _value(http.body)}
    if data.json is not None:
        return json.loads(data.json)
    value = next(iter(vars(data).values()))
    return value.decode() if isinstance(value, bytes) else value


def _print(document: dict[str, Any]) -> None:
    # The app may print what it likes; the asker reads lines that begin so.
    print(f"answer {json.dumps(document)}", flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
