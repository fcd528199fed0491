"""Somebody asked that failures be forgotten: whose escrow is tried again at once, as if for the first time?"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.cycles.pending import DueClass, Pending, PendingState
from shared.cycles.retry import LONGEST_ESCROW
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.live_due import live_due
from shared.orchestration.stir import told
from shared.orchestration.update_state import update_state

MOST = 1000
"""Escrows of one shard that one look forgives; the next tick goes on with what is left."""

_LAST = LONGEST_ESCROW + timedelta(hours=1)


async def forgive_escrows(engine: Engine, state: ConfigurationState) -> ConfigurationState:
    """Let the escrows of the forgiven cycles wait like new work; when none is left, nothing is forgiven any more.

    Returns the state as it is then.
    """
    left = False
    for shard in range(state.shards):
        left |= await _forgive_shard(engine, state, shard)
    if not left:
        await update_state(engine, state.configuration_id, lambda standing: _done(standing, state.forgiven_cycle))
    return await engine.configurations.state(state.configuration_id) or state


async def _forgive_shard(engine: Engine, state: ConfigurationState, shard: int) -> bool:
    """Return whether more may be left than one look finds."""
    now = engine.clock.now()
    rows = await live_due(engine, state, shard, DueClass.ESCROW, now + _LAST, MOST)
    forgiven = [row for row in rows if row.cycle <= state.forgiven_cycle]
    if forgiven:
        async with told(engine, state.configuration_id):
            await engine.entries.exchange(state, [(row, _forgiven(row, state, now)) for row in forgiven])
    return len(rows) >= MOST and bool(forgiven)


def _forgiven(row: Pending, state: ConfigurationState, now: datetime) -> Pending:
    return replace(
        row,
        state=PendingState.WAITING,
        due=now,
        attempts=0,
        escrows=0,
        confirm=True,
        differed=False,
        cycle=state.cycle,
        reason="",
    )


async def _done(state: ConfigurationState, forgiven_cycle: int) -> ConfigurationState | None:
    return replace(state, forgiven_cycle=0) if state.forgiven_cycle == forgiven_cycle else None
