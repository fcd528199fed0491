"""Who is next? Removals before updates before creates, whoever was found first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.work import Work
from shared.orchestration.dispatch import CREATES, dispatch, next_chunk
from shared.orchestration.hints import CHUNK
from shared.orchestration.messages import decode_provisioning
from shared.orchestration.start_cycles import tick
from tests.engine.hazards import Meddler, writes_of
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import id_of, people, small_world

MINUTE = timedelta(minutes=1)


async def begun(count: int = 3) -> LocalEngine:
    local = LocalEngine(small_world(people(count)))
    await local.begin()
    return local


def row(local: LocalEngine, source_id: str, kind: WorkKind, *, age: timedelta = MINUTE, reason: str = "") -> Pending:
    return Pending(
        source_id=source_id,
        kind=kind,
        state=PendingState.WAITING,
        due=local.clock.now() - age,
        cycle=1,
        configuration_version=1,
        source=None,
        reason=reason,
    )


def ids_of_shard(local: LocalEngine, shard: int, count: int, *, of: str = "id") -> list[str]:
    ids = (f"{of}{number}" for number in range(100 * count))
    found = [each for each in ids if local.engine.entries.shard(each, 8) == shard]
    return found[:count]


async def chunk_of(local: LocalEngine, rows: Sequence[Pending]) -> tuple[str, ...]:
    state = await local.state()
    await local.engine.entries.stage(state, rows)
    return await next_ids(local)


async def next_ids(local: LocalEngine) -> tuple[str, ...]:
    return tuple(pending.source_id for pending in await next_chunk(local.engine, await local.state(), 0))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (WorkKind.REMOVE, WorkKind.UPDATE),
        (WorkKind.REMOVE, WorkKind.EVALUATE),
        (WorkKind.UPDATE, WorkKind.DISABLE),
        (WorkKind.DISABLE, WorkKind.CREATE),
        (WorkKind.EVALUATE, WorkKind.CREATE),
    ],
)
async def test_what_is_more_urgent_goes_first_though_it_was_found_later(first: WorkKind, second: WorkKind) -> None:
    local = await begun()
    late, early = ids_of_shard(local, 0, 2)

    chunk = await chunk_of(local, [row(local, early, second, age=60 * MINUTE), row(local, late, first)])

    assert chunk == (late, early)


@pytest.mark.parametrize(("kind", "most"), [(WorkKind.CREATE, CREATES), (WorkKind.UPDATE, CHUNK)])
async def test_a_chunk_takes_so_many(kind: WorkKind, most: int) -> None:
    local = await begun()

    chunk = await chunk_of(local, [row(local, each, kind) for each in ids_of_shard(local, 0, most + 10)])

    assert len(chunk) == most


async def test_what_is_not_due_or_is_worked_on_is_left_however_much_of_it_stands_in_front() -> None:
    local = await begun()
    state = await local.state()
    *busy, later, idle = ids_of_shard(local, 0, 60)
    rows = [row(local, each, WorkKind.UPDATE, age=60 * MINUTE) for each in busy]
    expires = local.clock.now() + MINUTE
    await local.engine.entries.lease(state, [Work(source_id=each, owner="other", expires=expires) for each in busy])

    chunk = await chunk_of(
        local, [*rows, row(local, later, WorkKind.UPDATE, age=-MINUTE), row(local, idle, WorkKind.UPDATE)]
    )

    assert chunk == (idle,)


async def test_whoever_a_pass_failed_over_goes_alone_and_holds_up_nobody() -> None:
    local = await begun()
    state = await local.state()
    odd, *others = ids_of_shard(local, 0, 5)
    rows = [row(local, each, WorkKind.UPDATE) for each in others]

    chunk = await chunk_of(local, [row(local, odd, WorkKind.UPDATE, age=60 * MINUTE, reason="InternalError"), *rows])
    assert chunk == (odd,)

    await local.engine.entries.stage(state, [row(local, odd, WorkKind.UPDATE, age=-MINUTE, reason="InternalError")])
    assert set(await next_ids(local)) == set(others)


async def test_an_escrow_is_tried_once_in_each_later_cycle() -> None:
    local = await begun()
    state = await local.state()
    escrowed = Pending(
        source_id=ids_of_shard(local, 0, 1)[0],
        kind=WorkKind.CREATE,
        state=PendingState.ESCROWED,
        due=local.clock.now(),
        cycle=state.cycle,
        configuration_version=1,
        source=None,
    )

    assert await chunk_of(local, [escrowed]) == ()
    await local.run_for(timedelta(minutes=45))
    assert (await local.state()).cycle > state.cycle
    assert (await local.rows(escrowed.source_id)).pending is None, "nobody by that id is in the source"


async def test_only_one_hint_about_a_shard_is_under_way() -> None:
    local = await begun()
    state = await local.state()
    queue = local.queues.queue("provisioning")

    for _ in range(3):
        await dispatch(local.engine, state, [0, 1])
    assert [decode_provisioning(each.text).shard for each in await queue.receive(10)] == [0, 1]

    local.clock.time += timedelta(minutes=11)
    await dispatch(local.engine, state, [0])
    assert await queue.length() == 3


async def test_a_hint_that_was_lost_is_sent_again_by_the_tick() -> None:
    local = await begun()
    state = await local.state()
    lost = local.queues.queue("provisioning")
    await local.engine.entries.stage(state, [row(local, id_of("person0"), WorkKind.EVALUATE)])
    await dispatch(local.engine, state, range(8))
    for message in await lost.receive(10):
        await lost.delete(message)

    local.clock.time += timedelta(minutes=11)
    await tick(local.engine)
    while await local.queues.queue("provisioning").length():
        await local.step()

    assert (await local.rows(id_of("person0"))).pending is None


@pytest.mark.parametrize("workers", [1, 8])
async def test_a_leaver_found_while_fifty_thousand_creates_wait_is_removed_before_the_next_hundred(
    workers: int,
) -> None:
    writes = list[str]()
    meddler = Meddler(lambda request: writes.extend(writes_of(request)))
    local = LocalEngine(small_world(people(600)), surroundings=meddler, workers=workers)
    await local.start()
    while len(local.users()) < 100:
        await local.step()
    assert not (await local.state()).running
    await wait_for_creates(local, 50_000)
    leaver = await somebody_provisioned(local)

    local.change({"op": "deleteUser", "id": leaver})
    await start_next_cycle(local)
    meddler.on = True
    while not local.deleted_users():
        await local.step()

    assert sum("invitations" in write for write in writes) < 100


async def wait_for_creates(local: LocalEngine, count: int) -> None:
    rows = [row(local, f"nobody{number}", WorkKind.CREATE, age=timedelta(0)) for number in range(count)]
    await local.engine.entries.stage(await local.state(), rows)


async def somebody_provisioned(local: LocalEngine) -> str:
    for number in range(600):
        if (await local.rows(id_of(f"person{number}"))).link is not None:
            return id_of(f"person{number}")
    raise AssertionError("nobody is provisioned yet")


async def start_next_cycle(local: LocalEngine) -> None:
    """Let the next cycle be due now, and return when its guard has released what is staged."""
    state = await local.state()
    await local.engine.configurations.save(replace(state, next_due=local.clock.now()))
    await tick(local.worker)
    while (await local.state()).released_cycle <= state.cycle:
        await local.step()
