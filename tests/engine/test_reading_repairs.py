"""Reading under races, losses and failures: what one slice does never undoes what another has done."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from sandbox.tenants import delta
from shared.configuration.configuration import Configuration
from shared.cycles.cycle import Cursor, Cycle, CycleKind, CyclePhase, CycleState
from shared.cycles.pending import DueClass, Pending, PendingState, WorkKind
from shared.cycles.scope_snapshot import ScopeSnapshot
from shared.cycles.state import QuarantineReason
from shared.cycles.work import Work
from shared.orchestration import read_users as read_users_module
from shared.orchestration.end_cycle import end_cycle
from shared.orchestration.find_absent import find_absent
from shared.orchestration.messages import decode_provisioning
from shared.orchestration.ports import Closing, Conflict, Watermark
from shared.orchestration.read_users import USERS, read_users
from shared.orchestration.reading import Reading
from shared.orchestration.record_staged import record_staged
from shared.orchestration.resend import resend_stalled
from shared.orchestration.take_snapshot import take_snapshot
from tests.engine.hazards import Meddler
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import (
    CONFIGURATION,
    SOURCE,
    Document,
    assigned_world,
    assignment,
    group,
    id_of,
    people,
    person,
    small_world,
)

LATER = timedelta(minutes=30)
HELD = 12
"""20 % of 60 people."""


async def begun(count: int = 3) -> LocalEngine:
    local = LocalEngine(small_world(people(count)))
    await local.begin()
    return local


async def slice_of(local: LocalEngine, cycle: Cycle | None = None) -> Reading:
    """A slice that has just been opened: of a cycle as it stands, or of a new initial one."""
    state = await local.state()
    now = local.clock.now()
    fresh = Cycle(
        configuration_id=state.configuration_id,
        number=state.cycle + 1,
        kind=CycleKind.INITIAL,
        state=CycleState.RUNNING,
        phase=CyclePhase.SNAPSHOT,
        cursor=Cursor(),
        sequence=0,
        heartbeat=now,
        started=now,
        configuration_version=1,
    )
    configuration = await local.engine.configurations.configuration(state.configuration_id, 1)
    assert configuration is not None
    return Reading(
        engine=local.engine,
        state=state,
        configuration=configuration,
        mapping=local.engine.mappings.of(configuration),
        source=local.engine.directories.source(configuration),
        target=local.engine.directories.target(configuration),
        cycle=cycle or await local.engine.cycles.create(fresh),
    )


def row(local: LocalEngine, source_id: str, **changes: object) -> Pending:
    plain = Pending(
        source_id=source_id,
        kind=WorkKind.EVALUATE,
        state=PendingState.WAITING,
        due=local.clock.now(),
        cycle=1,
        configuration_version=1,
        source=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


async def due_rows(local: LocalEngine) -> int:
    state = await local.state()
    until = local.clock.now()
    found = [
        await local.engine.entries.due(state.configuration_id, shard, due_class, until, 1000)
        for shard in range(state.shards)
        for due_class in DueClass
    ]
    return sum(len(each) for each in found)


async def test_of_two_slices_at_one_sequence_only_the_marks_of_the_one_ahead_count() -> None:
    local = await begun()
    reading = await slice_of(local)
    await take_snapshot(reading)
    ahead, behind = await slice_of(local, reading.cycle), await slice_of(local, reading.cycle)

    (await ahead.link_snapshot()).mark_seen(id_of("person0"))
    (await behind.link_snapshot()).mark_seen(id_of("person1"))
    await ahead.checkpoint()
    with pytest.raises(Conflict):
        await behind.checkpoint()

    links = await (await slice_of(local, ahead.cycle)).link_snapshot()
    assert not links.is_absent(id_of("person0"))
    assert links.is_absent(id_of("person1"))


async def test_of_two_slices_at_one_sequence_only_the_members_of_the_one_ahead_count() -> None:
    local = await begun()
    reading = await slice_of(local)
    reading.cycle = replace(reading.cycle, phase=CyclePhase.GROUPS)
    ahead, behind = await slice_of(local, reading.cycle), await slice_of(local, reading.cycle)

    ahead.scope, behind.scope = ScopeSnapshot(users=frozenset({"ada"})), ScopeSnapshot()
    await ahead.checkpoint()
    with pytest.raises(Conflict):
        await behind.checkpoint()

    scope = await (await slice_of(local, ahead.cycle)).scope_in_work()
    assert scope.everybody() == {"ada"}


async def test_of_two_slices_at_one_sequence_only_the_watermark_of_the_one_ahead_counts() -> None:
    local = await begun()
    reading = await slice_of(local)
    await take_snapshot(reading)
    await reading.checkpoint(phase=CyclePhase.USERS)
    ahead, behind = await slice_of(local, reading.cycle), await slice_of(local, reading.cycle)
    await behind.link_snapshot()

    await read_users(ahead)
    local.change({"op": "deleteUser", "id": id_of("person1")})
    with pytest.raises(Conflict):
        await read_users(behind)
    await find_absent(ahead)

    # The one ahead has seen this person: if not what follows its watermark, nothing else will tell of the removal.
    page = await ahead.source.users_page(await watermark(local))
    assert id_of("person1") in {entry.id for entry in page.entries}


async def watermark(local: LocalEngine) -> str:
    return next(each.link for each in await local.engine.watermarks.all((await local.state()).configuration_id))


async def test_members_of_a_group_that_is_deleted_while_the_cycle_reads_leave() -> None:
    meddler = Meddler()
    groups = [group("weavers", "person0", "person1"), group("dyers", "person2")]
    given = (assignment("weavers", "Group"), assignment("dyers", "Group"))
    local = LocalEngine(assigned_world(people(3), groups, *given), surroundings=meddler)
    await local.begin()

    def delete(request: httpx.Request) -> None:
        if meddler.on and request.url.path.endswith("/groups/delta"):
            meddler.on = False
            local.change({"op": "deleteGroup", "id": id_of("weavers")})

    meddler.meddle, meddler.on = delete, True
    await local.run_cycle()
    await local.run_cycle()

    assert len(local.deleted_users()) == 2
    local.assert_agreement()


async def test_work_that_was_read_twice_leaves_nothing_to_send_again() -> None:
    local = await begun()
    state = await local.state()
    await local.engine.entries.stage(state, [row(local, id_of("person0"))])
    local.clock.time += timedelta(minutes=1)
    await local.engine.entries.stage(state, [row(local, id_of("person0"))])
    await local.run_cycle()

    local.clock.time += LATER
    await resend_stalled(local.engine, await local.state())

    assert await local.queues.queue("provisioning").length() == 0
    assert await due_rows(local) == 0


async def test_a_backlog_of_one_shard_does_not_keep_another_waiting() -> None:
    local = await begun()
    state = await local.state()
    ids = [f"id{number}" for number in range(8000)]
    crowd = [each for each in ids if local.engine.entries.shard(each, state.shards) == 0][:500]
    lonely = next(each for each in ids if local.engine.entries.shard(each, state.shards) == 7)
    await local.engine.entries.stage(state, [row(local, each) for each in (*crowd, lonely)])

    local.clock.time += LATER
    await resend_stalled(local.engine, state)

    sent = [decode_provisioning(each.text) for each in await local.queues.queue("provisioning").receive(100)]
    assert {message.shard for message in sent} == {0, 7}


async def test_who_is_worked_on_while_an_initial_cycle_reads_is_not_taken_as_unchanged() -> None:
    local = await begun()
    person = id_of("person0")
    await local.engine.entries.stage(await local.state(), [row(local, person)])
    link = (await local.rows(person)).link
    assert link is not None

    reading = await slice_of(local)
    await take_snapshot(reading)

    links = await reading.link_snapshot()
    assert not links.unchanged(person, link.digest)
    assert links.is_busy(person)
    assert not links.is_busy(id_of("person1"))


async def test_whose_link_is_made_while_an_initial_cycle_reads_and_is_not_seen_is_evaluated() -> None:
    local = await begun()
    await local.engine.entries.stage(await local.state(), [row(local, "newcomer", kind=WorkKind.CREATE)])
    reading = await slice_of(local)
    await take_snapshot(reading)
    links = await reading.link_snapshot()
    for name in ("person0", "person1", "person2"):
        links.mark_seen(id_of(name))

    await provision(local, "newcomer")
    for _ in range(reading.state.shards):
        await find_absent(reading)

    pending = (await local.rows("newcomer")).pending
    assert pending is not None
    assert pending.kind is WorkKind.EVALUATE


@pytest.mark.parametrize(("people_for_a_page", "checkpoints"), [(5000, 6), (10, 2)])
async def test_of_many_people_more_pages_are_read_between_two_checkpoints(
    monkeypatch: pytest.MonkeyPatch, people_for_a_page: int, checkpoints: int
) -> None:
    """Of 300, on 60 pages: ten pages each, or thirty, where each ten people in the table ask for one."""
    monkeypatch.setattr(delta, "LARGEST_PAGE", 5)
    monkeypatch.setattr(read_users_module, "PEOPLE_FOR_A_PAGE", people_for_a_page)
    local = await begun(300)
    reading = await slice_of(local)
    await take_snapshot(reading)
    await reading.checkpoint(phase=CyclePhase.USERS)
    before = reading.cycle.sequence

    while reading.cycle.phase is CyclePhase.USERS:
        await read_users(reading)

    assert reading.cycle.imported == 300
    assert reading.cycle.sequence - before == checkpoints


async def test_a_checkpoint_is_not_put_off_for_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delta, "LARGEST_PAGE", 5)
    monkeypatch.setattr(read_users_module, "PEOPLE_FOR_A_PAGE", 1)
    local = LocalEngine(small_world(people(100)), surroundings=(slow := Meddler()))
    await local.begin()

    def pass_time(request: httpx.Request) -> None:
        if "/users/" in request.url.path:
            local.clock.time += timedelta(seconds=5)

    slow.meddle, slow.on = pass_time, True
    reading = replace(await slice_of(local), source=local.worker.directories.source(await declared(local)))
    await take_snapshot(reading)
    await reading.checkpoint(phase=CyclePhase.USERS)

    await read_users(reading)

    assert reading.cycle.imported == 60, "twelve pages of five seconds each are a minute"


async def declared(local: LocalEngine) -> Configuration:
    configuration = await local.engine.configurations.configuration(CONFIGURATION, 1)
    assert configuration is not None
    return configuration


async def test_whom_only_a_slice_that_died_has_seen_is_evaluated() -> None:
    local = await begun()
    reading = await slice_of(local)
    await take_snapshot(reading)
    dead, alive = await slice_of(local, reading.cycle), await slice_of(local, reading.cycle)

    await dead.stage({"newcomer": (WorkKind.CREATE, None)})
    await provision(local, "newcomer")
    await read_users(alive)
    for _ in range(reading.state.shards):
        await find_absent(alive)

    pending = (await local.rows("newcomer")).pending
    assert pending is not None
    assert pending.kind is WorkKind.EVALUATE
    assert await due_rows(local) == 1


async def test_who_is_disabled_after_a_slice_that_died_gave_them_an_object_is_evaluated() -> None:
    local = await begun()
    reading = await slice_of(local)
    await take_snapshot(reading)
    dead, alive = await slice_of(local, reading.cycle), await slice_of(local, reading.cycle)
    local.change({"op": "createUser", "user": person("newcomer")})
    await dead.stage({id_of("newcomer"): (WorkKind.CREATE, None)})
    await provision(local, id_of("newcomer"))

    local.change({"op": "updateUser", "id": id_of("newcomer"), "set": {"accountEnabled": False}})
    await read_users(alive)
    for _ in range(reading.state.shards):
        await find_absent(alive)

    pending = (await local.rows(id_of("newcomer"))).pending
    assert pending is not None
    assert pending.kind is WorkKind.EVALUATE


async def test_whom_an_initial_cycle_has_seen_and_given_an_object_is_not_evaluated_once_more() -> None:
    local = await begun()
    reading = await slice_of(local)
    await take_snapshot(reading)
    local.change({"op": "createUser", "user": person("newcomer")})

    await read_users(reading)
    await provision(local, id_of("newcomer"))
    later = await slice_of(local, reading.cycle)
    for _ in range(reading.state.shards):
        await find_absent(later)

    assert await due_rows(local) == 0


async def provision(local: LocalEngine, source_id: str) -> None:
    """Let a worker end a create: the link stands, and nothing is open."""
    state, now = await local.state(), local.clock.now()
    rows = await local.rows(source_id)
    made = (await local.rows(id_of("person0"))).link
    assert made is not None
    lease = Work(source_id=source_id, owner="worker", expires=now + LATER)
    (won,) = await local.engine.entries.lease(state, [lease])
    link = replace(made, source_id=source_id, etag="")
    await local.engine.entries.close(state, [Closing(pending=rows.pending, work=won, link=link)])


@pytest.mark.parametrize(("kind", "full"), [(CycleKind.INITIAL, True), (CycleKind.INCREMENTAL, False)])
async def test_after_an_initial_cycle_that_failed_everybody_is_evaluated_again(kind: CycleKind, full: bool) -> None:
    local = await begun()
    state = await local.state()
    await local.engine.configurations.save(replace(state, running=True))
    cycle = replace(await local.cycle(), kind=kind, state=CycleState.FAILED, error_code="Forbidden")

    await end_cycle(local.engine, cycle)

    assert (await local.state()).full_next is full


async def hold(local: LocalEngine) -> None:
    """Let so many leave the only group that the guard holds all of them."""
    await local.begin()
    local.change(*membership("removeMember"))
    await local.run_cycle()
    await local.run_cycle()
    assert await reason(local) is QuarantineReason.TOO_MANY_DELETES


def weavers() -> LocalEngine:
    names = [f"person{number}" for number in range(60)]
    return LocalEngine(assigned_world(people(60), [group("weavers", *names)], assignment("weavers", "Group")))


def membership(op: str) -> list[Document]:
    return [{"op": op, "groupId": id_of("weavers"), "memberId": id_of(f"person{number}")} for number in range(HELD)]


async def reason(local: LocalEngine) -> QuarantineReason | None:
    quarantine = (await local.state()).quarantine
    return None if quarantine is None else quarantine.reason


async def test_held_removals_that_reading_names_once_more_stay_held() -> None:
    local = weavers()
    await hold(local)

    local.change(*membership("addMember"), *membership("removeMember"))
    await local.run_for(3 * CYCLE)

    assert not local.deleted_users()
    assert await reason(local) is QuarantineReason.TOO_MANY_DELETES


async def test_held_people_who_are_members_again_lift_the_hold() -> None:
    local = weavers()
    await hold(local)

    local.change(*membership("addMember"))
    await local.run_for(3 * CYCLE)

    assert not local.deleted_users()
    assert await reason(local) is None


async def test_a_source_that_is_down_does_not_multiply_messages() -> None:
    local = await begun()
    local.change({"op": "updateUser", "id": id_of("person1"), "set": {"city": "Gera"}})

    local.simulation.set_faults("none", tenant_id=SOURCE, switches={"unavailable_before": 1.0})
    await local.run_for(timedelta(hours=3))
    waiting = await local.queues.queue("import").length()
    local.simulation.set_faults("none")
    await local.run_cycle()

    assert waiting == 1
    local.assert_agreement()


async def test_a_held_removal_that_becomes_due_at_another_time_is_told_once() -> None:
    local = await begun()
    state = await local.state()
    held = {"kind": WorkKind.REMOVE, "state": PendingState.STAGED, "staged_cycle": 1}

    for _ in range(2):
        await local.engine.entries.stage(state, [row(local, id_of("person0"), **held)])
        await record_staged(local.engine, state)
        local.clock.time += LATER

    told = [each for each in await local.index() if each.action == "stagedDelete"]
    assert len(told) == 1


async def test_a_link_that_graph_does_not_understand_fails_one_cycle_and_the_next_reads_everybody() -> None:
    local = await begun()
    link = "http://127.0.0.1:9/v1.0/users/delta?$deltatoken=of-another-tenant"
    await local.engine.watermarks.save(CONFIGURATION, Watermark(chain=USERS, link=link, issued=local.clock.now()))
    local.change({"op": "createUser", "user": person("newcomer")})

    await local.run_cycle()
    failed = await local.cycle()
    await local.run_cycle()

    assert failed.state is CycleState.FAILED
    assert (await local.cycle()).kind is CycleKind.INITIAL
    local.assert_agreement()
