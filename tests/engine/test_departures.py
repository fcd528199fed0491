"""Whom the target's side has blocked or deleted is released by somebody: once, and nobody else."""

from dataclasses import replace

import pytest

from shared.configuration.document import parse
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.read_drift import read_drift
from shared.orchestration.release_departures import Release, release_departures
from shared.provisioning.link import Departure
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, guest, id_of, mail_of, person, small_world

STICKY: Document = {"default": "enforce"}


async def departed(how: str, *names: str) -> LocalEngine:
    """The target's administrator has blocked, deleted or purged these, and a cycle has seen it."""
    local = LocalEngine(small_world([person("ada"), person("bert"), person("cleo")], drift=STICKY))
    await local.begin()
    for name in names:
        object_id = local.users()[mail_of(name)]["id"]
        local.change_target(
            {"op": "updateUser", "id": object_id, "set": {"accountEnabled": False}}
            if how == "block"
            else {"op": how, "id": object_id}
        )
    await local.run_cycle()
    return local


async def release(local: LocalEngine, *names: str) -> Release:
    return await release_departures(local.engine, await local.state(), [id_of(name) for name in names], "ada")


async def departure(local: LocalEngine, name: str) -> Departure:
    link = (await local.rows(id_of(name))).link
    assert link is not None
    return link.departure


@pytest.mark.parametrize("how", ["block", "deleteUser", "purgeUser"])
async def test_who_is_released_comes_back_and_nobody_else(how: str) -> None:
    local = await departed(how, "ada", "bert")

    said = await release(local, "ada", "cleo")
    await local.run_cycle()

    assert (said.released, said.others) == ((id_of("ada"),), (id_of("cleo"),))
    assert local.users()[mail_of("ada")]["accountEnabled"] is True
    bert = local.users().get(mail_of("bert"))
    assert bert is None or bert["accountEnabled"] is False
    assert await departure(local, "ada") is Departure.NONE
    assert await departure(local, "bert") is not Departure.NONE


async def test_a_release_is_for_once() -> None:
    local = await departed("block", "ada")
    await release(local, "ada")
    await local.run_cycle()

    object_id = local.users()[mail_of("ada")]["id"]
    local.change_target({"op": "updateUser", "id": object_id, "set": {"accountEnabled": False}})
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["accountEnabled"] is False
    assert await departure(local, "ada") is Departure.BLOCKED


async def test_a_release_is_not_lost_where_the_source_changes_before_it_is_carried_out() -> None:
    local = await departed("deleteUser", "ada")
    await local.engine.budgets.set_read_only(on=True, by="ada", now=local.clock.now())
    await release(local, "ada")
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"city": "Gera"}})
    number = (await local.state()).cycle
    while (await local.cycle()).number == number or (await local.state()).running:
        await local.step()

    await local.engine.budgets.set_read_only(on=False, by="ada", now=local.clock.now())
    await local.run_cycle()

    local.assert_agreement()


async def test_a_block_survives_leaving_the_scope_and_coming_back() -> None:
    local = await departed("block", "ada")

    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    assert len(local.deleted_users()) == 1
    local.change({"op": "restoreUser", "id": id_of("ada")})
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["accountEnabled"] is False


async def test_a_guest_who_was_blocked_before_is_adopted_and_stays_blocked() -> None:
    target = {"users": (guest("ada", accountEnabled=False),)}
    local = LocalEngine(small_world([person("ada"), person("cleo")], target=target, drift=STICKY))

    await local.start()
    await local.run_cycle()
    assert local.users()[mail_of("ada")]["department"] == "Weaving"
    assert local.users()[mail_of("ada")]["accountEnabled"] is False
    await release(local, "ada")
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["accountEnabled"] is True


async def test_what_is_left_is_undone_once_departures_are_enforced() -> None:
    local = await departed("deleteUser", "ada")
    enforced = parse({**local.documents[0], "drift": {**STICKY, "departures": "enforce"}})

    await apply_configuration(local.engine, enforced)
    await local.run_cycle()

    local.assert_agreement()
    assert (await read_drift(local.engine, await local.state(), 10)).count == 0


async def test_whoever_was_deleted_in_the_target_and_leaves_the_source_is_forgotten_and_nothing_is_deleted() -> None:
    local = await departed("purgeUser", "ada")
    before = local.writes()

    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    await local.run_cycle()

    assert sorted(local.users()) == [mail_of("bert"), mail_of("cleo")]
    assert local.writes() - before <= 1


@pytest.mark.parametrize("how", ["deleteUser", "purgeUser"])
async def test_who_was_deleted_in_the_target_stays_away_after_leaving_the_scope_and_coming_back(how: str) -> None:
    local = await departed(how, "ada")

    for op in ("deleteUser", "restoreUser"):
        local.change({"op": op, "id": id_of("ada")})
        await local.run_cycle()
        await local.run_cycle()

    assert mail_of("ada") not in local.users()
    assert await departure(local, "ada") is Departure.DELETED
    records = len(await local.records(id_of("ada")))
    await local.engine.configurations.save(replace(await local.state(), full_next=True))
    await local.run_cycle()
    assert len(await local.records(id_of("ada"))) == records
    await release(local, "ada")
    await local.run_cycle()
    assert local.users()[mail_of("ada")]["accountEnabled"] is True


async def test_who_stayed_away_after_coming_back_is_seen_when_the_target_restores_them() -> None:
    local = await departed("deleteUser", "ada")
    object_id = next(iter(local.deleted_users()))
    for op in ("deleteUser", "restoreUser"):
        local.change({"op": op, "id": id_of("ada")})
        await local.run_cycle()

    local.change_target({"op": "restoreUser", "id": object_id})
    await local.run_cycle()

    assert await departure(local, "ada") is Departure.NONE
    local.assert_agreement()


async def test_whom_the_target_has_restored_and_we_have_removed_since_is_brought_back_by_us() -> None:
    local = await departed("deleteUser", "ada")
    local.change_target({"op": "restoreUser", "id": next(iter(local.deleted_users()))})
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    assert len(local.deleted_users()) == 1

    local.change({"op": "restoreUser", "id": id_of("ada")})
    await local.run_cycle()

    local.assert_agreement()


@pytest.mark.parametrize("action", ["disable", "delete"])
async def test_a_block_that_nobody_saw_before_the_person_left_counts_where_leavers_are_disabled(action: str) -> None:
    removal = {"action": action, **({"afterDays": 3} if action == "delete" else {})}
    local = LocalEngine(small_world([person("ada"), person("bert"), person("cleo")], drift=STICKY, removal=removal))
    await local.begin()
    object_id = local.users()[mail_of("ada")]["id"]

    local.change_target({"op": "updateUser", "id": object_id, "set": {"accountEnabled": False}})
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    local.change({"op": "restoreUser", "id": id_of("ada")})
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["accountEnabled"] is False
    assert await departure(local, "ada") is Departure.BLOCKED
