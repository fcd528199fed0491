"""What does the engine tell, where nobody listens, and where a test does?"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Unpack

from shared.orchestration.ports import Attributes, Count, Dimensions, Gauge

Told = frozenset[tuple[str, object]]


class SilentSpan:
    """Work that nobody is told of."""

    def note(self, **attributes: Unpack[Attributes]) -> None: ...
    def part(self, name: str, **attributes: Unpack[Attributes]) -> None: ...


class SilentTelemetry:
    """Tells nobody."""

    is_measured = False

    def traceparent(self) -> str:
        return ""

    @contextmanager
    def span(self, name: str, **attributes: Unpack[Attributes]) -> Iterator[SilentSpan]:  # noqa: ARG002  the port's
        yield SilentSpan()

    def count(self, what: Count, amount: float = 1, **dimensions: Unpack[Dimensions]) -> None: ...
    def gauge(self, what: Gauge, value: float, **dimensions: Unpack[Dimensions]) -> None: ...


class MemoryTelemetry(SilentTelemetry):
    """Keeps what was counted and measured."""

    is_measured = True

    def __init__(self) -> None:
        self.counts: Counter[tuple[Count, Told]] = Counter()
        self.gauges: dict[tuple[Gauge, Told], float] = {}

    def count(self, what: Count, amount: float = 1, **dimensions: Unpack[Dimensions]) -> None:
        self.counts[what, frozenset(dimensions.items())] += amount  # type: ignore[assignment]  # seconds are no integers

    def gauge(self, what: Gauge, value: float, **dimensions: Unpack[Dimensions]) -> None:
        self.gauges[what, frozenset(dimensions.items())] = value

    def counted(self, what: Count, **dimensions: Unpack[Dimensions]) -> float:
        """Return the sum over everything that has these dimensions."""
        wanted = set(dimensions.items())
        return sum(amount for (name, told), amount in self.counts.items() if name is what and wanted <= told)

    def measured(self, what: Gauge, **dimensions: Unpack[Dimensions]) -> list[float]:
        """Return the newest value of each series that has these dimensions."""
        wanted = set(dimensions.items())
        return [value for (name, told), value in self.gauges.items() if name is what and wanted <= told]
