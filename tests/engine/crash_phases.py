"""In which stories must a process be able to die? Every phase of a cycle, and the guard."""

from collections.abc import Mapping
from dataclasses import replace

from tests.engine.crash_stories import (
    PAIR,
    SHARDS,
    TRIO,
    Prelude,
    becomes,
    company,
    each,
    leaves,
    reports_to,
    returns,
)
from tests.engine.crash_walk import Story
from tests.engine.local_engine import LocalEngine
from tests.engine.short_way import ShortEngine
from tests.engine.small_world import (
    Document,
    assigned_world,
    assignment,
    group,
    id_of,
    person,
    small_world,
)

EVERYBODY = ("cleo", *TRIO)
HELD = {"guards": {"removals": {"count": 2}}}


async def first_cycle() -> LocalEngine:
    local = ShortEngine(small_world([person(name) for name in ("cleo", *PAIR)]), shards=1)
    await local.start()
    return local


async def first_cycle_of_the_assigned() -> LocalEngine:
    groups = [group("weavers", *PAIR), group("spinners", "ada", nested=["weavers"])]
    assignments = [assignment("cleo"), assignment("weavers", "Group"), assignment("spinners", "Group")]
    local = ShortEngine(assigned_world([person(name) for name in EVERYBODY], groups, *assignments), shards=1)
    await local.start()
    return local


def assigned(*changes: Document) -> Prelude:
    """Ada and Bert are assigned by a group, Cleo herself, Dina is not."""

    async def prelude() -> LocalEngine:
        groups = [group("weavers", *PAIR)]
        assignments = [assignment("cleo"), assignment("weavers", "Group")]
        local = ShortEngine(assigned_world([person(name) for name in EVERYBODY], groups, *assignments), shards=SHARDS)
        await local.begin()
        local.change(*changes)
        return local

    return prelude


def assigned_later() -> Prelude:
    """Ada reports to Dina, who is not in scope until now."""

    async def prelude() -> LocalEngine:
        local = await assigned(*becomes("ada", **reports_to("dina")))()
        await local.run_cycle()
        local.change({"op": "assign", "principalId": id_of("dina"), "principalType": "User"})
        return local

    return prelude


async def two_cycles(local: LocalEngine) -> None:
    await local.run_cycle()
    await local.run_cycle()


def in_full(told: Prelude) -> Prelude:
    """The next cycle evaluates everybody again."""

    async def prelude() -> LocalEngine:
        local = await told()
        await local.engine.configurations.save(replace(await local.state(), full_next=True))
        return local

    return prelude


def held(*changes: Document) -> Prelude:
    """Ada and Bert have left, and the guard holds their removal."""

    async def prelude() -> LocalEngine:
        local = await company(*leaves(*PAIR), here=TRIO, configuration=HELD)()
        await local.run_cycle()
        local.judge()
        local.change(*changes)
        return local

    return prelude


STORIES: Mapping[str, Story] = {
    "a first cycle": Story(
        prelude=first_cycle,
        log=each(("cleo", *PAIR), "create success"),
        passes=["table snapshots", "table watermarks", "table cycles: lindenhof-to-marisol: Insert"],
    ),
    "a first cycle of those who are assigned": Story(
        prelude=first_cycle_of_the_assigned,
        log=each(("cleo", *PAIR), "create success"),
        passes=["table snapshots"],
    ),
    "who is assigned changes": Story(
        prelude=assigned(
            {"op": "removeMember", "groupId": id_of("weavers"), "memberId": id_of("ada")},
            {"op": "assign", "principalId": id_of("dina"), "principalType": "User"},
        ),
        log=["ada delete success", "dina create success"],
        passes=["table snapshots", "graph: DELETE", "graph: POST /invitations"],
    ),
    "a manager who comes later": Story(
        prelude=assigned_later(),
        act=two_cycles,
        log=["dina create success", "ada update success"],
        passes=["graph: PUT /users", "due:4"],
    ),
    "everybody is evaluated again and one has left": Story(
        prelude=in_full(company(*leaves("ada"), *becomes("bert", city="Gera"), here=TRIO)),
        log=["ada delete success", "bert update success"],
        passes=["table snapshots", "graph: DELETE"],
    ),
    "a delta link is void": Story(
        prelude=company({"op": "resyncDelta"}, *leaves("ada"), *becomes("bert", city="Gera"), here=TRIO),
        log=["ada delete success", "bert update success"],
        passes=["table snapshots", "graph: DELETE"],
    ),
    "removals are held": Story(
        prelude=company(*leaves(*PAIR), *becomes("dina", city="Gera"), here=TRIO, configuration=HELD),
        log=[*each(PAIR, "stagedDelete skipped"), "dina update success"],
        passes=["table provisioninglogs"],
        agrees=False,
    ),
    "disables are held": Story(
        prelude=company(*becomes(*PAIR, accountEnabled=False), here=TRIO, configuration=HELD),
        log=each(PAIR, "stagedDelete skipped"),
        passes=["Upsert due:8"],
        agrees=False,
    ),
    "a hold is lifted": Story(
        prelude=held(*returns("ada")),
        log=["bert delete success"],
        passes=["graph: DELETE"],
    ),
}
