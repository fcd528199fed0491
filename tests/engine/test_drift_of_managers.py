"""Whoever gives our people another manager in the target, or none: it is written again, or reported."""

import pytest

from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import Document, employee, id_of, mail_of, person, small_world

BOSS = employee("boss")["id"]


async def company(drift: Document) -> LocalEngine:
    users = [person("ada", manager={"id": id_of("cleo")}), person("bert"), person("cleo")]
    local = LocalEngine(small_world(users, target={"users": (employee("boss"),)}, drift=drift))
    await local.begin()
    await local.run_cycle()
    return local


def object_of(local: LocalEngine, name: str) -> str:
    return str(local.users()[mail_of(name)]["id"])


def manager_of(local: LocalEngine, name: str) -> str:
    return str((local.users()[mail_of(name)].get("manager") or {}).get("id") or "")


def give(local: LocalEngine, name: str, manager: str | None) -> None:
    value = None if manager is None else {"id": manager}
    local.change_target({"op": "updateUser", "id": object_of(local, name), "set": {"manager": value}})


@pytest.mark.parametrize("other", [BOSS, None], ids=["another one", "none"])
async def test_another_manager_is_written_again_where_that_is_enforced(other: str | None) -> None:
    local = await company({"enforce": ["manager"]})

    give(local, "ada", other)
    await local.run_cycle()

    assert manager_of(local, "ada") == object_of(local, "cleo")
    error = (await local.records(id_of("ada")))[0].error
    assert error is not None
    assert error.code == "DriftRepaired"
    before = local.writes()
    await local.run_cycle()
    assert local.writes() == before


async def test_a_manager_whom_the_source_does_not_know_of_is_taken_away_where_that_is_enforced() -> None:
    local = await company({"default": "enforce"})

    give(local, "bert", BOSS)
    await local.run_cycle()

    assert manager_of(local, "bert") == ""


@pytest.mark.parametrize("other", [BOSS, None], ids=["another one", "none"])
async def test_another_manager_is_reported_once_and_left(other: str | None) -> None:
    local = await company({"default": "report", "enforce": ["department"]})

    give(local, "ada", other)
    await local.run_cycle()
    await local.run_cycle()

    assert manager_of(local, "ada") == (other or "")
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert [(each.name, each.current, each.desired) for each in link.drifted or ()] == [
        ("manager", other, object_of(local, "cleo"))
    ]
    errors = [record.error.code for record in await local.records(id_of("ada")) if record.error is not None]
    assert errors == ["DriftReported"]

    give(local, "ada", object_of(local, "cleo"))
    await local.run_cycle()
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert link.drift is None


async def test_values_and_manager_are_judged_together() -> None:
    local = await company({"default": "report", "enforce": ["department"]})

    give(local, "ada", BOSS)
    change = {"department": "Dyeing", "city": "Gera"}
    local.change_target({"op": "updateUser", "id": object_of(local, "ada"), "set": change})
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["department"] == "Weaving"
    link = (await local.rows(id_of("ada"))).link
    assert link is not None
    assert sorted(each.name for each in link.drifted or ()) == ["city", "manager"]


async def test_whose_manager_was_deleted_in_the_target_has_none_and_nothing_fails() -> None:
    local = await company({"default": "enforce"})
    cleo = object_of(local, "cleo")

    local.change_target({"op": "deleteUser", "id": cleo})
    await local.run_cycle()
    await local.run_cycle()
    before = local.writes()
    await local.run_cycle()

    assert local.writes() == before
    assert (await local.workload()).escrowed == 0
    local.change_target({"op": "restoreUser", "id": cleo})
    await local.run_cycle()
    await local.run_cycle()
    assert manager_of(local, "ada") == cleo
