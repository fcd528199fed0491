"""What is told of our requests to Graph? Method, template of the path, and status; no URL, no body, no token."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from kiota_abstractions.request_information import RequestInformation

from shared.adapters.graph.answer import Answer
from shared.adapters.memory.telemetry import SilentTelemetry
from shared.orchestration.ports import Count, Forbidden, Span, Telemetry, Write, WriteKind, WriteResult

NO_ANSWER: Final = 0
"""Stands for the status code of a request that nobody answered."""

# a segment of Graph's own: anything else in a path is an id
_WORD: Final = re.compile(r"\$?[A-Za-z.]+")
_TEMPLATE_END: Final = re.compile(r"\{[?&].*$")

_OPERATIONS: Final = {
    WriteKind.INVITE: ("POST", "/invitations"),
    WriteKind.UPDATE: ("PATCH", "/users/{id}"),
    WriteKind.DELETE: ("DELETE", "/users/{id}"),
    WriteKind.RESTORE: ("POST", "/directory/deletedItems/{id}/restore"),
    WriteKind.ASSIGN_MANAGER: ("PUT", "/users/{id}/manager/$ref"),
    WriteKind.REMOVE_MANAGER: ("DELETE", "/users/{id}/manager/$ref"),
}


class GraphObserver:
    """Tells of the requests to one tenant."""

    def __init__(self, telemetry: Telemetry | None = None, tenant_id: str = "") -> None:
        self._telemetry = telemetry or SilentTelemetry()
        self._tenant_id = tenant_id

    @contextmanager
    def request(self, call: RequestInformation) -> Iterator[Span]:
        """Do the block in a span of the request. One that raises got no answer; Forbidden: not even a token."""
        method, operation = method_of(call), operation_of(call)
        with self._telemetry.span(
            f"{method} {operation}", tenant_id=self._tenant_id, method=method, operation=operation
        ) as span:
            try:
                yield span
            except Exception as error:
                self._count(method, operation, 401 if isinstance(error, Forbidden) else NO_ANSWER)
                raise

    def answered(self, calls: Mapping[str, RequestInformation], answers: Mapping[str, Answer]) -> None:
        """Count requests, be it a single one or the items of a batch; one that is left out was not answered."""
        for key, call in calls.items():
            status = answers[key].status if key in answers else NO_ANSWER
            self._count(method_of(call), operation_of(call), status)

    @contextmanager
    def writing(self, writes: int) -> Iterator[Span]:
        """Do the block in a span of one batch of writes."""
        with self._telemetry.span("write", tenant_id=self._tenant_id, entries=writes) as span:
            yield span

    def waited(self, duration: timedelta) -> None:
        """Count what a batch has waited for its slots."""
        if duration > timedelta(0):
            self._telemetry.count(Count.BUDGET_WAITED, duration.total_seconds(), tenant_id=self._tenant_id)

    def _count(self, method: str, operation: str, status: int) -> None:
        self._telemetry.count(
            Count.GRAPH_REQUESTS,
            tenant_id=self._tenant_id,
            method=method,
            operation=operation,
            status_code=status,
        )


def tell_written(span: Span, write: Write, result: WriteResult, answer: Answer | None) -> None:
    """Tell of one write of a batch as of a request of its own: that is what Graph makes of it."""
    method, operation = _OPERATIONS[write.kind]
    span.part(
        f"{method} {operation}",
        method=method,
        operation=operation,
        source_id=write.source_id,
        outcome=result.status.value,
        status_code=answer.status if answer else NO_ANSWER,
    )


def method_of(call: RequestInformation) -> str:
    return call.http_method.value if call.http_method else "GET"


def operation_of(call: RequestInformation) -> str:
    """Return the path with `{id}` for each id, without the query: that may hold a token, or an address."""
    template = call.url_template
    path = _TEMPLATE_END.sub("", template).replace("{+baseurl}", "") if template else _path(call.url)
    return "/".join(_told(segment.removesuffix("()")) for segment in path.split("/"))


def _told(segment: str) -> str:
    return segment if not segment or _WORD.fullmatch(segment) else "{id}"


def _path(url: str) -> str:
    return url.partition("?")[0].partition("#")[0]
