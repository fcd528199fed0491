"""In which stories must a process be able to die? Every kind of action, and what goes wrong with it.

Cleo is provisioned already and nothing happens to her. Ada, Bert and Dina stand in one shard, so what happens to them
at once is one batch.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import httpx

from tests.engine.crash_walk import Story, Way, interrupted
from tests.engine.hazards import CALM, Meddler, writes_of
from tests.engine.local_engine import LocalEngine
from tests.engine.short_way import ShortEngine
from tests.engine.small_world import Document, guest, id_of, mail_of, person, small_world

SHARDS = 2
"""Each tick looks into every shard: eight of them would make the walk twice as long."""

PAIR = ("ada", "bert")
TRIO = (*PAIR, "dina")

#: The judge knows nothing of such a delay; what is compared is what stands without a death.
DISABLES_FIRST = {"removal": {"action": "delete", "afterDays": 3}}

Prelude = Callable[[], Awaitable[LocalEngine]]
Act = Callable[[LocalEngine], Awaitable[None]]


def joins(*names: str, **values: object) -> list[Document]:
    return [{"op": "createUser", "user": person(name, **values)} for name in names]


def becomes(*names: str, **values: object) -> list[Document]:
    return [{"op": "updateUser", "id": id_of(name), "set": values} for name in names]


def reports_to(name: str | None) -> dict[str, object]:
    return {"manager": None if name is None else {"id": id_of(name)}}


def leaves(*names: str) -> list[Document]:
    return [{"op": "deleteUser", "id": id_of(name)} for name in names]


def returns(*names: str) -> list[Document]:
    return [{"op": "restoreUser", "id": id_of(name)} for name in names]


def each(names: Sequence[str], ending: str) -> list[str]:
    return [f"{name} {ending}" for name in names]


def company(
    *changes: Document,
    here: Sequence[str] = (),
    earlier: Sequence[Document] = (),
    guests: Sequence[str] = (),
    configuration: Mapping[str, Any] = MappingProxyType({}),
) -> Prelude:
    """Who is provisioned already besides Cleo, what a cycle has carried out, and what the story is about."""

    async def prelude() -> LocalEngine:
        target = {"users": tuple(guest(name) for name in guests)}
        users = [person(name) for name in ("cleo", *here)]
        local = ShortEngine(small_world(users, target=target, **configuration), shards=SHARDS)
        await local.begin()
        if earlier:
            local.change(*earlier)
            await local.run_cycle()
            local.judge()
        local.change(*changes)
        return local

    return prelude


def after_death(told: Prelude, what: str, way: Way, *changes: Document, writes: int = 0) -> Prelude:
    """A process has died at an effect, then something happens."""

    async def prelude() -> LocalEngine:
        local = await interrupted(await told(), what, way, writes=writes)
        local.change(*changes)
        return local

    return prelude


def without_attributes(told: Prelude) -> Prelude:
    """The people are invited, and the target has refused to take their attributes so far."""

    def refuse(request: httpx.Request) -> httpx.Response | None:
        patches = any(write.startswith("PATCH") for write in writes_of(request))
        return httpx.Response(503, json={"error": {"code": "serviceNotAvailable"}}) if patches else None

    async def prelude() -> LocalEngine:
        local = await told()
        meddler = Meddler(refuse)
        meddler.on = True
        local.work_by(meddler)
        while not (row := (await local.rows(id_of("ada"))).pending) or not row.reason:
            await local.step()
        local.work_by(CALM)
        return local

    return prelude


def given_up_by(name: str, *changes: Document) -> Prelude:
    """Somebody left right after their address was claimed for an invitation."""
    left = after_death(company(*joins(name)), "Insert mail:", Way.AFTER, *leaves(name))

    async def prelude() -> LocalEngine:
        local = await left()
        await local.run_cycle()
        local.change(*changes)
        return local

    return prelude


def three_days_later(told: Prelude) -> Prelude:
    async def prelude() -> LocalEngine:
        local = await told()
        await local.run_for(timedelta(days=3, minutes=-30))
        return local

    return prelude


async def an_hour(local: LocalEngine) -> None:
    await local.run_for(timedelta(hours=1))


ACTIONS: Mapping[str, Story] = {
    "create": Story(
        prelude=company(*joins(*TRIO)),
        log=each(TRIO, "create success"),
        passes=["POST /invitations, POST /invitations, POST /invitations", "graph: PATCH", "Insert mail:"],
    ),
    "update": Story(
        prelude=company(*becomes(*PAIR, city="Gera"), here=PAIR),
        log=each(PAIR, "update success"),
        passes=["graph: PATCH"],
    ),
    "another mail": Story(
        prelude=company(*becomes("ada", mail=mail_of("lovelace")), here=PAIR),
        log=["ada update success"],
        passes=["graph: PATCH", "Insert mail:"],
    ),
    "a manager": Story(
        prelude=company(*becomes(*PAIR, **reports_to("cleo")), here=PAIR),
        log=each(PAIR, "update success"),
        passes=["graph: PUT /users"],
    ),
    "another manager and another city": Story(
        prelude=company(
            *becomes(*PAIR, city="Gera", **reports_to("dina")), here=TRIO, earlier=becomes(*PAIR, **reports_to("cleo"))
        ),
        log=each(PAIR, "update success"),
        passes=["graph: PUT /users", "graph: PATCH"],
    ),
    "no manager any more": Story(
        prelude=company(*becomes(*PAIR, **reports_to(None)), here=PAIR, earlier=becomes(*PAIR, **reports_to("cleo"))),
        log=each(PAIR, "update success"),
        passes=["/manager/$ref", "graph: DELETE"],
    ),
    "newcomers with a manager": Story(
        prelude=company(*joins(*PAIR, **reports_to("cleo"))),
        log=each(PAIR, "create success"),
        passes=["graph: PUT /users", "graph: POST /invitations"],
    ),
    "disable": Story(
        prelude=company(*becomes(*PAIR, accountEnabled=False), here=PAIR),
        log=each(PAIR, "disable success"),
        passes=["graph: PATCH"],
    ),
    "removal": Story(
        prelude=company(*leaves(*PAIR), here=PAIR), log=each(PAIR, "delete success"), passes=["graph: DELETE"]
    ),
    "a leaver who is disabled": Story(
        prelude=company(*leaves(*PAIR), here=PAIR, configuration=DISABLES_FIRST),
        log=each(PAIR, "disable success"),
        passes=["graph: PATCH"],
        agrees=False,
    ),
    "a delete whose day has come": Story(
        prelude=three_days_later(company(here=PAIR, earlier=leaves(*PAIR), configuration=DISABLES_FIRST)),
        act=an_hour,
        log=each(PAIR, "delete success"),
        passes=["graph: DELETE"],
    ),
    "restore": Story(
        prelude=company(*returns(*PAIR), here=PAIR, earlier=leaves(*PAIR)),
        log=each(PAIR, "update success"),
        passes=["graph: POST /directory/deletedItems", "graph: PATCH"],
    ),
    "adoption": Story(
        prelude=company(*joins(*PAIR), guests=PAIR),
        log=each(PAIR, "update success"),
        passes=["graph: PATCH", "Insert target:"],
    ),
    "release of an adopted person": Story(
        prelude=company(*leaves(*PAIR), guests=PAIR, earlier=joins(*PAIR)),
        log=each(PAIR, "other skipped"),
        passes=["Upsert link:"],
    ),
    "a claim that its owner has given up": Story(
        prelude=given_up_by("ada", *joins("dina", mail=mail_of("ada"))),
        log=["dina create success"],
        passes=["Replace mail:", "graph: POST /invitations"],
    ),
}

RECOVERIES: Mapping[str, Story] = {
    "an unfinished create": Story(
        prelude=without_attributes(company(*joins(*PAIR))),
        act=an_hour,
        log=each(PAIR, "create success"),
        passes=["graph: PATCH"],
    ),
    "an invitation that was not sent": Story(
        prelude=after_death(company(*joins(*PAIR)), "graph: POST /invitations", Way.BEFORE),
        act=an_hour,
        log=each(PAIR, "create success"),
        passes=["graph: POST /invitations", "graph: PATCH"],
    ),
    "two invitations of which one was carried out": Story(
        prelude=after_death(company(*joins(*PAIR)), "graph: POST /invitations", Way.PARTLY, writes=1),
        act=an_hour,
        log=each(PAIR, "create success"),
        passes=["graph: POST /invitations", "graph: PATCH"],
    ),
    "an invitation without an answer": Story(
        prelude=after_death(company(*joins(*PAIR)), "graph: POST /invitations", Way.AFTER),
        act=an_hour,
        log=each(PAIR, "create success"),
        passes=["graph: PATCH"],
    ),
    "an orphan of an invitation without an answer": Story(
        prelude=after_death(company(*joins(*PAIR)), "graph: POST /invitations", Way.AFTER, *leaves("ada")),
        act=an_hour,
        log=["ada delete success", "bert create success"],
        passes=["graph: DELETE", "Upsert link:"],
    ),
    "an orphan of an invitation whose object is known": Story(
        prelude=after_death(company(*joins(*PAIR)), "Insert target:", Way.BEFORE, *leaves(*PAIR)),
        act=an_hour,
        log=each(PAIR, "delete success"),
        passes=["graph: DELETE"],
    ),
    "an update without an answer": Story(
        prelude=after_death(company(*becomes(*PAIR, city="Gera"), here=PAIR), "graph: PATCH", Way.PARTLY, writes=1),
        act=an_hour,
        log=each(PAIR, "update success"),
        passes=["graph: PATCH"],
    ),
    "a manager without an answer": Story(
        prelude=after_death(
            company(*becomes(*PAIR, **reports_to("cleo")), here=PAIR), "graph: PUT", Way.PARTLY, writes=1
        ),
        act=an_hour,
        log=each(PAIR, "update success"),
        passes=["graph: PUT /users"],
    ),
    "a manager who changed back after a write without an answer": Story(
        prelude=after_death(
            company(*becomes("ada", **reports_to("dina")), here=TRIO, earlier=becomes("ada", **reports_to("cleo"))),
            "graph: PUT",
            Way.AFTER,
            *becomes("ada", **reports_to("cleo")),
        ),
        act=an_hour,
        log=["ada update success"],
        passes=["graph: PUT /users"],
    ),
    "a removal without an answer": Story(
        prelude=after_death(company(*leaves(*PAIR), here=PAIR), "graph: DELETE", Way.PARTLY, writes=1),
        act=an_hour,
        log=each(PAIR, "delete success"),
        passes=["graph: DELETE"],
    ),
    "a log index that lacks records": Story(
        prelude=after_death(company(*becomes(*PAIR, city="Gera"), here=PAIR), "Insert log:", Way.AFTER),
        act=an_hour,
        log=[],
        passes=["table provisioninglogs"],
    ),
}
