"""A row is written that somebody has to be told of: then the next tick looks, should the message get lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from shared.cycles.attention import LONGEST_TRUST, Attention, Look, announced, looked, stirred
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.update_state import update_state

MANY: Final = 40
"""Many may say so at one time, and each of them has to get through."""


async def announce(engine: Engine, configuration_id: str) -> datetime:
    """Say that rows are about to be written, so that they are found should this process die right after.

    Returns until when it is waited for, by which `stir` tells it from others.
    """
    until = engine.clock.now() + LONGEST_TRUST

    async def change(state: ConfigurationState) -> ConfigurationState:
        return replace(state, attention=announced(state.attention, until, state.cycle))

    await update_state(engine, configuration_id, change, attempts=MANY)
    return until


async def stir(engine: Engine, configuration_id: str, *, until: datetime | None = None) -> ConfigurationState | None:
    """Say that rows were written; before whoever wrote them says that they are done.

    `until` is what `announce` has returned, where they were announced.
    """

    async def change(state: ConfigurationState) -> ConfigurationState:
        return replace(state, attention=stirred(state.attention, state.cycle, announced=until))

    return await update_state(engine, configuration_id, change, attempts=MANY)


@asynccontextmanager
async def told(engine: Engine, configuration_id: str) -> AsyncIterator[None]:
    """Announce, let rows be written, and say so; where that fails the announcement stands."""
    until = await announce(engine, configuration_id)
    yield
    await stir(engine, configuration_id, until=until)


async def note_look(engine: Engine, seen: ConfigurationState, look: Look) -> None:
    """Note what a look has found that began when the state was as `seen`; nothing is written where that is known."""
    if _after(engine, seen, seen.attention, look) == seen.attention:
        return

    async def change(state: ConfigurationState) -> ConfigurationState:
        return replace(state, attention=_after(engine, state, seen.attention, look))

    await update_state(engine, seen.configuration_id, change)


def _after(engine: Engine, state: ConfigurationState, seen: Attention, look: Look) -> Attention:
    now = engine.clock.now()
    next_cycle = now if state.running or state.next_due is None else state.next_due
    return looked(state.attention, look, seen.stirred, state.cycle, (now, next_cycle))
