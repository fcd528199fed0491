"""What does the engine tell through its port? Spans and measures, over OpenTelemetry."""

from contextlib import AbstractContextManager
from typing import Unpack

from shared.orchestration.ports import Attributes, Count, Dimensions, Gauge, Span
from shared.telemetry.attributes import exported
from shared.telemetry.providers import providers
from shared.telemetry.tracing import span, traceparent


class EngineTelemetry:
    """Tells the providers of this process; where there is no receiver, nobody."""

    @property
    def is_measured(self) -> bool:
        return providers().measured

    def traceparent(self) -> str:
        return traceparent()

    def span(self, name: str, **attributes: Unpack[Attributes]) -> AbstractContextManager[Span]:
        return span(name, **attributes)

    def count(self, what: Count, amount: float = 1, **dimensions: Unpack[Dimensions]) -> None:
        providers().counters[what].add(amount, exported(dimensions))

    def gauge(self, what: Gauge, value: float, **dimensions: Unpack[Dimensions]) -> None:
        providers().gauges[what].set(value, exported(dimensions))
