"""A process whose telemetry goes to a receiver on loopback."""

from collections.abc import Iterator

import pytest

from shared.telemetry.providers import providers
from tests.shared.telemetry.receiver import Receiver, receiving


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint)
        providers.cache_clear()
        yield receiver
        providers().close()
        providers.cache_clear()
