"""A process whose telemetry goes to a receiver on loopback."""

from collections.abc import Iterator

import pytest

from tests.shared.telemetry.receiver import Receiver, telling


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with telling() as receiver:
        yield receiver
