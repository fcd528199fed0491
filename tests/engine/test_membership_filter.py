"""A scoping filter that asks for memberships: who joins and leaves its groups, and what removes nobody."""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.scenarios.scenario import Scenario
from shared.configuration.document import parse
from shared.cycles.state import JobStatus
from shared.orchestration.apply_configuration import apply_configuration
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import (
    Document,
    assignment,
    document,
    group,
    id_of,
    mail_of,
    person,
    small_world,
)
from tests.engine.test_schema_of_ones_own import clause, groups, schema

NAMES = ("ada", "bert", "cleo", "dora", "emil")
GROUPS = (group("weavers", "bert", "cleo", nested=["dyers"]), group("dyers", "dora"), group("spinners", "emil"))


def inside(*names: str) -> Document:
    return clause("memberOf", "IS MEMBER OF", *(id_of(name).upper() for name in names))


def outside(*names: str) -> Document:
    return clause("memberOf", "IS NOT MEMBER OF", *map(id_of, names))


def filtered(*clauses: Document, **more: object) -> Document:
    """A configuration whose filter has these clauses; without any it has no filter."""
    scope = groups(*clauses) if clauses else {"groups": []}
    return document(schema=schema(scope=scope), **more)


def company(*clauses: Document, assigned: Sequence[Document] | None = None) -> Scenario:
    parts = {"groups": GROUPS, "app_role_assignments": tuple(assigned or ())}
    scope = {"kind": "all" if assigned is None else "assigned"}
    everybody = [person(name) for name in NAMES]
    return small_world(everybody, source=parts, configurations=[filtered(*clauses, scope=scope)])


async def begun(*clauses: Document, assigned: Sequence[Document] | None = None) -> LocalEngine:
    local = LocalEngine(company(*clauses, assigned=assigned))
    await local.begin()
    return local


def join(group_name: str, name: str) -> Document:
    return {"op": "addMember", "groupId": id_of(group_name), "memberId": id_of(name)}


def leave(group_name: str, name: str) -> Document:
    return {"op": "removeMember", "groupId": id_of(group_name), "memberId": id_of(name)}


def names(local: LocalEngine) -> set[str]:
    return {mail.partition("@")[0] for mail in local.users()}


async def agreed_after(local: LocalEngine, *changes: Document) -> set[str]:
    """Who is provisioned one cycle after these changes, with which the judge agrees."""
    local.change(*changes)
    await local.run_cycle()
    local.assert_agreement()
    return names(local)


async def change_to(local: LocalEngine, *clauses: Document, **more: object) -> set[str]:
    """Who is provisioned one cycle after another filter was declared."""
    changed = filtered(*clauses, **more)
    await apply_configuration(local.engine, parse(changed))
    local.documents = [changed]
    return await agreed_after(local)


async def read_everybody(local: LocalEngine) -> None:
    await local.engine.configurations.save(replace(await local.state(), full_next=True))


async def told_of(local: LocalEngine, name: str) -> set[str]:
    return {record.error.code for record in await local.index() if record.error and record.source.id == id_of(name)}


async def test_direct_members_come_and_nested_ones_do_not() -> None:
    local = await begun(inside("weavers"))

    assert names(local) == {"bert", "cleo"}
    cycle = await local.cycle()
    assert (cycle.in_scope, cycle.skipped) == (2, {"scopingFilter": 3, "nestedGroup": 1})


async def test_who_is_in_none_of_the_groups_comes_where_the_filter_says_so() -> None:
    local = await begun(outside("weavers", "spinners"))

    assert names(local) == {"ada", "dora"}


async def test_a_further_cycle_writes_nothing() -> None:
    local = await begun(inside("weavers", "dyers"))
    writes = local.writes()

    await local.run_cycle()
    await read_everybody(local)
    await local.run_cycle()

    assert local.writes() == writes


async def test_who_joins_comes_in_the_same_cycle_and_who_leaves_goes() -> None:
    local = await begun(inside("weavers"))

    assert await agreed_after(local, join("weavers", "ada"), leave("weavers", "bert")) == {"ada", "cleo"}


async def test_who_joins_a_group_that_is_excluded_goes_and_who_leaves_it_comes() -> None:
    local = await begun(outside("weavers"))

    assert await agreed_after(local, join("weavers", "ada"), leave("weavers", "bert")) == {"bert", "dora", "emil"}


async def test_who_is_in_two_groups_goes_only_when_both_are_left() -> None:
    local = await begun(inside("weavers", "dyers"))

    assert "dora" in await agreed_after(local, join("weavers", "dora"))
    assert "dora" in await agreed_after(local, leave("dyers", "dora"))
    assert "dora" not in await agreed_after(local, leave("weavers", "dora"))


