"""How does the configuration stand after the cycles that would have made an agreed world?

An initial cycle has created everybody, and is past its time; an incremental one has found nothing to do. The next one
goes on from the delta link that the source gives out now.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import httpx

from sandbox.seeding.agreed import AgreedWorld
from sandbox.tenants.delta import LARGEST_PAGE
from shared.adapters.graph.answer import selected
from shared.configuration.document import parse
from shared.configuration.user_mapping import source_attributes
from shared.cycles.attention import Attention
from shared.cycles.cycle import Cursor, Cycle, CycleKind, CyclePhase, CycleState
from shared.cycles.state import ConfigurationState
from shared.cycles.statement import Statement
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.control_job import start_job
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Watermark
from shared.orchestration.read_users import KNOWN_USERS, USERS
from shared.orchestration.reading import PAGES
from shared.orchestration.watch_policies import with_policies

CYCLES = 2

_STIRRED = 1
"""How often it was said that somebody has something to do; nobody has any more."""


async def seed_standing(world: AgreedWorld, engine: Engine, graph: httpx.AsyncClient) -> None:
    """Declare and start the configuration, and write what two cycles have left of it; `graph` reaches the source."""
    configuration = parse(world.document)
    await apply_configuration(engine, configuration)
    state = await start_job(engine, configuration.id)
    if state is None:
        raise RuntimeError(f"The configuration {configuration.id!r} is gone.")
    known = _known_users(world)
    ended = await with_policies(engine, configuration, _cycle(world, state, known), None)
    cycle = await engine.cycles.create(ended)
    await engine.configurations.save(_after(world, state, cycle))
    link = await _delta_link(graph, world, selected(source_attributes(configuration)))
    await engine.watermarks.save(configuration.id, Watermark(chain=USERS, link=link, issued=engine.clock.now()))


def _cycle(world: AgreedWorld, state: ConfigurationState, known_users: tuple[str, ...]) -> Cycle:
    people = world.plan.users
    return Cycle(
        configuration_id=state.configuration_id,
        number=CYCLES,
        kind=CycleKind.INCREMENTAL,
        state=CycleState.COMPLETED,
        phase=CyclePhase.COMPLETE,
        cursor=Cursor(),
        sequence=2,  # as often as such a cycle saves how far it is
        heartbeat=world.now,
        started=world.now,
        completed=world.now,
        configuration_version=state.version,
        known_users=known_users,
        closing=Statement(in_scope=people, present=people, equal=people),
        idle_at=_STIRRED,
    )


def _after(world: AgreedWorld, state: ConfigurationState, cycle: Cycle) -> ConfigurationState:
    return replace(
        state,
        cycle=cycle.number,
        full_next=False,
        last_full=world.now,
        released_cycle=cycle.number,
        population=world.plan.users,
        known_users=cycle.known_users,
        last_completed=cycle.number,
        completed_at=world.now,
        attention=Attention(stirred=_STIRRED, idle=True, worked_in=cycle.number, surveyed=_STIRRED),
        steady_since=world.now,
        oldest_cycle=cycle.number,
    )


def _known_users(world: AgreedWorld) -> tuple[str, ...]:
    """The first people of the last pages that the initial cycle has taken together."""
    together = LARGEST_PAGE * PAGES
    start = (len(world.users) - 1) // together * together
    return tuple(user["id"] for user in islice(world.users, start, start + KNOWN_USERS))


async def _delta_link(graph: httpx.AsyncClient, world: AgreedWorld, select: Sequence[str]) -> str:
    answer = await graph.get(
        "/v1.0/users/delta",
        params={"$select": ",".join(select), "$deltatoken": "latest"},
        headers={"Authorization": f"Bearer sandbox.{world.source_id}"},
    )
    answer.raise_for_status()
    return str(answer.json()["@odata.deltaLink"])
