"""How is the machine run: in batches, each by its own seed, so that any of them can be repeated alone?"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import PropertyMachine
from tests.machine.operations import EXECUTED

#: Worlds in a batch, and steps that each of them lives through at the most.
WORLDS = 20
STEPS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one batch has done."""

    seed: int
    steps: int
    seconds: float
    """Of this process; a busy machine does not count."""


def run_batch(number: int, *, shrink: bool = False, worlds: int = WORLDS, steps: int = STEPS) -> Batch:
    """Run the batch of this seed. Raises what broke a law; with `shrink` after a search for the fewest steps."""
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    chosen = settings(
        max_examples=worlds,
        stateful_step_count=steps,
        phases=phases,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
    )
    before, began = EXECUTED.total(), time.process_time()
    run_state_machine_as_test(seed(number)(PropertyMachine), settings=chosen)
    return Batch(seed=number, steps=EXECUTED.total() - before, seconds=time.process_time() - began)


def run_steps(wanted: int, first: int, run: Callable[[int], Batch] = run_batch) -> Iterator[Batch]:
    """Run batches of this and the following seeds until so many operations were carried out."""
    done = 0
    for number in count(first):
        if done >= wanted:
            return
        batch = run(number)
        done += batch.steps
        yield batch
