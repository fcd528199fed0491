"""Which trace does the present work belong to? Spans run from the tick through the queue messages to each write.

Without an exporter the spans cost next to nothing and go nowhere; the ids still tie the log lines together.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import time_ns
from typing import Final, Unpack

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.orchestration.ports import Attributes
from shared.telemetry.attributes import exported_of_span
from shared.telemetry.providers import providers

_HEADER: Final = "traceparent"
_propagator = TraceContextTextMapPropagator()


class OpenSpan:
    """A span that is under way."""

    def __init__(self, span: trace.Span, started: int) -> None:
        self._span = span
        self._started = started

    def note(self, **attributes: Unpack[Attributes]) -> None:
        self._span.set_attributes(exported_of_span(attributes))
        if _has_failed(attributes):
            self._span.set_status(trace.StatusCode.ERROR)

    def part(self, name: str, **attributes: Unpack[Attributes]) -> None:
        context = trace.set_span_in_context(self._span)
        part = providers().tracer.start_span(
            name,
            context=context,
            kind=_kind(attributes),
            attributes=exported_of_span(attributes),
            start_time=self._started,
        )
        if _has_failed(attributes):
            part.set_status(trace.StatusCode.ERROR)
        part.end()


@contextmanager
def span(name: str, *, parent: str = "", **attributes: Unpack[Attributes]) -> Iterator[OpenSpan]:
    """Run the block in a span below `parent`, a traceparent. A broken one: a new trace; none: below the present span.

    An error is told by the name of its type: its message, and the values in a traceback, may be about people.
    """
    context = _propagator.extract({_HEADER: parent}) if parent else None
    started = time_ns()
    with providers().tracer.start_as_current_span(
        name,
        context=context,
        kind=_kind(attributes),
        attributes=exported_of_span(attributes),
        start_time=started,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield OpenSpan(current, started)
        except BaseException as error:
            current.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


def traceparent() -> str:
    """Return the present span as a W3C traceparent; empty outside of any."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(_HEADER, "")


def _kind(attributes: Mapping[str, object]) -> trace.SpanKind:
    """Return CLIENT for what asks somebody else."""
    return trace.SpanKind.CLIENT if "method" in attributes else trace.SpanKind.INTERNAL


def _has_failed(attributes: Attributes) -> bool:
    code = attributes.get("status_code")
    return code is not None and (code == 0 or code >= 400)
