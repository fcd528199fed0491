"""What if nobody knows whether an invitation was carried out, and the world goes on meanwhile?"""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from sandbox.tenants.faults import FaultSwitches
from shared.cycles.pending import WorkKind
from shared.orchestration.control_job import pause_job, start_job
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.provisioning.link import LinkOrigin
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.hazards import CALM, Doom, Meddler, ProcessDied, writes_of
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, id_of, mail_of, person, small_world


def invites(request: httpx.Request) -> bool:
    return any(write.startswith("POST /invitations") for write in writes_of(request))


def sets_attributes(request: httpx.Request) -> bool:
    return any(write.startswith("PATCH ") for write in writes_of(request))


def never_carried_out() -> Meddler:
    """Answers 503 to invitations, which have not happened."""
    error = {"error": {"code": "serviceNotAvailable", "message": "Try again."}}
    return Meddler(lambda request: httpx.Response(503, json=error) if invites(request) else None)


async def until_unclear(local: LocalEngine, meddler: Meddler) -> None:
    """Run until Ada's invitation was sent and its answer did not come."""
    meddler.on = True
    await local.start()
    while not (rows := await local.rows(id_of("ada"))).work or rows.pending is None or not rows.pending.reason:
        await local.step()
    meddler.on = False


async def test_a_guest_whom_somebody_invites_hours_after_our_lost_invitation_is_not_ours() -> None:
    meddler = never_carried_out()
    local = LocalEngine(small_world([person("ada"), person("cleo")], adoption="none"), surroundings=meddler)
    await until_unclear(local, meddler)
    await pause_job(local.engine, CONFIGURATION)
    await local.run_for(timedelta(hours=20))
    local.change_target({"op": "createGuest", "mail": mail_of("ada")})
    before = local.users()[mail_of("ada")]

    await start_job(local.engine, CONFIGURATION)
    await local.run_for(timedelta(hours=2))

    assert local.users()[mail_of("ada")] == before
    assert (await local.rows(id_of("ada"))).link is None


async def test_a_mail_that_changes_after_a_lost_answer_leaves_one_object() -> None:
    meddler = Meddler(loses=invites)
    local = LocalEngine(small_world([person("ada"), person("cleo")]), surroundings=meddler)
    await until_unclear(local, meddler)

    renamed = {"mail": mail_of("ada.lovelace"), "userPrincipalName": mail_of("ada.lovelace")}
    local.change({"op": "updateUser", "id": id_of("ada"), "set": renamed})
    await local.run_for(timedelta(hours=2))

    assert sorted(local.users()) == [mail_of("ada.lovelace"), mail_of("cleo")]
    assert local.users()[mail_of("ada.lovelace")]["userType"] == "Member"


async def test_what_a_lost_invitation_made_for_somebody_who_has_left_is_removed() -> None:
    meddler = Meddler(loses=invites)
    local = LocalEngine(small_world([person("ada"), person("cleo")]), surroundings=meddler)
    await until_unclear(local, meddler)

    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_for(timedelta(hours=3))

    assert sorted(local.users()) == [mail_of("cleo")]


async def test_what_a_lost_invitation_made_is_not_adopted_for_whoever_is_given_the_address() -> None:
    meddler = Meddler(loses=invites)
    local = LocalEngine(small_world([person("ada"), person("cleo")], adoption="automatic"), surroundings=meddler)
    await until_unclear(local, meddler)
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": False}})
    await local.run_for(timedelta(hours=2))
    object_id = local.users()[mail_of("ada")]["id"]

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"mail": mail_of("ada.lovelace")}})
    await local.run_for(timedelta(hours=2))
    local.change({"op": "createUser", "user": person("bert", mail=mail_of("ada"))})
    await local.run_for(timedelta(hours=2))

    linked = (await local.rows(id_of("ada"))).link
    assert linked is not None
    assert linked.target_id == object_id
    assert (await local.rows(id_of("bert"))).link is None
    assert local.users()[mail_of("ada.lovelace")]["displayName"] == "Ada"


async def test_whose_invitation_was_answered_with_the_guest_of_another_is_invited_by_their_new_address() -> None:
    local, invited = None, False

    def guest_comes_first(request: httpx.Request) -> None:
        nonlocal invited
        if invites(request) and mail_of("ada").encode() in request.content and local is not None and not invited:
            invited = True
            old = {"createdDateTime": "2019-01-01T00:00:00Z"}
            local.change_target({"op": "createGuest", "mail": mail_of("ada"), "set": old})

    meddler = Meddler(guest_comes_first, loses=lambda request: invited and not invites(request))
    local = LocalEngine(small_world([person("ada"), person("cleo")], adoption="none"), surroundings=meddler)
    await until_unclear(local, meddler)
    guest = local.users()[mail_of("ada")]

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"mail": mail_of("ada.lovelace")}})
    await local.run_for(timedelta(hours=3))

    assert local.users()[mail_of("ada")] == guest
    assert local.users()[mail_of("ada.lovelace")]["displayName"] == "Ada"


