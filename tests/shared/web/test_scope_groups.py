"""The report of the groups that decide who is in scope."""

from typing import Any

from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import (
    APPLICATION,
    CONFIGURATION,
    assigned_world,
    assignment,
    group,
    id_of,
    people,
    person,
    small_world,
)
from tests.engine.test_nested_groups import nest, take_out, three_deep
from tests.shared.web.calling import calling

PATH = f"/v1.0/servicePrincipals/{APPLICATION}/synchronization/jobs/{CONFIGURATION}/scopeGroups"


async def read(local: LocalEngine) -> dict[str, Any]:
    async with calling(local.engine, "Tenantsync.Reader") as client:
        answer = await client.get(PATH)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def told(name: str, depth: int, members: int, *within: str) -> dict[str, Any]:
    groups = sorted(map(id_of, within))
    return {"id": id_of(name), "assigned": depth == 0, "depth": depth, "members": members, "groups": groups}


async def test_the_report_tells_each_group_its_size_and_depth_and_the_groups_that_contain_each_other() -> None:
    local = three_deep()
    local.change(nest("crafts", "weavers"))
    await local.begin()

    assert await read(local) == {
        "cycle": 1,
        "nestedGroups": True,
        "count": 3,
        "limit": 5_000,
        "depth": 2,
        "people": 5,
        "cycles": [sorted([id_of("crafts"), id_of("weavers")])],
        "value": [told("all", 0, 1, "crafts"), told("crafts", 1, 1, "weavers"), told("weavers", 2, 2, "crafts")],
    }


async def test_the_report_is_that_of_the_last_completed_cycle() -> None:
    local = three_deep()
    await local.begin()
    local.change(take_out("weavers", "crafts"))
    assert (await read(local))["count"] == 3

    await local.run_cycle()

    report = await read(local)
    assert (report["cycle"], report["value"]) == (2, [told("all", 0, 1, "crafts"), told("crafts", 1, 1)])


async def test_without_nested_groups_the_assigned_ones_are_told() -> None:
    groups = [group("all", "ada", nested=["crafts"]), group("crafts", "bert")]
    local = LocalEngine(assigned_world([person("ada"), person("bert")], groups, assignment("all", "Group")))
    await local.begin()

    report = await read(local)

    assert (report["nestedGroups"], report["limit"], report["depth"]) == (False, None, 0)
    assert report["value"] == [told("all", 0, 1)]


async def test_before_a_cycle_and_in_scope_all_there_are_none() -> None:
    nothing: dict[str, Any] = {"cycle": None, "count": 0, "depth": 0, "people": 0, "cycles": [], "value": []}
    for scenario, cycles in ((three_deep().scenario, 0), (small_world(people(2)), 1)):
        local = LocalEngine(scenario)
        await local.start()
        for _ in range(cycles):
            await local.run_cycle()

        report = await read(local)

        assert {name: report[name] for name in nothing} == nothing
