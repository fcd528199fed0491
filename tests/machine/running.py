"""How is the machine run: in batches, each by its own seed, so that any of them can be repeated alone?"""

import gc
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing import get_context
from typing import Final

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.base import Machine
from tests.machine.life.machine import LifeMachine
from tests.machine.life.matrix import REACHED
from tests.machine.machine import PropertyMachine
from tests.machine.operations import EXECUTED, operations_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Which machine is run, with how many worlds in a batch, and how many steps of each at the most."""

    machine: type[Machine] = PropertyMachine
    worlds: int = 20
    steps: int = 150
    shrink: bool = False
    """Look for the fewest steps where a law is broken."""


ANY: Final = Kind()
LIFE: Final = Kind(machine=LifeMachine, worlds=20, steps=40)

#: A world is garbage as a whole, and not before it ends: to look for some after each 700 objects is in vain.
OBJECTS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one batch has done; `broken` says what broke a law, else it is empty."""

    seed: int
    executed: Counter[str] = field(default_factory=Counter)
    """How often each operation was carried out."""
    reached: Counter[str] = field(default_factory=Counter)
    """How often each row of the deprovisioning matrix was come to."""
    seconds: float = 0.0
    """Of its process; a busy machine does not count."""
    broken: str = ""

    @property
    def steps(self) -> int:
        return self.executed.total()


def run_batch(number: int, kind: Kind = ANY) -> Batch:
    """Run the batch of this seed. Raises what broke a law; with `shrink` after a search for the fewest steps."""
    phases = [Phase.generate, *([Phase.shrink] if kind.shrink else [])]
    chosen = settings(
        max_examples=kind.worlds,
        stateful_step_count=kind.steps,
        phases=phases,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
    )
    before, reached, began = EXECUTED.copy(), REACHED.copy(), time.process_time()
    run_state_machine_as_test(seed(number)(kind.machine), settings=chosen)
    return Batch(
        seed=number,
        executed=Counter({name: EXECUTED[name] - before[name] for name in sorted(operations_of(kind.machine))}),
        reached=REACHED - reached,
        seconds=time.process_time() - began,
    )


def tried_batch(number: int, kind: Kind = ANY) -> Batch:
    """Run the batch of this seed; what breaks a law is told, not raised."""
    try:
        with undisturbed():
            return run_batch(number, kind)
    except Exception as error:  # noqa: BLE001  outermost loop: whatever it is, it is told with its seed
        return Batch(seed=number, broken="\n".join([f"{type(error).__name__}: {error}", *_notes(error)]))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Run batches without log messages: the engine tells of each fault that it meets, and there are thousands."""
    threshold = gc.get_threshold()
    logging.disable(logging.CRITICAL)
    gc.set_threshold(OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        logging.disable(logging.NOTSET)


def _notes(error: Exception) -> list[str]:
    return getattr(error, "__notes__", [])


def run_steps(wanted: int, first: int, kind: Kind = ANY, *, each: int = 0, jobs: int = 1) -> Iterator[Batch]:
    """Run batches of this and the following seeds until so many operations were carried out, or a law is broken.

    And each of them so often: in a world only some operations happen, so chance would have it otherwise. Which batches
    those are does not depend on the number of processes.
    """
    done = Counter[str]()
    with closing(_batches(first, partial(tried_batch, kind=kind), jobs)) as batches:
        for batch in batches:
            done.update(batch.executed)
            yield batch
            if batch.broken or (done.total() >= wanted and min(done.values()) >= each):
                return


def _batches(first: int, run: Callable[[int], Batch], jobs: int) -> Generator[Batch, None, None]:
    """Run batches without end, in order; several processes are always as many batches ahead."""
    if jobs == 1:
        yield from map(run, count(first))
        return
    numbers = count(first)
    with get_context("spawn").Pool(jobs) as pool:  # at its end the batches that are ahead are given up
        running = deque(pool.apply_async(run, (next(numbers),)) for _ in range(jobs))
        while True:
            batch = running.popleft().get()
            running.append(pool.apply_async(run, (next(numbers),)))
            yield batch
