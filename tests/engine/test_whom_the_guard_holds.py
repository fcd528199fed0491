"""People who are disabled in the source, and whose disable may not be carried out: all else is looked at."""

from dataclasses import replace

import pytest

from shared.cycles.pending import Verdict, WorkKind
from shared.cycles.work import Work
from shared.orchestration.confirm_source import staged
from shared.orchestration.decide_held import decide_held, held_removals
from shared.orchestration.entry_pass import EntryPass
from shared.orchestration.run_passes import open_job
from shared.provisioning.link import LinkState
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import id_of, mail_of, person, small_world
from tests.engine.test_reading_repairs import row


async def held() -> LocalEngine:
    """The guard holds the disable of Ada and Bert."""
    people = [person(name) for name in ("ada", "bert", "cleo")]
    guards = {"removals": {"count": 2}}
    local = LocalEngine(small_world(people, drift={"default": "enforce"}, guards=guards))
    await local.begin()
    await local.run_cycle()
    for name in ("ada", "bert"):
        local.change({"op": "updateUser", "id": id_of(name), "set": {"accountEnabled": False}})
    await local.run_cycle()
    return local


@pytest.mark.parametrize("verdict", [Verdict.NONE, Verdict.REJECTED])
async def test_what_others_write_is_written_again_and_nobody_is_disabled_for_that(verdict: Verdict) -> None:
    local = await held()
    if verdict is Verdict.REJECTED:
        state = await local.state()
        found = await held_removals(local.engine, state)
        await decide_held(local.engine, state, found.digest, verdict, "somebody")
    object_id = local.users()[mail_of("ada")]["id"]
    before = (await local.rows(id_of("ada"))).pending

    local.change_target({"op": "updateUser", "id": object_id, "set": {"department": "Dyeing"}})
    await local.run_cycle()

    ada = local.users()[mail_of("ada")]
    assert (ada["department"], ada["accountEnabled"]) == ("Weaving", True)
    after = (await local.rows(id_of("ada"))).pending
    assert before is not None
    assert after is not None
    assert (after.state, after.verdict, after.staged_cycle) == (before.state, before.verdict, before.staged_cycle)


async def test_whose_managers_come_and_go_meanwhile_get_what_is_theirs() -> None:
    """Cleo is Ada's manager, and is somebody who is not in the target until the guard holds Ada's disable."""
    people = [person("ada", manager={"id": id_of("cleo")}), person("bert"), person("cleo", userType="Guest")]
    local = LocalEngine(small_world(people, guards={"removals": {"count": 2}}))
    await local.begin()
    for name in ("ada", "bert"):
        local.change({"op": "updateUser", "id": id_of(name), "set": {"accountEnabled": False}})
    await local.run_cycle()
    assert local.users()[mail_of("ada")].get("manager") is None

    local.change({"op": "updateUser", "id": id_of("cleo"), "set": {"userType": "Member"}})
    await local.run_cycle()
    await local.run_cycle()

    ada = local.users()[mail_of("ada")]
    assert ada["accountEnabled"] is True
    assert ada["manager"]["id"] == local.users()[mail_of("cleo")]["id"]
    writes = local.writes()
    await local.run_cycle()
    assert local.writes() == writes


async def test_who_comes_back_disabled_to_an_object_that_was_left_alone_is_in_use_again() -> None:
    users = [person("ada"), person("bert"), person("cleo")]
    guards = {"removals": {"count": 1}}
    local = LocalEngine(small_world(users, removal={"action": "none"}, guards=guards))
    await local.begin()
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    state = await local.state()
    found = await held_removals(local.engine, state)
    await decide_held(local.engine, state, found.digest, Verdict.APPROVED, "somebody")
    await local.run_cycle()
    assert await link_state(local) is LinkState.RELEASED

    local.change({"op": "restoreUser", "id": id_of("ada")})
    values = {"accountEnabled": False, "manager": {"id": id_of("cleo")}}
    local.change({"op": "updateUser", "id": id_of("ada"), "set": values})
    await local.run_cycle()

    ada, cleo = (local.users()[mail_of(name)] for name in ("ada", "cleo"))
    assert await link_state(local) is LinkState.ACTIVE
    assert (ada["accountEnabled"], ada["manager"]["id"]) == (True, cleo["id"])


async def link_state(local: LocalEngine) -> LinkState:
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    return link.state


@pytest.mark.parametrize(
    ("state", "stamp"), [(LinkState.ACTIVE, 4), (LinkState.DELETED, 0), (LinkState.DISABLED, 0), (None, 0)]
)
async def test_a_guard_that_saw_a_joiner_has_not_counted_whoever_turns_out_to_have_an_object(
    state: LinkState | None, stamp: int
) -> None:
    """An administrator may have restored it; 0 lets the close say which guard is the first that counts them."""
    local = await held()
    job = await open_job(local.engine, await local.state())
    link = (await local.rows(id_of("cleo"))).link
    assert job is not None
    assert link is not None
    now = local.clock.now()
    evaluated = row(local, id_of("cleo"), cycle=4, staged_cycle=4)
    entry = EntryPass(
        source_id=id_of("cleo"),
        pending=evaluated,
        work=Work(source_id=id_of("cleo"), owner="worker", expires=now),
        link=None if state is None else replace(link, state=state),
        started=now,
        unclear=False,
    )

    assert staged(job, entry, WorkKind.DISABLE).staged_cycle == stamp
    assert staged(job, entry, WorkKind.REMOVE).staged_cycle == stamp
