"""What runs the engine's functions, one small step at a time?"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sandbox.scenarios.scenario import Scenario
from shared.adapters.memory.queue import Message
from shared.orchestration.engine import Engine
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.orchestration.record_poison import GivenUp, record_import_poison, record_provisioning_poison
from shared.orchestration.start_cycles import tick
from tests.engine.hazards import Doom, Meddler, ProcessDied
from tests.engine.local_engine import handled
from tests.engine.short_way import ShortEngine
from tests.engine.small_world import CONFIGURATION
from tests.machine.clockwork import EngineLoop
from tests.machine.hooks import watch
from tests.machine.leash import Leash
from tests.machine.oracle import Oracle
from tests.machine.post import Post
from tests.machine.run import ACTING, Run
from tests.machine.truth import Truth, standing_state

_Value = TypeVar("_Value")
Function = Callable[[Engine], Coroutine[Any, Any, object]]

SHARDS = 2
MOST_DELIVERIES = 5
MOST_SLICES = 3
LONGEST_WAIT = timedelta(minutes=16)
"""A message that is visible so soon is worth waiting for; entries wait 15 minutes at the most."""

SILENCE = timedelta(minutes=5)
"""A function that has done nothing for so long is dead: a request times out after 100 seconds."""

LONGEST_RUN = timedelta(minutes=30)
"""`functionTimeout` of host.json."""

_POISON = {"import": record_import_poison, "provisioning": record_provisioning_poison}


@dataclass(slots=True, kw_only=True)
class Started:
    """A function under way in a process of its own."""

    task: asyncio.Task[None]
    leash: Leash
    began: datetime
    moved: datetime


class Host:
    """The engine in memory, its functions, and the oracle that watches them."""

    watched_by: type[Oracle] = Oracle

    def __init__(self, scenario: Scenario, seed: int = 1) -> None:
        self.network = Meddler()
        self.local = ShortEngine(scenario, shards=SHARDS, network=self.network.transport, seed=seed)
        # two that work at the same time are told apart by when they began, as where they really run
        self.local.clock.step = timedelta(microseconds=1)
        self.loop = EngineLoop(self.local.clock)
        self.call(self.local.start())
        self.post = Post(self.local)
        self.truth = Truth(self.local)
        self.oracle = self.watched_by(self.truth, lambda: standing_state(self.local).released_cycle)
        watch(self.local.simulation, self.oracle.changed, self.oracle.asked)
        self.started: list[Started] = []
        self.local.on_step = self._blink

    def close(self) -> None:
        for each in self.started:
            each.leash.kill()
        self.call(_ended([each.task for each in self.started]))
        self.loop.close()

    def call(self, work: Coroutine[Any, Any, _Value]) -> _Value:
        """Do something that is none of the engine's runs."""
        return self.loop.run_until_complete(work)

    def run(self, name: str, work: Coroutine[Any, Any, _Value], *, on_demand: bool = False) -> _Value:
        """Let the engine do something, to its end."""
        return self.call(self._acting(self._run(name, on_demand=on_demand), work))

    def tick(self) -> None:
        self.run("tick", tick(self.local.worker))

    def deliver(self, queue: str, number: int, *, dies_after: int | None = None) -> bool:
        """Deliver one of the visible messages; its function may die. False if there is none to wait for."""
        message = self._take(queue, number)
        if message is None:
            return False
        engine = self.local.worker if dies_after is None else self.local.assembled(Doom(dies_after))
        self.truth.troubled |= dies_after is not None
        with suppress(ProcessDied):
            self.run(queue, self._function(engine, queue, message))
        return True

    def deliver_together(self, first: str, second: str, number: int) -> bool:
        """Deliver two messages to one process at the same time."""
        taken = [(queue, message) for queue in (first, second) if (message := self._take(queue, number)) is not None]
        works = [
            self._acting(self._run(f"{queue} beside another"), self._function(self.local.worker, queue, message))
            for queue, message in taken
        ]
        self.call(_together(works))
        return len(works) == 2

    def has_work(self, queue: str) -> bool:
        """Is a message visible, or soon?"""
        following = self.post.queue(queue).next_visible
        return following is not None and following - self.local.clock.now() <= LONGEST_WAIT

    def read_on(self) -> None:
        """Read until workers have something to do, in the next cycle if need be."""
        for _ in range(MOST_SLICES):
            if self.has_work("provisioning") or not self.deliver("import", 0):
                return

    def begin(self, name: str, number: int, touches: int) -> bool:
        """Start a function in a process of its own, and let it go on for so many touches with the outside."""
        leash = Leash()
        engine = self.local.assembled(leash)
        if name == "tick":
            work = tick(engine)
        else:
            message = self._take(name, number)
            if message is None:
                return False
            work = self._function(engine, name, message)
        self._start(f"slow {name}", leash, work, touches)
        return True

    def begin_on_demand(self, source_ids: list[str], touches: int) -> None:
        leash = Leash()
        engine = self.local.assembled(leash)
        self._start("slow on demand", leash, _asked(engine, source_ids), touches, on_demand=True)

    def provision_on_demand(self, source_ids: list[str]) -> None:
        self.run("on demand", _asked(self.local.worker, source_ids), on_demand=True)

    def go_on(self, number: int, touches: int) -> bool:
        """Let one of the slow functions go on."""
        if not self.started:
            return False
        self._let(self.started[number % len(self.started)], touches)
        return True

    def die(self, number: int) -> bool:
        """Let the process of one of the slow functions die where it stands."""
        if not self.started:
            return False
        self._kill(self.started[number % len(self.started)])
        return True

    def finish(self) -> None:
        """Let all slow functions go on to their ends."""
        for each in self.started:
            each.leash.release()
        self.call(_ended([each.task for each in self.started]))
        self._reap()

    def pass_time(self, duration: timedelta) -> None:
        """Let time pass while nobody works; who stands still for too long is dead."""
        self.local.clock.time += duration
        now = self.local.clock.now()
        for each in [*self.started]:
            if now - each.moved > SILENCE or now - each.began > LONGEST_RUN:
                self._kill(each)

    def _blink(self) -> None:
        """No two runs begin at the very same time: what is recorded of them is told apart by it."""
        self.local.clock.time += timedelta(milliseconds=1)

    def _run(self, name: str, *, on_demand: bool = False) -> Run:
        self._blink()
        return Run(name=name, began=self.truth.pass_on(), on_demand=on_demand)

    async def _acting(self, run: Run, work: Coroutine[Any, Any, _Value]) -> _Value:
        ACTING.set(run)  # for this task and those that it starts
        return await work

    def _take(self, queue: str, number: int) -> Message | None:
        if queue == "import":
            self.start_due_cycle()
        visible = self.post.visible(queue)
        if not visible:
            following = self.post.queue(queue).next_visible
            if following is None or following - self.local.clock.now() > LONGEST_WAIT:
                return None
            self.pass_time(following - self.local.clock.now())
            visible = self.post.visible(queue)
        return self.post.take(queue, visible[number % len(visible)]) if visible else None

    def start_due_cycle(self) -> None:
        """Where nobody has anything to read, wait for the timer to start the next cycle."""
        state = standing_state(self.local)
        if state.active and not state.running and state.next_due is not None:
            self.pass_time(max(state.next_due - self.local.clock.now(), timedelta(0)))
            self.tick()

    async def _function(self, engine: Engine, queue: str, message: Message) -> None:
        if message.dequeue_count > MOST_DELIVERIES:
            given_up = GivenUp(body=message.text.encode(), id=str(message.id), inserted=self.local.clock.now())
            await _POISON[queue](engine, given_up)
        else:
            await handled(engine, queue, message.text)
        await self.post.queue(queue).delete(message)

    def _start(
        self, name: str, leash: Leash, work: Coroutine[Any, Any, None], touches: int, *, on_demand: bool = False
    ) -> None:
        now = self.local.clock.now()
        run = self._run(name, on_demand=on_demand)
        task = self.loop.create_task(self._acting(run, work))
        started = Started(task=task, leash=leash, began=now, moved=now)
        self.started.append(started)
        self._let(started, touches)

    def _let(self, started: Started, touches: int) -> None:
        self._blink()  # it may be now that it looks at the clock
        started.leash.let(touches)
        started.moved = self.local.clock.now()
        self.call(_until_it_stands(started))
        self._reap()

    def _kill(self, started: Started) -> None:
        self.truth.troubled = True
        started.leash.kill()
        self.call(_ended([started.task]))
        self._reap()

    def _reap(self) -> None:
        """Forget who has ended; raises what a function raised, unless its process died."""
        ended = [each for each in self.started if each.task.done()]
        self.started = [each for each in self.started if not each.task.done()]
        for each in ended:
            error = each.task.exception()
            if error is not None and not each.leash.dead:
                raise error


async def _until_it_stands(started: Started) -> None:
    while not (started.task.done() or started.leash.stands_still):  # noqa: ASYNC110  turn by turn is the point
        await asyncio.sleep(0)


async def _asked(engine: Engine, source_ids: list[str]) -> None:
    await provision_on_demand(engine, CONFIGURATION, source_ids, "operator")


async def _together(works: list[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*works)


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    if tasks:
        await asyncio.gather(*tasks, return_exceptions=True)
