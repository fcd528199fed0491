"""Law 1 in scope `assigned`: who is entitled, by which way, and who is not any more."""

from typing import Any

from shared.orchestration.provision_on_demand import provision_on_demand
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, assigned_world, assignment, group, id_of, mail_of, person

NAMES = ("ada", "bert", "cleo", "dora", "emil")


def world(*, members: tuple[str, ...] = ("bert", "cleo")) -> LocalEngine:
    """Ada is assigned, the weavers are, with the dyers nested in them; Emil is nowhere."""
    groups = [group("weavers", *members, nested=["dyers"]), group("dyers", "dora"), group("spinners", "emil", "ada")]
    everybody = [person(name) for name in NAMES]
    return LocalEngine(assigned_world(everybody, groups, assignment("ada"), assignment("weavers", "Group")))


def assign(name: str) -> dict[str, Any]:
    return {"op": "assign", "principalId": id_of(name)}


def unassign(name: str) -> dict[str, Any]:
    return {"op": "unassign", "principalId": id_of(name)}


def add(group_name: str, name: str) -> dict[str, Any]:
    return {"op": "addMember", "groupId": id_of(group_name), "memberId": id_of(name)}


def remove(group_name: str, name: str) -> dict[str, Any]:
    return {"op": "removeMember", "groupId": id_of(group_name), "memberId": id_of(name)}


def names(local: LocalEngine) -> set[str]:
    return {mail.partition("@")[0] for mail in local.users()}


async def test_assigned_people_and_direct_members_come_and_nested_ones_do_not() -> None:
    local = world()

    await local.begin()

    local.assert_agreement()
    assert names(local) == {"ada", "bert", "cleo"}
    assert (await local.cycle()).skipped["nestedGroup"] == 1


async def test_a_further_cycle_writes_nothing() -> None:
    local = world()
    await local.begin()
    writes = local.writes()

    await local.run_cycle()

    assert local.writes() == writes


async def test_who_is_assigned_comes_and_who_is_unassigned_leaves() -> None:
    local = world()
    await local.begin()

    local.change(assign("emil"), unassign("ada"))
    await local.run_cycle()

    local.assert_agreement()
    assert names(local) == {"bert", "cleo", "emil"}


async def test_who_joins_an_assigned_group_comes_and_who_quits_it_leaves() -> None:
    local = world()
    await local.begin()

    local.change(add("weavers", "emil"), remove("weavers", "bert"))
    await local.run_cycle()

    local.assert_agreement()
    assert names(local) == {"ada", "cleo", "emil"}


async def test_a_group_that_is_unassigned_takes_its_members_along() -> None:
    local = world()
    await local.begin()

    local.change(unassign("weavers"))
    await local.run_cycle()

    local.assert_agreement()
    assert names(local) == {"ada"}


async def test_a_group_that_is_assigned_later_brings_its_members() -> None:
    local = world()
    await local.begin()

    local.change(assign("dyers"), assign("spinners"))
    await local.run_cycle()

    local.assert_agreement()
    assert names(local) == set(NAMES)


async def test_a_group_that_is_deleted_takes_its_members_along() -> None:
    local = world()
    await local.begin()

    local.change({"op": "deleteGroup", "groupId": id_of("weavers")})
    await local.run_cycle()

    local.assert_agreement()
    assert names(local) == {"ada"}


async def test_who_is_in_by_two_ways_leaves_only_when_both_are_gone() -> None:
    local = world(members=("ada", "bert"))
    await local.begin()

    local.change(unassign("ada"))
    await local.run_cycle()
    local.assert_agreement()
    assert "ada" in names(local)
    local.change(remove("weavers", "ada"))
    await local.run_cycle()

    local.assert_agreement()
    assert "ada" not in names(local)


async def test_who_leaves_and_is_assigned_again_gets_the_same_object() -> None:
    local = world()
    await local.begin()
    object_id = local.users()[mail_of("ada")]["id"]
    local.change(unassign("ada"))
    await local.run_cycle()
    local.assert_agreement()

    local.change(assign("ada"))
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("ada")]["id"] == object_id


async def test_who_is_looked_at_on_demand_while_unassigned_gets_the_same_object_when_assigned_again() -> None:
    local = world()
    await local.begin()
    object_id = local.users()[mail_of("ada")]["id"]
    local.change(unassign("ada"))
    await local.run_cycle()
    await provision_on_demand(local.engine, CONFIGURATION, [id_of("ada")], "operator")

    local.judge()
    local.change(assign("ada"))
    await local.run_cycle()

    local.assert_agreement()
    assert local.users()[mail_of("ada")]["id"] == object_id


async def test_who_left_a_group_and_came_back_between_two_cycles_stays() -> None:
    local = world()
    await local.begin()
    writes = local.writes()

    local.change(remove("weavers", "bert"), add("weavers", "bert"), unassign("ada"), assign("ada"))
    await local.run_cycle()

    local.assert_agreement()
    assert local.writes() == writes


async def test_a_refused_delta_link_of_the_groups_is_read_anew() -> None:
    local = world()
    await local.begin()

    local.change({"op": "resyncDelta"}, remove("weavers", "bert"), add("weavers", "emil"))
    await local.run_cycle()

    local.assert_agreement()
    assert names(local) == {"ada", "cleo", "emil"}


async def test_a_deleted_person_who_is_still_assigned_leaves() -> None:
    local = world()
    await local.begin()

    local.change({"op": "deleteUser", "id": id_of("ada")}, {"op": "deleteUser", "id": id_of("bert")})
    await local.run_cycle()

    local.assert_agreement()
    assert names(local) == {"cleo"}
