"""Law 1 with nested groups: who is within an assigned group, at any depth, comes; who is within none leaves."""

from shared.configuration.document import parse
from shared.cycles.cycle import CycleKind, CycleState
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.provision_on_demand import provision_on_demand
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import (
    CONFIGURATION,
    Document,
    assigned_world,
    assignment,
    document,
    group,
    id_of,
    person,
    small_world,
)
from tests.engine.test_assigned_scope import add, assign, names, remove, unassign
from tests.engine.test_membership_filter import filtered, inside

NAMES = ("ada", "bert", "cleo", "dora", "emil", "fay", "gus")
NESTED = {"kind": "assigned", "nestedGroups": True}


def world(*groups: Document) -> LocalEngine:
    """Gus is assigned, and the group `all`; whatever is within it is told by the groups."""
    parts = {"groups": groups, "app_role_assignments": (assignment("gus"), assignment("all", "Group"))}
    everybody = [person(name) for name in NAMES]
    return LocalEngine(small_world(everybody, source=parts, scope=NESTED))


def three_deep() -> LocalEngine:
    """Ada is in `all`, Bert in `crafts` within it, Cleo and Dora in `weavers` within those; Emil's group is outside."""
    return world(
        group("all", "ada", nested=["crafts"]),
        group("crafts", "bert", nested=["weavers"]),
        group("weavers", "cleo", "dora"),
        group("spinners", "emil"),
    )


def nest(inner: str, outer: str) -> Document:
    return {"op": "addMember", "groupId": id_of(outer), "memberId": id_of(inner)}


def take_out(inner: str, outer: str) -> Document:
    return {"op": "removeMember", "groupId": id_of(outer), "memberId": id_of(inner)}


async def after(local: LocalEngine, *changes: Document) -> set[str]:
    """Return who is in the target after one more incremental cycle, which agrees with the source."""
    local.change(*changes)
    await local.run_cycle()
    local.assert_agreement()
    assert (await local.cycle()).kind is CycleKind.INCREMENTAL
    return names(local)


async def test_members_of_groups_within_assigned_groups_come_at_any_depth() -> None:
    local = three_deep()

    await local.begin()

    local.assert_agreement()
    assert names(local) == {"ada", "bert", "cleo", "dora", "gus"}
    assert "nestedGroup" not in (await local.cycle()).skipped


async def test_a_further_cycle_writes_nothing() -> None:
    local = three_deep()
    await local.begin()
    writes = local.writes()

    await after(local)

    assert local.writes() == writes


async def test_who_joins_or_leaves_a_nested_group_comes_or_goes_in_the_same_cycle() -> None:
    local = three_deep()
    await local.begin()

    assert await after(local, add("weavers", "emil"), remove("weavers", "cleo")) == {
        "ada",
        "bert",
        "dora",
        "emil",
        "gus",
    }


async def test_a_group_that_is_nested_later_brings_its_members_in_the_same_cycle_and_what_is_within_it() -> None:
    local = three_deep()
    local.change({"op": "createGroup", "group": group("helpers", "fay")}, nest("helpers", "spinners"))
    await local.begin()

    assert await after(local, nest("spinners", "weavers")) == {*NAMES}


async def test_a_group_that_is_taken_out_takes_all_that_is_within_it_along() -> None:
    local = three_deep()
    await local.begin()

    assert await after(local, take_out("crafts", "all")) == {"ada", "gus"}


async def test_a_nested_group_that_is_deleted_takes_all_that_is_within_it_along() -> None:
    local = three_deep()
    await local.begin()

    assert await after(local, {"op": "deleteGroup", "groupId": id_of("crafts")}) == {"ada", "gus"}


async def test_an_assigned_group_that_is_unassigned_takes_all_that_is_within_it_along() -> None:
    local = three_deep()
    await local.begin()

    assert await after(local, unassign("all"), assign("spinners")) == {"emil", "gus"}


async def test_a_group_that_is_within_two_stays_until_both_are_gone() -> None:
    local = three_deep()
    local.change(nest("weavers", "all"))
    await local.begin()

    assert "cleo" in await after(local, take_out("weavers", "crafts"))
    assert "cleo" not in await after(local, take_out("weavers", "all"))


