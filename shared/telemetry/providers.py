"""Which tracer and which instruments does this process use? Set up at first use, never at import.

They are our own, and not made the global ones: the libraries beneath us would then tell of each URL that they call,
and links of Graph hold tokens.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from opentelemetry.metrics import Counter, Meter, NoOpMeter, NoOpMeterProvider
from opentelemetry.trace import Tracer

from shared.orchestration.ports import Count, Gauge
from shared.telemetry.exporters import open_exporters

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource


class Settable(Protocol):
    """An instrument that keeps the newest value."""

    def set(self, amount: float, attributes: Mapping[str, str | int] | None = None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """The tracer, one instrument for each name, and how to bring out what is kept."""

    tracer: Tracer
    counters: Mapping[Count, Counter]
    gauges: Mapping[Gauge, Settable]
    flush: Callable[[], None]
    close: Callable[[], None]
    measured: bool
    """Is there a receiver of measures?"""


@cache
def providers() -> Providers:
    """Return those of this process."""
    return open_providers(os.environ)


def open_providers(environment: Mapping[str, str]) -> Providers:
    """Set up providers that send to whoever the variables name, in the background."""
    # here and not above: the SDK takes its time, and the worker imports every module to find its functions
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = _resource()
    spans = TracerProvider(resource=resource)
    exporters = open_exporters(environment, spans)
    for exporter in exporters.spans:
        spans.add_span_processor(BatchSpanProcessor(exporter))
    if not exporters.metrics:
        return _providers(spans.get_tracer("tenantsync"), NoOpMeterProvider().get_meter("tenantsync"), spans)
    readers = [PeriodicExportingMetricReader(exporter) for exporter in exporters.metrics]
    measures = MeterProvider(resource=resource, metric_readers=readers)
    return _providers(spans.get_tracer("tenantsync"), measures.get_meter("tenantsync"), spans, measures)


class _Closing(Protocol):
    def force_flush(self) -> bool: ...
    def shutdown(self) -> None: ...


def _providers(tracer: Tracer, meter: Meter, *closing: _Closing) -> Providers:
    return Providers(
        tracer=tracer,
        counters={name: meter.create_counter(name.value) for name in Count},
        gauges={name: meter.create_gauge(name.value) for name in Gauge},
        flush=lambda: _each([provider.force_flush for provider in closing]),
        close=lambda: _each([provider.shutdown for provider in closing]),
        measured=not isinstance(meter, NoOpMeter),
    )


def _each(calls: list[Callable[[], object]]) -> None:
    for call in calls:
        call()


def _resource() -> "Resource":
    """Return who is speaking: without an id of each process, sums of several would be taken for one that jumps."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "tenantsync"}
    return Resource.create({**named, "service.instance.id": str(uuid4())})
