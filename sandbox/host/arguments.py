"""What does a function receive, and what do its outputs mean? ``azure.functions``' own converters say it.

The shapes are those that the platform's host sends to the Python worker.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import azure.functions as func
from azure.functions.meta import Datum


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleStatus:
    """When a timer fired last, and when it fires next."""

    last: datetime | None
    next: datetime
    last_updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """An HTTP request on its way to a function."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    parameters: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What a function answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def timer_request(status: ScheduleStatus | None, *, past_due: bool) -> object:
    """The TimerRequest of one firing; a timer without monitor has no status."""
    document = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": status and _status(status),
        "IsPastDue": past_due,
    }
    return _decode("timerTrigger", Datum(json.dumps(document), "json"), {})


def queue_message(text: str, metadata: Mapping[str, str | int]) -> object:
    """The QueueMessage with this text; metadata under the names of the trigger."""
    data = {name: Datum(json.dumps(value), "json") for name, value in metadata.items()}
    return _decode("queueTrigger", Datum(text, "string"), data)


def http_request(call: HttpCall) -> object:
    """The HttpRequest of a call. The worker asks for the body as bytes, whatever its type (RawHttpBodyBytes)."""
    value = {
        "method": Datum(call.method, "string"),
        "url": Datum(call.url, "string"),
        "headers": _strings(call.headers),
        "query": _strings(call.query),
        "params": _strings(call.parameters),
        "body": Datum(call.body, "bytes"),
    }
    return _decode("httpTrigger", Datum(value, "http"), {})


def queue_texts(value: object) -> list[str]:
    """The messages that a queue output stands for; None is none."""
    if value is None:
        return []
    datum = _encode("queue", value)
    if datum.type == "bytes":
        return [datum.value.decode()]
    if datum.type == "string":
        return [datum.value]
    document = json.loads(datum.value)
    return [_text(item) for item in (document if isinstance(document, list) else [document])]


def http_answer(value: object) -> HttpAnswer:
    """The answer that a function's return value stands for; None is an empty one."""
    if value is None:
        return HttpAnswer(status=204, headers=(), body=b"")
    datum = _encode("http", value)
    if datum.type == "string":
        return HttpAnswer(
            status=200, headers=(("content-type", "text/plain; charset=utf-8"),), body=datum.value.encode()
        )
    headers = [(name, item.value) for name, item in datum.value["headers"].items()]
    cookies = [("set-cookie", morsel.OutputString()) for jar in datum.value["cookies"] or () for morsel in jar.values()]
    return HttpAnswer(
        status=int(datum.value["status_code"].value),
        headers=(*headers, *cookies),
        body=datum.value["body"].value,
    )


def _converter(binding: str) -> Any:  # noqa: ANN401 - the library has no type for its converters
    return func.get_binding_registry().get(binding)  # type: ignore[no-untyped-call]


def _decode(binding: str, datum: Datum, metadata: Mapping[str, Datum]) -> object:
    return _converter(binding).decode(datum, trigger_metadata=metadata)


def _encode(binding: str, value: object) -> Datum:
    datum: Datum = _converter(binding).encode(value, expected_type=None)
    return datum


def _strings(values: Mapping[str, str]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in values.items()}


def _status(status: ScheduleStatus) -> dict[str, str]:
    # .NET has no empty date: a timer that never fired says year 1.
    last = status.last.isoformat() if status.last else "0001-01-01T00:00:00+00:00"
    return {"Last": last, "Next": status.next.isoformat(), "LastUpdated": status.last_updated.isoformat()}


def _text(item: str | Mapping[str, str]) -> str:
    return item if isinstance(item, str) else item["body"]
