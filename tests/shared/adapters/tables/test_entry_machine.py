"""Whatever a reader and two workers do, at once and with lost answers: is nothing lost or counted twice?"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.memory.clock import ManualClock
from shared.adapters.memory.rows import MemoryTables
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.rows import Rows
from shared.cycles.pending import DueClass
from shared.orchestration.ports import Closing, ClosingResult
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.shared.adapters.tables.disturbed_rows import DisturbedRows
from tests.shared.adapters.tables.values import CREATED, HOUR, ONE_SHARD, STATE, intent, link, pending, record, work

PEOPLE = ("a", "b")
WORKERS = ("first", "second")
CONFIGURATION = STATE.configuration_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens; `lost` is the commit whose answer is lost, `follows` leaves the entries waiting."""

    name: str
    people: tuple[str, ...]
    worker: str
    follows: bool
    lost: int | None


STEPS = st.builds(
    Step,
    name=st.sampled_from(["stage", "stage", "lease", "lease", "lease", "close", "race", "race", "expire"]),
    people=st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True).map(tuple),
    worker=st.sampled_from(WORKERS),
    follows=st.booleans(),
    lost=st.none() | st.integers(0, 2),
)


@dataclass(slots=True)
class World:
    """One shard, and what a model remembers of it."""

    rows: Rows = field(default_factory=lambda: MemoryTables().rows("entries"))
    clock: ManualClock = field(default_factory=ManualClock)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    held: dict[str, list[Closing]] = field(default_factory=dict)
    staged: dict[str, int] = field(default_factory=dict)
    """The cycle of the newest pending row that the reader wrote."""
    consumed: dict[str, int] = field(default_factory=dict)
    """The newest cycle whose pending row a closing deleted."""
    closed: Counter[str] = field(default_factory=Counter)

    def store(self, lost: int | None = None) -> TableEntryStore:
        rows = self.rows if lost is None else DisturbedRows(self.rows, fails_at=lost, happened=True)
        return TableEntryStore(rows, self.clock, "slot")

    async def do(self, step: Step) -> None:
        match step.name:
            case "stage":
                await self.stage(step.people)
            case "lease":
                await self.lease(step)
            case "close":
                await self.close(step, step.worker)
            case "race":
                await asyncio.gather(*(self.close(step, worker) for worker in WORKERS), self.stage(step.people))
            case _:
                await self.clock.advance(HOUR)

    async def stage(self, people: Sequence[str]) -> None:
        rows = [pending(person, cycle=next(self.numbers)) for person in people]
        self.staged |= {row.source_id: row.cycle for row in rows}
        await self.store().stage(ONE_SHARD, rows)

    async def lease(self, step: Step) -> None:
        expires = self.clock.now() + HOUR
        wanted = [work(person, step.worker, expires=expires, intent=intent()) for person in step.people]
        won = await self.store().lease(ONE_SHARD, wanted)
        read = await self.store().read(ONE_SHARD, step.people)
        self.held[step.worker] = [Closing(pending=read[each.source_id].pending, work=each) for each in won]

    async def close(self, step: Step, worker: str) -> None:
        closings = [self.ending(closing, step) for closing in self.held.pop(worker, [])]
        results = await self.store(step.lost).close(ONE_SHARD, closings)
        for closing, result in zip(closings, results, strict=True):
            self.closed[closing.work.source_id] += result is not ClosingResult.LOST
            if result is ClosingResult.CLOSED and closing.pending is not None and closing.next is None:
                self.consumed[closing.work.source_id] = closing.pending.cycle
        await self.drop_closed()

    def ending(self, closing: Closing, step: Step) -> Closing:
        source_id, number = closing.work.source_id, next(self.numbers)
        later = self.clock.now() + timedelta(minutes=number)
        following = None if closing.pending is None else replace(closing.pending, due=later, attempts=number, etag="")
        return replace(
            closing,
            link=link(source_id),
            next=following if step.follows else None,
            log=record(source_id, id=f"r{number}", started=later),
            count=CREATED,
        )

    async def drop_closed(self) -> None:
        works = await self.store().open_works(CONFIGURATION, 0)
        await self.store().drop_works(CONFIGURATION, 0, [each for each in works if each.log_key])

    async def check(self) -> None:
        store = self.store()
        read = await store.read(ONE_SHARD, PEOPLE)
        due = [
            entry
            for each in DueClass
            for entry in await store.due(CONFIGURATION, 0, each, HOUR * 9000 + self.clock.now(), 1000)
        ]
        for person, entry in read.items():
            if entry.pending is not None:
                assert entry.pending.cycle == self.staged[person], "an older row stands"
                assert (person, entry.pending.due) in {(each.source_id, each.due) for each in due}
            else:
                assert self.consumed.get(person) == self.staged.get(person), "a pending row was lost"
            assert len(await store.log_records(ONE_SHARD, person, 1000)) == self.closed[person]
            assert (entry.link is not None) == (self.closed[person] > 0)
        counters = await store.counters(ONE_SHARD, 1)
        assert counters.of(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == self.closed.total()


@settings(max_examples=80, deadline=None)
@given(st.lists(STEPS, min_size=12, max_size=30))
async def test_nothing_is_lost_overwritten_or_counted_twice(steps: list[Step]) -> None:
    world = World()

    for step in steps:
        await world.do(step)
        await world.check()
