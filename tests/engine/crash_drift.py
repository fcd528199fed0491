"""In which stories must a process be able to die while it looks at the target, and sets right what others did there?"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from shared.orchestration.release_departures import release_departures
from tests.engine.crash_stories import PAIR, SHARDS, TRIO, Prelude, after_death, an_hour, becomes, each, reports_to
from tests.engine.crash_walk import Story, Way
from tests.engine.local_engine import LocalEngine
from tests.engine.short_way import ShortEngine
from tests.engine.small_world import Document, employee, id_of, mail_of, person, small_world

ENFORCE: Document = {"default": "enforce", "departures": "enforce"}
REPORT: Document = {"default": "report"}
MIXED: Document = {"default": "report", "enforce": ["city"]}
BLOCKED: Mapping[str, Any] = MappingProxyType({"accountEnabled": False})


def watched(drift: Document, *names: str, how: str = "updateUser", **values: object) -> Prelude:
    """Everybody was looked at, then somebody in the target does this to some of them."""

    async def prelude() -> LocalEngine:
        users = [person(name, **reports_to("cleo" if name == "dina" else None)) for name in ("cleo", *TRIO)]
        target = {"users": (employee("boss"),)}
        local = ShortEngine(small_world(users, target=target, drift=drift), shards=SHARDS)
        await local.begin()
        await local.run_cycle()
        local.judge()
        acted_on(local, *names, how=how, **values)
        return local

    return prelude


def acted_on(local: LocalEngine, *names: str, how: str = "updateUser", **values: object) -> None:
    there = local.users()
    change = {"set": values} if values else {}
    local.change_target(*({"op": how, "id": there[mail_of(name)]["id"], **change} for name in names))


def then(told: Prelude, *changes: Document) -> Prelude:
    """A cycle sees it; then the source changes."""

    async def prelude() -> LocalEngine:
        local = await told()
        await local.run_cycle()
        await local.run_for(timedelta(minutes=1))  # a record has the time of its pass
        local.judge()
        local.change(*changes)
        return local

    return prelude


async def released(local: LocalEngine) -> None:
    """Ada and Bert are released, and a cycle passes."""
    ids, state = [id_of(name) for name in PAIR], await local.state()
    await local.insist(lambda engine: release_departures(engine, state, ids, "grace"))
    await local.run_cycle()


STORIES: Mapping[str, Story] = {
    "drift that is repaired": Story(
        prelude=watched(ENFORCE, *PAIR, city="Gera"),
        log=each(PAIR, "update success"),
        passes=["graph: PATCH", "Upsert target"],
    ),
    "drift that is reported": Story(
        prelude=watched(REPORT, *PAIR, city="Gera"),
        log=each(PAIR, "other skipped"),
        passes=["Upsert link:", "Upsert target"],
        agrees=False,
    ),
    "drift of which half is repaired": Story(
        prelude=watched(MIXED, *PAIR, city="Gera", department="Dyeing"),
        log=each(PAIR, "update success"),
        passes=["graph: PATCH"],
        agrees=False,
    ),
    "a manager whom the target has changed": Story(
        prelude=watched(ENFORCE, "dina", manager={"id": employee("boss")["id"]}),
        log=["dina update success"],
        passes=["graph: PUT /users"],
    ),
    "a block that is undone": Story(
        prelude=watched(ENFORCE, *PAIR, **BLOCKED), log=each(PAIR, "update success"), passes=["graph: PATCH"]
    ),
    "a block that stays while the source changes": Story(
        prelude=then(watched(REPORT, *PAIR, **BLOCKED), *becomes(*PAIR, city="Gera")),
        log=each(PAIR, "update success"),
        passes=["graph: PATCH"],
        agrees=False,
    ),
    "a deletion in the target that is undone": Story(
        prelude=watched(ENFORCE, *PAIR, how="deleteUser"),
        log=each(PAIR, "update success"),
        passes=["graph: POST /directory/deletedItems", "graph: PATCH"],
        agrees=False,
    ),
    "a deletion in the target that stays": Story(
        prelude=watched(REPORT, *PAIR, how="deleteUser"),
        log=each(PAIR, "other skipped"),
        passes=["Upsert link:"],
        agrees=False,
    ),
    "a release": Story(
        prelude=then(watched(REPORT, *PAIR, how="deleteUser")),
        act=released,
        log=each(PAIR, "update success"),
        passes=["graph: POST /directory/deletedItems", "graph: PATCH"],
        agrees=False,
    ),
    "a repair without an answer": Story(
        prelude=after_death(watched(ENFORCE, *PAIR, city="Gera"), "graph: PATCH", Way.PARTLY, writes=1),
        act=an_hour,
        log=each(PAIR, "update success"),
        passes=["graph: PATCH"],
    ),
    "half a repair without an answer": Story(
        prelude=after_death(
            watched(MIXED, *PAIR, city="Gera", department="Dyeing"), "graph: PATCH", Way.PARTLY, writes=1
        ),
        act=an_hour,
        log=each(PAIR, "update success"),
        passes=["graph: PATCH"],
        agrees=False,
    ),
}