async def test_somebody_whose_invited_object_was_purged_is_invited_anew() -> None:
    meddler = Meddler(loses=sets_attributes)
    local = LocalEngine(small_world([person("ada"), person("cleo")]), surroundings=meddler)
    await until_unclear(local, meddler)
    first = local.users()[mail_of("ada")]["id"]

    local.change_target({"op": "deleteUser", "id": first}, {"op": "purgeUser", "id": first})
    await local.run_for(timedelta(hours=3))

    assert local.users()[mail_of("ada")]["id"] != first
    assert local.users()[mail_of("ada")]["userType"] == "Member"


async def test_lost_answers_to_the_first_attributes_end_as_one_create_of_a_member() -> None:
    meddler = Meddler(loses=sets_attributes)
    local = LocalEngine(small_world([person("ada"), person("cleo")]), surroundings=meddler)
    await until_unclear(local, meddler)

    await local.run_for(timedelta(hours=2))

    local.assert_agreement()
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert link.origin is LinkOrigin.CREATED
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 2


async def test_an_address_that_its_claimant_has_given_up_can_be_had_by_another() -> None:
    meddler = never_carried_out()
    local = LocalEngine(small_world([person("ada")]), surroundings=meddler)
    await until_unclear(local, meddler)

    local.change({"op": "createUser", "user": person("cleo", mail=mail_of("ada"))})
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"mail": mail_of("lovelace")}})
    await local.run_for(timedelta(hours=6))

    assert sorted(local.users()) == [mail_of("ada"), mail_of("lovelace")]


async def invited_and_dead(*, most: int = 500, kind: str = "Guest") -> LocalEngine:
    """Ada's worker has died when it had written down which object its invitation made, or its attributes, too."""
    effects = 1
    while True:
        scenario = small_world([person("ada"), person("cleo")], guards={"removals": {"count": most}})
        local = LocalEngine(scenario, surroundings=Doom(effects))
        await local.start()
        while local.surroundings is not CALM:
            await local.step()
        work = (await local.rows(id_of("ada"))).work
        begun = work is not None and work.intent is not None and work.intent.target_id
        if begun and local.users()[mail_of("ada")]["userType"] == kind:
            return local
        effects += 1


async def die_over_ada(local: LocalEngine) -> None:
    """Let a worker take the lease on Ada, and die."""
    local.work_by(Doom(1))
    with pytest.raises(ProcessDied):
        await provision_on_demand(local.worker, CONFIGURATION, [id_of("ada")], "operator")
    local.work_by(CALM)
    local.clock.time += timedelta(minutes=11)


async def test_a_create_that_succeeds_after_a_failure_and_a_dead_worker_has_a_record_of_its_own() -> None:
    local = await invited_and_dead()
    invited = local.users()[mail_of("ada")]["id"]
    local.change_target({"op": "deleteUser", "id": invited})
    await local.run_cycle()
    failures = await local.records(id_of("ada"))

    await die_over_ada(local)
    local.change_target({"op": "restoreUser", "id": invited})
    await local.run_for(timedelta(hours=2))

    assert {record.status for record in failures} == {ProvisioningStatus.FAILURE}
    statuses = [record.status for record in await local.records(id_of("ada"))]
    assert statuses == [ProvisioningStatus.SUCCESS, *(record.status for record in failures)]
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 2


async def test_who_is_back_before_what_a_dead_worker_invited_is_removed_becomes_a_member() -> None:
    local = await invited_and_dead(most=1)
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    assert (await local.workload()).staged == 1

    local.change({"op": "restoreUser", "id": id_of("ada")})
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["userType"] == "Member"
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 2


async def test_whoever_was_a_joiner_when_the_guard_released_is_counted_once_their_invitation_is_known() -> None:
    local = await invited_and_dead(most=1)
    while not (state := await local.state()).released_cycle:
        await local.step()
    row = (await local.rows(id_of("ada"))).pending
    assert row is not None
    joiner = replace(row, kind=WorkKind.EVALUATE, staged_cycle=state.released_cycle)
    await local.engine.entries.exchange(state, [(row, joiner)])

    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    await local.run_cycle()

    assert mail_of("ada") in local.users()
    assert (await local.workload()).staged == 1


async def test_the_disable_of_what_a_dead_worker_invited_is_held_like_any_other() -> None:
    local = await invited_and_dead(most=1)

    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": False}})
    await local.run_cycle()
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["accountEnabled"] is True
    assert local.users()[mail_of("ada")]["userType"] == "Member"
    assert (await local.workload()).staged == 1


