"""A few batches of the property machine; ``python -m tests.machine`` runs as many as one likes."""

import logging
from collections.abc import Iterator

import pytest

from tests.machine.running import run_batch


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The engine tells of each fault that it meets, and there are thousands."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_law_holds_after_each_step_of_any_life(seed: int) -> None:
    batch = run_batch(seed, worlds=8)

    assert batch.steps > 500
