"""In which stories must a process be able to die? Those in which a person decides: operators, approvers, who asks."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from shared.configuration.document import parse
from shared.cycles.pending import Verdict
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.control_job import pause_job, start_job
from shared.orchestration.decide_held import NothingHeld, SetChanged, decide_held, held_removals
from shared.orchestration.engine import Engine
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.orchestration.remove_configuration import remove_configuration
from tests.engine.crash_phases import EVERYBODY, held
from tests.engine.crash_stories import (
    PAIR,
    SHARDS,
    Act,
    an_hour,
    becomes,
    company,
    each,
    joins,
    leaves,
)
from tests.engine.crash_walk import Story
from tests.engine.hazards import CALM
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.short_way import ShortEngine
from tests.engine.small_world import CONFIGURATION, assignment, document, id_of, person, small_world

QUIET = timedelta(minutes=12)
"""Long enough for a process to be missed, and no cycle begins at the end of it."""


def asks_for(*names: str) -> Act:
    """Somebody asks for people on demand, and does not ask again."""

    async def act(local: LocalEngine) -> None:
        await local.attempt(
            lambda engine: provision_on_demand(engine, CONFIGURATION, [id_of(name) for name in names], "olga")
        )
        await local.run_cycle()

    return act


def applies(**changes: object) -> Act:
    """An operator applies a document and starts the job; the cycle that follows is another story's."""

    async def act(local: LocalEngine) -> None:
        local.documents = (document(**changes),)
        configuration = parse(local.documents[0])
        await local.insist(lambda engine: apply_configuration(engine, configuration))
        await local.insist(lambda engine: start_job(engine, CONFIGURATION))
        local.work_by(CALM)
        await local.run_cycle()

    return act


async def nothing_applied() -> LocalEngine:
    return ShortEngine(small_world([person("ada")]))


async def some_are_assigned() -> LocalEngine:
    parts = {"app_role_assignments": (assignment("cleo"), assignment("ada"))}
    local = ShortEngine(small_world([person(name) for name in EVERYBODY], source=parts), shards=SHARDS)
    await local.begin()
    return local


async def pauses_for_an_hour(local: LocalEngine) -> None:
    await local.insist(lambda engine: pause_job(engine, CONFIGURATION))
    await an_hour(local)
    await local.insist(lambda engine: start_job(engine, CONFIGURATION))
    await local.run_cycle()


def decides(verdict: Verdict) -> Act:
    """An approver looks at what is held and decides, again and again until nothing is."""

    async def decide(engine: Engine) -> None:
        state = await engine.configurations.state(CONFIGURATION)
        assert state is not None
        with suppress(NothingHeld, SetChanged):
            await decide_held(engine, state, (await held_removals(engine, state)).digest, verdict, "olga")

    async def act(local: LocalEngine) -> None:
        await local.insist(decide)
        await local.run_for(CYCLE + QUIET)

    return act


async def removes(local: LocalEngine) -> None:
    await local.insist(lambda engine: remove_configuration(engine, CONFIGURATION))
    await an_hour(local)


async def writes_nothing_for_a_while(local: LocalEngine) -> None:
    """The switch for all configurations is on while a cycle begins."""
    await local.insist(lambda engine: engine.budgets.set_read_only(on=True, by="olga", now=engine.clock.now()))
    await local.run_for(CYCLE)
    await local.insist(lambda engine: engine.budgets.set_read_only(on=False, by="olga", now=engine.clock.now()))
    await local.run_for(2 * QUIET)


async def one_too_many() -> LocalEngine:
    """As many people have joined as the guard over creates takes, and one more does."""
    local = await company(*joins(*PAIR), configuration={"guards": {"creates": {"count": 3}}})()
    await local.run_cycle()
    local.judge()
    local.change(*joins("dina"))
    await local.run_for(timedelta(hours=1))
    return local


STORIES: Mapping[str, Story] = {
    "somebody is asked for who is not read yet": Story(
        prelude=company(*joins(*PAIR)),
        act=asks_for(*PAIR),
        log=each(PAIR, "create success"),
        passes=["graph: POST /invitations"],
    ),
    "somebody is asked for who has changed": Story(
        prelude=company(*becomes(*PAIR, city="Gera"), here=PAIR),
        act=asks_for("ada"),
        log=each(PAIR, "update success"),
        passes=["graph: PATCH"],
    ),
    "a first configuration": Story(
        prelude=nothing_applied,
        act=applies(),
        log=["ada create success"],
        passes=["Insert document:", "Insert lindenhof-to-marisol"],
    ),
    "another scope": Story(
        prelude=some_are_assigned,
        act=applies(scope={"kind": "assigned"}),
        log=each(("bert", "dina"), "delete success"),
        passes=["Insert document:"],
    ),
    "a pause": Story(
        prelude=company(*becomes(*PAIR, city="Gera"), here=PAIR),
        act=pauses_for_an_hour,
        log=each(PAIR, "update success"),
        passes=["table configurations"],
    ),
    "held removals are approved": Story(
        prelude=held(),
        act=decides(Verdict.APPROVED),
        log=each(PAIR, "delete success"),
        passes=["table configurations", "graph: DELETE"],
    ),
    "held removals are rejected": Story(
        prelude=held(),
        act=decides(Verdict.REJECTED),
        log=[],
        passes=["table configurations"],
        agrees=False,
    ),
    "held creates are approved": Story(
        prelude=one_too_many,
        act=decides(Verdict.APPROVED),
        log=["dina create success"],
        passes=["table configurations", "graph: POST /invitations"],
    ),
    "nothing may be written for a while": Story(
        prelude=company(*becomes(*PAIR, city="Gera"), here=PAIR),
        act=writes_nothing_for_a_while,
        log=each(PAIR, "update success"),
        passes=["table budgets", "graph: PATCH"],
    ),
    "a configuration is removed": Story(
        prelude=company(*leaves("ada"), here=PAIR),
        act=removes,
        afterwards=an_hour,
        log=[],
        passes=["table entries", "table watermarks", "table cycles", "table configurations"],
        agrees=False,
    ),
}
