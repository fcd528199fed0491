"""Law 4: too many removals at once are held, all of them, until the source is repaired."""

from datetime import timedelta

import pytest

from shared.configuration.configuration import Guard, Guards
from shared.cycles.pending import Pending, PendingState, Verdict, WorkKind
from shared.cycles.released import Released
from shared.cycles.removal_guard import decide_staged
from shared.cycles.state import QuarantineReason
from shared.orchestration.decide_held import NothingHeld, SetChanged, decide_held, held_removals
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.local_engine import CYCLE, START, TICK, LocalEngine
from tests.engine.small_world import Document, id_of, mail_of, people, small_world

POPULATION = 60
DAY = timedelta(hours=24)
LIMIT = 12
"""20 % of the population."""


def leave(count: int) -> list[Document]:
    return [{"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(count)]


def restore(count: int) -> list[Document]:
    return [{"op": "restoreUser", "id": id_of(f"person{number}")} for number in range(count)]


def disable(count: int) -> list[Document]:
    return [
        {"op": "updateUser", "id": id_of(f"person{number}"), "set": {"accountEnabled": False, "city": "Gera"}}
        for number in range(count)
    ]


async def provisioned(*, most: int = 500) -> LocalEngine:
    local = LocalEngine(small_world(people(POPULATION), guards={"removals": {"count": most}}))
    await local.begin()
    return local


async def test_fewer_than_the_limit_are_removed() -> None:
    local = await provisioned()

    local.change(*leave(LIMIT - 1))
    await local.run_cycle()

    local.assert_agreement()
    assert len(local.deleted_users()) == LIMIT - 1


async def test_at_the_limit_nobody_is_removed_and_the_configuration_is_in_quarantine() -> None:
    local = await provisioned()
    writes = local.writes()

    local.change(*leave(LIMIT))
    await local.run_cycle()

    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert local.writes() == writes
    local.assert_agreement()


async def test_held_removals_are_told_once_however_long_they_are_held() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))

    for _ in range(3):
        await local.run_cycle()

    told = [record for record in await local.index() if record.action is ProvisioningAction.STAGED_DELETE]
    assert len(told) == LIMIT
    assert {record.source.id for record in told} == {id_of(f"person{number}") for number in range(LIMIT)}
    assert {record.status for record in told} == {ProvisioningStatus.SKIPPED}


async def test_a_repaired_source_lifts_the_hold_and_nobody_is_removed() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()
    local.assert_agreement()

    local.change(*restore(LIMIT))
    await local.run_cycle()
    await local.run_cycle()

    assert (await local.state()).quarantine is None
    assert not local.deleted_users()
    local.assert_agreement()


async def test_a_hold_lets_other_changes_pass() -> None:
    local = await provisioned()

    local.change(*leave(LIMIT), *disable(LIMIT + 1)[-1:])
    local.change({"op": "updateUser", "id": id_of("person20"), "set": {"city": "Jena"}})
    await local.run_cycle()

    assert local.users()[mail_of("person20")]["city"] == "Jena"
    assert local.users()[mail_of("person12")]["city"] == "Gera"
    assert local.users()[mail_of("person12")]["accountEnabled"] is True
    assert not local.deleted_users()


async def test_disables_count_and_are_held_while_their_other_attributes_flow() -> None:
    local = await provisioned()

    local.change(*disable(LIMIT))
    await local.run_cycle()

    assert all(user["accountEnabled"] for user in local.users().values())
    assert local.users()[mail_of("person0")]["city"] == "Gera"
    assert (await local.state()).quarantine is not None


async def test_leavers_of_several_cycles_add_up_while_they_are_held() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()

    local.change({"op": "deleteUser", "id": id_of("person30")})
    await local.run_cycle()

    assert not local.deleted_users()
    assert (await local.workload()).staged == LIMIT + 1


async def test_when_enough_of_them_return_the_rest_is_removed() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()

    local.change(*restore(3))
    await local.run_cycle()
    await local.run_cycle()

    assert len(local.deleted_users()) == LIMIT - 3
    assert (await local.state()).quarantine is None


@pytest.mark.parametrize(("count", "removed"), [(5, 0), (4, 4)])
async def test_the_configuration_may_set_a_lower_number(count: int, removed: int) -> None:
    local = await provisioned(most=5)

    local.change(*leave(count))
    await local.run_cycle()

    assert len(local.deleted_users()) == removed