async def test_whom_a_dead_worker_may_have_invited_may_be_one_leaver_too_many() -> None:
    limit = {"removals": {"count": 2}}
    whole = LocalEngine(small_world([person("bert"), person("cleo")], guards=limit))
    await whole.start()
    await whole.run_cycle()
    whole.change({"op": "createUser", "user": person("ada")})
    effects = 0
    local = whole
    while not (work := (await local.rows(id_of("ada"))).work) or work.intent is None:
        effects += 1
        local = whole.copy()
        local.work_by(Doom(effects))
        while local.surroundings is not CALM:
            await local.step()
    state, row = await local.state(), (await local.rows(id_of("ada"))).pending
    assert row is not None
    doubted = replace(row, kind=WorkKind.EVALUATE, staged_cycle=state.cycle + 1)
    await local.engine.entries.exchange(state, [(row, doubted)])
    local.change({"op": "deleteUser", "id": id_of("bert")})
    local.simulation.set_faults("none", tenant_id=local.target_id, switches={"unavailable_before": 1.0})
    before = state.released_cycle

    await local.run_cycle()
    released = (await local.state()).released_cycle
    local.simulation.set_faults("none")
    await local.run_cycle()

    assert released == before, "nobody could tell whether she is there and has to go, as the second one"
    assert sorted(local.users()) == [mail_of("ada"), mail_of("cleo")]


async def invited_anew_and_dead() -> LocalEngine:
    """Ada's object was purged, and the worker that invited her anew has died when it had written that down."""
    local = LocalEngine(small_world([person("ada"), person("cleo")]))
    await local.start()
    await local.run_cycle()
    first = local.users()[mail_of("ada")]["id"]
    local.change_target({"op": "deleteUser", "id": first}, {"op": "purgeUser", "id": first})
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"city": "Gera"}})
    while (await local.rows(id_of("ada"))).pending is None:
        await local.step()
    effects = 1
    while True:
        attempt = local.copy()
        attempt.work_by(Doom(effects))
        while attempt.surroundings is not CALM:
            await attempt.step()
        work = (await attempt.rows(id_of("ada"))).work
        if work is not None and work.intent is not None and work.intent.target_id:
            return attempt
        effects += 1


async def test_whoever_was_invited_anew_by_a_worker_that_died_has_a_link_to_the_new_object() -> None:
    local = await invited_anew_and_dead()

    await local.run_for(timedelta(hours=2))

    local.assert_agreement()
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert link.target_id == local.users()[mail_of("ada")]["id"]
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 3


async def test_what_a_worker_that_died_made_anew_for_somebody_who_has_left_is_removed() -> None:
    local = await invited_anew_and_dead()

    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_for(timedelta(hours=3))

    assert sorted(local.users()) == [mail_of("cleo")]


async def invited_dead_and_removed(kind: str = "Guest") -> LocalEngine:
    """What a worker invited for Ada before it died was removed, because Ada has left."""
    local = await invited_and_dead(kind=kind)
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_for(timedelta(hours=3))
    assert sorted(local.users()) == [mail_of("cleo")]
    return local


async def test_who_is_back_after_what_a_dead_worker_invited_was_removed_becomes_a_member() -> None:
    local = await invited_dead_and_removed()

    local.change({"op": "restoreUser", "id": id_of("ada")})
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("ada")]["userType"] == "Member"
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 2


async def test_who_is_back_by_somebody_elses_hand_after_it_was_removed_becomes_a_member() -> None:
    local = await invited_dead_and_removed()

    local.change_target({"op": "restoreUser", "id": next(iter(local.deleted_users()))})
    local.change({"op": "restoreUser", "id": id_of("ada")})
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["userType"] == "Member"
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 2


async def test_an_object_that_had_everything_when_its_worker_died_has_a_record_of_its_create_once_it_is_back() -> None:
    local = await invited_dead_and_removed(kind="Member")
    writes = local.writes()

    local.change_target({"op": "restoreUser", "id": next(iter(local.deleted_users()))})
    local.change({"op": "restoreUser", "id": id_of("ada")})
    await local.run_cycle()

    assert local.writes() == writes
    assert await local.counted(ProvisioningAction.CREATE, ProvisioningStatus.SUCCESS) == 2


async def test_an_invited_object_that_somebody_deletes_before_it_is_known_and_restores_later_is_still_ours() -> None:
    meddler = Meddler(loses=invites)
    local = LocalEngine(small_world([person("ada"), person("cleo")], adoption="none"), surroundings=meddler)
    await until_unclear(local, meddler)
    invited = local.users()[mail_of("ada")]["id"]
    local.change_target({"op": "deleteUser", "id": invited})
    await local.run_for(timedelta(hours=2))

    local.change_target({"op": "restoreUser", "id": invited})
    await local.run_for(timedelta(hours=12))

    assert local.users()[mail_of("ada")]["id"] == invited
    assert local.users()[mail_of("ada")]["userType"] == "Member"
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert link.origin is LinkOrigin.CREATED


@pytest.mark.parametrize("seed", [3, 5])
async def test_what_was_invited_for_somebody_who_left_before_a_replica_showed_it_is_removed(seed: int) -> None:
    """It may not be seen for minutes, which is longer than the next cycle takes to find that its person has left."""
    lag = FaultSwitches(lag_seconds=550.0)
    local = LocalEngine(small_world([person("ada"), person("cleo")]), faults=lag, seed=seed)
    await local.start()
    while not (rows := await local.rows(id_of("ada"))).work or rows.pending is None or not rows.pending.reason:
        await local.step()
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.engine.configurations.save(replace(await local.state(), next_due=local.clock.now()))

    await local.run_for(timedelta(hours=4))

    assert sorted(local.users()) == [mail_of("cleo")]
