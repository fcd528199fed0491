"""What arrives at an OTLP receiver? One on loopback that decodes what it is sent: spans, measures, and every byte."""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from shared.telemetry.providers import providers


@dataclass(frozen=True, kw_only=True)
class Span:
    """A span as it was sent; ids in hex."""

    name: str
    trace_id: str
    id: str
    parent_id: str
    kind: int
    failed: bool
    message: str
    events: int
    started: int
    ended: int
    attributes: dict[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Point:
    """The newest value of a series."""

    name: str
    value: float
    attributes: dict[str, str | int]


@dataclass(kw_only=True)
class Receiver:
    """Keeps what it is sent."""

    endpoint: str = ""
    reply: bytes = b""
    bodies: list[bytes] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    resources: list[dict[str, str | int]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def take(self, path: str, body: bytes) -> None:
        self.paths.append(path)
        self.bodies.append(body)
        if path == "/v1/traces":
            self._take_spans(ExportTraceServiceRequest.FromString(body))
        elif path == "/v1/metrics":
            self._take_metrics(ExportMetricsServiceRequest.FromString(body))

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def ancestors(self, span: Span) -> list[Span]:
        """The span's parents up to the root, the nearest first; a missing one ends the list."""
        by_id = {(each.trace_id, each.id): each for each in self.spans}
        found = list[Span]()
        while (parent := by_id.get((span.trace_id, span.parent_id))) is not None:
            found.append(parent)
            span = parent
        return found

    def total(self, name: str, **attributes: str | int) -> float:
        """The sum of the newest values of all series of this name that have these attributes."""
        newest = {tuple(sorted(p.attributes.items())): p for p in self.points if p.name == name}
        wanted = {f"tenantsync.{key}": value for key, value in attributes.items()}.items()
        return sum(point.value for point in newest.values() if wanted <= point.attributes.items())

    def _take_spans(self, request: ExportTraceServiceRequest) -> None:
        for group in request.resource_spans:
            self.resources.append(_attributes(group.resource.attributes))
            for span in (span for scope in group.scope_spans for span in scope.spans):
                self.spans.append(
                    Span(
                        name=span.name,
                        trace_id=span.trace_id.hex(),
                        id=span.span_id.hex(),
                        parent_id=span.parent_span_id.hex(),
                        kind=span.kind,
                        failed=span.status.code == span.status.STATUS_CODE_ERROR,
                        message=span.status.message,
                        events=len(span.events),
                        started=span.start_time_unix_nano,
                        ended=span.end_time_unix_nano,
                        attributes=_attributes(span.attributes),
                    )
                )

    def _take_metrics(self, request: ExportMetricsServiceRequest) -> None:
        for group in request.resource_metrics:
            for metric in (metric for scope in group.scope_metrics for metric in scope.metrics):
                self.points += _points(metric)


def _points(metric: Metric) -> list[Point]:
    data: Any = metric.gauge.data_points or metric.sum.data_points
    return [
        Point(
            name=metric.name,
            value=point.as_double if point.HasField("as_double") else point.as_int,
            attributes=_attributes(point.attributes),
        )
        for point in data
    ]


def _attributes(pairs: Sequence[KeyValue]) -> dict[str, str | int]:
    return {
        pair.key: pair.value.int_value if pair.value.HasField("int_value") else pair.value.string_value
        for pair in pairs
    }


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve on a free port of loopback for the length of the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(self.path, gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if receiver.reply else "application/x-protobuf")
            self.send_header("Content-Length", str(len(receiver.reply)))
            self.end_headers()
            self.wfile.write(receiver.reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def telling() -> Iterator[Receiver]:
    """Let this process send its telemetry to a receiver for the length of the block."""
    with receiving() as receiver, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint)
        providers.cache_clear()
        yield receiver
        providers().close()
        providers.cache_clear()
