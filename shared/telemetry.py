"""Which trace does the present work belong to? Spans run from the tick through the queue messages to each worker.

Without an exporter the spans cost next to nothing and go nowhere; the ids still tie the log lines together.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_HEADER = "traceparent"
_propagator = TraceContextTextMapPropagator()


@cache
def _tracer() -> trace.Tracer:
    """Return our tracer; a provider that the app's surroundings have set up is used, else our own."""
    current = trace.get_tracer_provider()
    provider = current if isinstance(current, TracerProvider) else TracerProvider()
    return provider.get_tracer("tenantsync")


@contextmanager
def span(name: str, *, parent: str = "", **attributes: str | int) -> Iterator[None]:
    """Run the block in a span below `parent`, a traceparent. A broken one: a new trace; none: below the present span.

    Attributes are ids and counts, never values of people's attributes.
    """
    context = _propagator.extract({_HEADER: parent}) if parent else None
    with _tracer().start_as_current_span(name, context=context, attributes=dict(attributes)):
        yield


class MessageTracing:
    """Puts the present span into messages."""

    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        return carrier.get(_HEADER, "")