async def test_who_left_a_group_and_came_back_between_two_cycles_stays() -> None:
    local = await begun(inside("weavers"))
    writes = local.writes()

    await agreed_after(local, leave("weavers", "bert"), join("weavers", "bert"))

    assert local.writes() == writes


async def test_a_member_whose_attributes_change_is_updated() -> None:
    local = await begun(inside("weavers"))

    await agreed_after(local, {"op": "updateUser", "id": id_of("bert"), "set": {"city": "Gera"}})

    assert local.users()[mail_of("bert")]["city"] == "Gera"


async def test_who_is_created_as_a_member_comes() -> None:
    local = await begun(inside("weavers"))
    newcomer = {"op": "createUser", "user": person("fritz")}

    assert "fritz" in await agreed_after(local, newcomer, join("weavers", "fritz"))


async def test_members_of_a_group_that_is_deleted_go_while_another_group_has_members() -> None:
    local = await begun(inside("weavers", "dyers"))

    assert await agreed_after(local, {"op": "deleteGroup", "groupId": id_of("weavers")}) == {"dora"}


async def test_a_refused_delta_link_of_the_groups_is_read_anew() -> None:
    local = await begun(inside("weavers"))

    left, joined = leave("weavers", "bert"), join("weavers", "emil")
    assert await agreed_after(local, {"op": "resyncDelta"}, left, joined) == {"cleo", "emil"}


async def test_more_groups_than_one_chain_takes_are_all_read() -> None:
    local = await begun(inside(*(f"group{number}" for number in range(60)), "weavers", "dyers"))

    assert names(local) == {"bert", "cleo", "dora"}
    assert "emil" in await agreed_after(local, join("dyers", "emil"))


ADA_AND_BERT = (assignment("ada"), assignment("bert"))


async def test_a_member_who_is_not_assigned_does_not_come() -> None:
    local = await begun(inside("weavers"), assigned=ADA_AND_BERT)

    assert names(local) == {"bert"}
    assert await agreed_after(local, join("weavers", "emil"), join("weavers", "ada")) == {"ada", "bert"}
    assert await agreed_after(local, {"op": "assign", "principalId": id_of("emil")}) == {"ada", "bert", "emil"}


async def test_who_is_assigned_goes_with_the_membership() -> None:
    local = await begun(outside("spinners"), assigned=ADA_AND_BERT)

    assert await agreed_after(local, join("spinners", "ada")) == {"bert"}
    assert await agreed_after(local, leave("spinners", "ada")) == {"ada", "bert"}


async def test_a_group_may_be_assigned_and_named_by_the_filter() -> None:
    weavers = assignment("weavers", "Group")
    local = await begun(inside("weavers", "dyers"), assigned=(assignment("ada"), weavers))

    assert names(local) == {"bert", "cleo"}
    assert await agreed_after(local, {"op": "assign", "principalId": id_of("dyers")}) == {"bert", "cleo", "dora"}
    assert await agreed_after(local, {"op": "unassign", "principalId": id_of("weavers")}) == {"dora"}
    assert await agreed_after(local, join("weavers", "ada"), leave("dyers", "dora"), join("dyers", "cleo")) == {
        "ada",
        "cleo",
    }


async def test_a_named_group_that_is_assigned_later_brings_all_its_members_and_takes_them_along() -> None:
    local = await begun(outside("spinners"), inside("weavers"), assigned=(assignment("ada"),))
    assert names(local) == set()

    assert await agreed_after(local, {"op": "assign", "principalId": id_of("weavers")}) == {"bert", "cleo"}
    assert await agreed_after(local, {"op": "unassign", "principalId": id_of("weavers")}) == set()


async def test_a_configuration_gets_such_a_filter_another_one_and_none_again() -> None:
    local = await begun()
    assert names(local) == set(NAMES)

    assert await change_to(local, inside("weavers")) == {"bert", "cleo"}
    assert await change_to(local, inside("spinners", "weavers")) == {"bert", "cleo", "emil"}
    assert await change_to(local, outside("weavers")) == {"ada", "dora", "emil"}
    assert await agreed_after(local, leave("weavers", "cleo")) == {"ada", "cleo", "dora", "emil"}
    assert await change_to(local) == set(NAMES)
    assert (await local.state()).status is JobStatus.ACTIVE


async def test_such_a_filter_stays_in_force_when_the_scope_changes() -> None:
    local = await begun(inside("weavers", "dyers"), assigned=ADA_AND_BERT)

    assert await change_to(local, inside("weavers", "dyers"), scope={"kind": "all"}) == {"bert", "cleo", "dora"}
    assert await change_to(local, inside("weavers", "dyers"), scope={"kind": "assigned"}) == {"bert"}
