"""Where can a process die, and what becomes of its work once others have gone on?

A story is told once without a crash, to see which effects on the outside it has. Then it is told again from the same
moment for each place before, within and after these effects, by a process that dies there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from tests.engine.crash_outcome import Outcome, log_of, outcome_of
from tests.engine.hazards import CALM, Doom, Effect
from tests.engine.local_engine import LocalEngine

TABLES = ("configurations", "cycles", "entries", "claims", "budgets", "snapshots", "watermarks", "provisioninglogs")
QUEUES = ("import", "provisioning")

_Answer = TypeVar("_Answer")


class Way(StrEnum):
    """How a process dies at an effect.

    BEFORE: it does not happen, but what was sent at the same time does. AFTER: it happens, and nobody hears of it.
    PARTLY: of a batch only the first writes happen.
    """

    BEFORE = "before"
    AFTER = "after"
    PARTLY = "partly"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashPoint:
    """One place to die: at which effect of a story, the first is 0, and how; of a batch after how many writes."""

    number: int
    way: Way
    writes: int = 0

    @property
    def name(self) -> str:
        return f"after {self.writes} of them" if self.way is Way.PARTLY else self.way.value


@dataclass(slots=True, kw_only=True, eq=False)
class Seen:
    """One effect of a story: where it went, what it was, and what else was going on."""

    kind: str
    what: str
    call: int
    """Which message, tick or request made it."""
    time: datetime
    parts: int
    alone: bool = True
    """Nothing else was sent at the same time."""
    refused: bool = False
    """Storage refused it, so that it was none."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"

    def points(self, number: int, before: "Seen | None") -> list[CrashPoint]:
        """The ways to die at it; to die after the one before may be the same as to die before it."""
        if self.refused:
            return []
        ways = [CrashPoint(number=number, way=Way.PARTLY, writes=count) for count in range(1, self.parts + 1)]
        ways.append(CrashPoint(number=number, way=Way.AFTER))
        return ways if self._follows(before) else [CrashPoint(number=number, way=Way.BEFORE), *ways]

    def _follows(self, before: "Seen | None") -> bool:
        """Does the same world lie between the two, whichever of them the process dies at?"""
        if before is None or before.refused or not (self.alone and before.alone):
            return False
        return (self.call, self.time) == (before.call, before.time)


class Mortal(Doom):
    """A process whose effects are written down; it dies at the point that it is given."""

    def __init__(self, local: LocalEngine, point: CrashPoint | None = None) -> None:
        super().__init__(-1)
        self.seen: list[Seen] = []
        self._local = local
        self._point = point
        self._under_way: list[Seen] = []
        tables = {id(local.tables.rows(name)): f"table {name}" for name in TABLES}
        self._names = tables | {id(local.queues.queue(name)): f"queue {name}" for name in QUEUES}

    async def have(self, effect: Effect[_Answer]) -> _Answer:
        self.live()
        number, seen = len(self.seen), self._see(effect)
        if self._point is not None and self._point.number == number:
            await self._die(effect, self._point)
        self._under_way.append(seen)
        try:
            answer = await effect.happen()
        except Exception:
            seen.refused = True
            raise
        finally:
            self._under_way.remove(seen)
        self.live()
        return answer

    def _see(self, effect: Effect[_Answer]) -> Seen:
        seen = Seen(
            kind=self._names.get(id(effect.on), "graph"),
            what=effect.what,
            call=self._local.calls,
            time=self._local.clock.now(),
            parts=len(effect.parts),
        )
        for other in self._under_way:
            seen.alone = other.alone = False
        self.seen.append(seen)
        return seen

    async def _die(self, effect: Effect[_Answer], point: CrashPoint) -> None:
        if point.way is Way.AFTER:
            await effect.happen()
        elif point.way is Way.PARTLY:
            await effect.parts[point.writes - 1]()
        else:
            await _let_others_happen()
        self.dead = True
        self.live()


async def _let_others_happen() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happens after a moment that is prepared once; `log` is what it adds to the log, like "ada create success".

    `passes` names effects that the story must have, or it is not told of what it stands for. Source and target agree
    at its end, unless the judge knows nothing of why they should not.
    """

    prelude: Callable[[], Awaitable[LocalEngine]]
    act: Callable[[LocalEngine], Awaitable[None]] = LocalEngine.run_cycle
    afterwards: Callable[[LocalEngine], Awaitable[None]] = LocalEngine.run_cycle
    log: Sequence[str]
    passes: Sequence[str]
    agrees: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How a story went without a crash, and so where it can be interrupted."""

    story: Story
    before: LocalEngine
    seen: Sequence[Seen]
    outcome: Outcome
    added: Sequence[str]
    """What the story added to the log."""

    @property
    def points(self) -> list[CrashPoint]:
        pairs = zip(self.seen, (None, *self.seen), strict=False)
        return [point for number, (seen, before) in enumerate(pairs) for point in seen.points(number, before)]


async def walk_through(story: Story) -> Walk:
    """Tell a story without a crash."""
    before = await story.prelude()
    local = before.copy()
    calm = Mortal(local)
    local.work_by(calm)
    await story.act(local)
    seen = tuple(calm.seen)
    outcome = await _ended(local, story)
    added = outcome.log + outcome.only_indexed - await log_of(before)
    return Walk(story=story, before=before, seen=seen, outcome=outcome, added=sorted(added.elements()))


async def died(walk: Walk, point: CrashPoint) -> Outcome:
    """Tell a story to its end although its process dies at one point of it."""
    local = walk.before.copy()
    fate = Mortal(local, point)
    local.work_by(fate)
    await walk.story.act(local)
    assert fate.dead, f"nobody died: {point}"
    reached = slice(point.number + 1)
    assert [*map(str, fate.seen[reached])] == [*map(str, walk.seen[reached])], f"it went another way before {point}"
    return await _ended(local, walk.story)


async def _ended(local: LocalEngine, story: Story) -> Outcome:
    local.work_by(CALM)
    writes = local.writes()
    await story.afterwards(local)
    assert local.writes() == writes, "the next cycle still had to write"
    return await outcome_of(local)


async def interrupted(local: LocalEngine, what: str, way: Way, *, writes: int = 0) -> LocalEngine:
    """Run the next cycle until a process dies at the first effect that says so."""
    rehearsal = local.copy()
    calm = Mortal(rehearsal)
    rehearsal.work_by(calm)
    await rehearsal.run_cycle()
    number = next(number for number, seen in enumerate(calm.seen) if what in str(seen))
    fate = Mortal(local, CrashPoint(number=number, way=way, writes=writes))
    local.work_by(fate)
    while not fate.dead:
        await local.step()
    return local