async def test_the_guard_holds_in_an_initial_cycle_too() -> None:
    local = await provisioned()

    local.change({"op": "resyncDelta"}, *leave(LIMIT))
    await local.run_cycle()

    assert not local.deleted_users()
    assert (await local.state()).quarantine is not None


async def test_the_share_is_of_the_people_who_are_provisioned_however_many_cycles_ago_they_came() -> None:
    local = await provisioned()
    for _ in range(3):
        await local.run_cycle()

    assert (await local.state()).population == POPULATION
    local.change(*leave(LIMIT))
    await local.run_cycle()

    assert not local.deleted_users()


def leavers(first: int, count: int) -> list[Document]:
    return [{"op": "deleteUser", "id": id_of(f"person{number}")} for number in range(first, first + count)]


async def digest_of(local: LocalEngine) -> str:
    return (await held_removals(local.engine, await local.state())).digest


async def decide(local: LocalEngine, verdict: Verdict, digest: str = "") -> None:
    await decide_held(local.engine, await local.state(), digest or await digest_of(local), verdict, "ada")


async def test_who_leaves_in_each_cycle_of_a_day_is_held_once_they_are_too_many_together() -> None:
    local = await provisioned()

    for cycle in range(3):
        local.change(*leavers(cycle * 5, 5))
        await local.run_cycle()

    assert len(local.deleted_users()) == 10
    assert (await local.state()).quarantine is not None


async def test_four_hundred_and_ninety_nine_in_every_cycle_of_a_day_are_held() -> None:
    guards = Guards(removals=Guard(count=500, share=1.0), disables=Guard(count=500, share=1.0))
    released, now, let_through = Released(), START, 0

    for cycle in range(36):
        rows = [staged_row(f"{cycle}/{number}") for number in range(499)]
        decision = decide_staged(rows, released, 100_000, guards, now)
        if decision.released:
            let_through += 499
            released = released.with_more({WorkKind.REMOVE: [row.source_id for row in rows]}, now, now - DAY)
        now += timedelta(minutes=40)

    assert let_through == 499


async def test_after_the_window_as_many_may_leave_again() -> None:
    local = await provisioned()
    local.change(*leavers(0, 9))
    await local.run_cycle()

    local.change(*leavers(9, 9))
    await local.run_for(timedelta(hours=23))
    assert len(local.deleted_users()) == 9

    await local.run_for(timedelta(hours=2))
    assert len(local.deleted_users()) == 18
    assert (await local.state()).quarantine is None


async def test_who_leaves_returns_and_leaves_again_counts_once() -> None:
    local = await provisioned()

    for _ in range(3):
        local.change(*leavers(0, 9))
        await local.run_cycle()
        local.change(*restore(9))
        await local.run_cycle()
        await local.run_cycle()

    assert (await local.state()).quarantine is None
    local.assert_agreement()


async def test_a_guard_over_disables_alone_holds_fewer_of_them() -> None:
    guards = {"removals": {"count": 500}, "disables": {"count": 3}}
    local = LocalEngine(small_world(people(POPULATION), guards=guards))
    await local.begin()

    local.change(*leavers(0, 5), *disable(8)[-2:])
    await local.run_cycle()
    assert len(local.deleted_users()) == 5

    local.change(*disable(9)[-1:])
    await local.run_cycle()
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert "from 3 on" in quarantine.message


async def test_what_is_approved_is_removed_exactly_and_counts_no_more() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()

    digest = await digest_of(local)
    local.change(*leavers(30, 5))
    await decide(local, Verdict.APPROVED, digest)
    await local.run_cycle()

    assert len(local.deleted_users()) == LIMIT + 5, "five more are fewer than the guard holds"
    assert (await local.state()).quarantine is None
    records = [each for each in await local.index() if each.action is ProvisioningAction.DELETE]
    assert sorted(record.initiated_by for record in records) == [""] * 5 + ["ada"] * LIMIT


async def test_whoever_has_come_back_is_not_removed_though_it_was_approved() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()

    digest = await digest_of(local)
    local.change(*restore(3))
    await decide(local, Verdict.APPROVED, digest)
    await local.run_cycle()

    assert len(local.deleted_users()) == LIMIT - 3
    local.assert_agreement()