async def test_a_group_that_moves_to_another_assigned_group_keeps_its_members_and_writes_nothing() -> None:
    local = three_deep()
    local.change(assign("spinners"))
    await local.begin()
    writes = local.writes()

    assert await after(local, take_out("weavers", "crafts"), nest("weavers", "spinners")) == set(NAMES) - {"fay"}
    assert local.writes() == writes


async def test_a_group_that_came_back_brings_who_joined_it_meanwhile() -> None:
    local = three_deep()
    await local.begin()
    assert await after(local, take_out("weavers", "crafts")) == {"ada", "bert", "gus"}
    assert await after(local, add("weavers", "emil"), remove("weavers", "cleo")) == {"ada", "bert", "gus"}

    assert await after(local, nest("weavers", "crafts")) == {"ada", "bert", "dora", "emil", "gus"}


async def test_a_cycle_of_groups_ends_and_comes_apart() -> None:
    local = three_deep()
    local.change(nest("all", "weavers"))
    await local.begin()
    assert names(local) == {"ada", "bert", "cleo", "dora", "gus"}

    assert await after(local, add("weavers", "fay")) == {"ada", "bert", "cleo", "dora", "fay", "gus"}
    assert await after(local, take_out("crafts", "all")) == {"ada", "gus"}


async def test_a_cycle_of_groups_that_nothing_assigned_leads_to_holds_nobody() -> None:
    local = three_deep()
    local.change(nest("crafts", "weavers"))
    await local.begin()

    assert await after(local, take_out("crafts", "all")) == {"ada", "gus"}


async def test_a_group_that_a_filter_names_too_becomes_entitled_when_it_is_nested() -> None:
    """Its members are known already; nobody has to read it anew, and none of them is overlooked."""
    parts = {
        "groups": (group("all", "ada", nested=["crafts"]), group("crafts"), group("spinners", "emil", "ada")),
        "app_role_assignments": (assignment("all", "Group"),),
    }
    one = {**filtered(inside("spinners")), "scope": NESTED}
    local = LocalEngine(small_world([person(name) for name in NAMES], source=parts, configurations=[one]))
    await local.begin()
    assert names(local) == {"ada"}

    assert await after(local, nest("spinners", "crafts")) == {"ada", "emil"}
    assert await after(local, take_out("spinners", "crafts")) == {"ada"}


async def test_groups_are_read_however_small_the_pages_are() -> None:
    local = three_deep()
    local.simulation.set_faults(switches={"members_per_page": 1})

    await local.begin()

    assert names(local) == {"ada", "bert", "cleo", "dora", "gus"}
    assert await after(local, take_out("weavers", "crafts"), nest("spinners", "all")) == {"ada", "bert", "emil", "gus"}


async def test_whom_only_a_nested_group_entitles_is_provisioned_on_demand_and_others_are_not() -> None:
    local = three_deep()
    await local.start()

    results = await provision_on_demand(local.engine, CONFIGURATION, [id_of("cleo"), id_of("emil")], "operator")

    assert results is not None
    assert [each.status.value for each in results] == ["success", "skipped"]
    assert names(local) == {"cleo"}


async def test_turning_the_option_on_or_off_evaluates_everybody_without_a_restart() -> None:
    local = three_deep()
    await local.begin()

    for nested, expected in ((False, {"ada", "gus"}), (True, {"ada", "bert", "cleo", "dora", "gus"})):
        local.documents = [document(scope={"kind": "assigned", "nestedGroups": nested})]
        await apply_configuration(local.engine, parse(local.documents[0]))
        await local.run_cycle()

        local.assert_agreement()
        assert (await local.cycle()).kind is CycleKind.INITIAL
        assert names(local) == expected


async def test_switching_between_all_and_assigned_needs_no_restart() -> None:
    groups = [group("all", "ada", nested=["crafts"]), group("crafts", "bert")]
    local = LocalEngine(assigned_world([person(name) for name in NAMES], groups, assignment("all", "Group")))
    await local.begin()
    assert names(local) == {"ada"}

    for kind, expected in (("all", set(NAMES)), ("assigned", {"ada"})):
        local.documents = [document(scope={"kind": kind})]
        await apply_configuration(local.engine, parse(local.documents[0]))
        await local.run_cycle()
        local.assert_agreement()
        cycle = await local.cycle()
        assert (cycle.kind, cycle.state) == (CycleKind.INITIAL, CycleState.COMPLETED)
        assert names(local) == expected
        writes = local.writes()
        await after(local)
        assert local.writes() == writes