async def test_a_set_that_has_changed_is_asked_for_again_and_nobody_is_removed() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()
    digest = await digest_of(local)
    local.change(*leavers(30, 1))
    await local.run_cycle()

    with pytest.raises(SetChanged):
        await decide(local, Verdict.APPROVED, digest)

    await local.run_for(timedelta(minutes=30))
    assert not local.deleted_users()


async def test_what_is_rejected_stays_through_full_cycles_and_is_not_asked_for_again() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()
    await decide(local, Verdict.REJECTED)
    assert (await local.state()).quarantine is None

    local.change({"op": "resyncDelta"})
    for _ in range(2):
        await local.run_cycle()

    assert not local.deleted_users()
    assert (await local.state()).quarantine is None
    with pytest.raises(NothingHeld):
        await decide(local, Verdict.REJECTED, "anything")


async def test_a_rejected_person_who_returned_is_an_ordinary_leaver_the_next_time() -> None:
    local = await provisioned()
    local.change(*leave(LIMIT))
    await local.run_cycle()
    await decide(local, Verdict.REJECTED)

    local.change(*restore(LIMIT))
    await local.run_cycle()
    local.change(*leave(2))
    await local.run_cycle()

    assert len(local.deleted_users()) == 2
    local.assert_agreement()


async def test_a_rejected_disable_keeps_the_account_while_other_attributes_flow() -> None:
    local = await provisioned()
    local.change(*disable(LIMIT))
    await local.run_cycle()
    await decide(local, Verdict.REJECTED)

    local.change({"op": "updateUser", "id": id_of("person0"), "set": {"city": "Jena"}})
    await local.run_cycle()

    assert local.users()[mail_of("person0")]["city"] == "Jena"
    assert all(user["accountEnabled"] for user in local.users().values())
    assert (await local.state()).quarantine is None


@pytest.mark.parametrize("verdict", [Verdict.APPROVED, Verdict.REJECTED])
@pytest.mark.parametrize("full", [False, True])
async def test_who_leaves_after_a_verdict_about_their_disable_is_counted_as_a_leaver(
    verdict: Verdict, full: bool
) -> None:
    local = await provisioned()
    local.change(*disable(LIMIT))
    await local.run_cycle()
    await decide(local, verdict)
    await local.run_cycle()

    local.change(*leave(LIMIT), *([{"op": "resyncDelta"}] if full else []))
    await local.run_cycle()

    state, pending = await local.state(), (await local.rows(id_of("person0"))).pending
    assert state.quarantine is not None
    assert state.quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert pending is not None
    assert pending.staged_cycle > state.released_cycle, "what the guard has not counted is as good as released"


def staged_row(source_id: str) -> Pending:
    return Pending(
        source_id=source_id,
        kind=WorkKind.REMOVE,
        state=PendingState.STAGED,
        due=START,
        cycle=1,
        configuration_version=1,
        source=None,
    )


async def test_what_was_released_before_a_hold_and_could_not_be_removed_counts_as_staged_again() -> None:
    local = await provisioned(most=3)
    local.simulation.set_faults("none", tenant_id=local.target_id, switches={"unavailable_before": 1.0})
    local.change(*leave(2))
    await local.run_for(CYCLE + TICK)
    released = (await local.state()).released_cycle

    local.change(*leave(4)[2:])
    await local.run_for(CYCLE)
    local.simulation.set_faults("none")
    await local.run_cycle()

    assert (await local.state()).released_cycle == released
    assert (await local.workload()).staged == 4
    assert (await local.workload()).due == 0
    assert not local.deleted_users()


async def test_whose_disable_cannot_be_tried_is_not_waited_for_and_counts_when_it_can() -> None:
    local = await provisioned(most=2)
    taken = {"accountEnabled": False, "mail": mail_of("person9")}
    local.change(*leavers(5, 1), {"op": "updateUser", "id": id_of("person0"), "set": taken})
    await local.run_cycle()
    held, quarantine = local.deleted_users(), (await local.state()).quarantine

    await local.run_cycle()
    released = len(local.deleted_users())
    local.change({"op": "updateUser", "id": id_of("person0"), "set": {"mail": mail_of("person0")}})
    await local.run_cycle()

    assert not held
    assert quarantine is not None
    assert released == 1, "somebody in escrow holds up nobody else"
    assert local.users()[mail_of("person0")]["accountEnabled"] is True, "the second one within a day is held"
    assert (await local.state()).quarantine is not None
