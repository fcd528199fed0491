"""An operator restarts a job: what is forgotten, and what is done again?"""

from collections.abc import Collection
from dataclasses import replace

from shared.cycles.pending import Verdict
from shared.cycles.reset_scope import ResetScope
from shared.cycles.state import ConfigurationState, Quarantine, is_held
from shared.orchestration.control_job import NotConfigured
from shared.orchestration.decide_held import decide_held, held_removals
from shared.orchestration.engine import Engine
from shared.orchestration.forgive_escrows import forgive_escrows
from shared.orchestration.update_state import update_state


async def restart_job(
    engine: Engine, configuration_id: str, scopes: Collection[ResetScope], decided_by: str
) -> ConfigurationState | None:
    """Let the job run, with its next cycle due at once; returns None if there is no such job. Raises NotConfigured.

    Asked for twice it is the same as once. Raises SetChanged where ForceDeletes meets removals that are just changing.
    """
    state = await engine.configurations.state(configuration_id)
    if state is None or state.removed is not None:
        return None
    if await engine.configurations.configuration(configuration_id, state.version) is None:
        raise NotConfigured
    if ResetScope.FORCE_DELETES in scopes:
        await _force_deletes(engine, state, decided_by)

    async def change(standing: ConfigurationState) -> ConfigurationState | None:
        return None if standing.removed is not None else _restarted(engine, standing, scopes)

    restarted = await update_state(engine, configuration_id, change)
    if restarted is not None and restarted.forgiven_cycle:
        await forgive_escrows(engine, restarted)
    return restarted


async def _force_deletes(engine: Engine, state: ConfigurationState, decided_by: str) -> None:
    held = await held_removals(engine, state)
    if held.rows:
        await decide_held(engine, state, held.digest, Verdict.APPROVED, decided_by)


def _restarted(engine: Engine, state: ConfigurationState, scopes: Collection[ResetScope]) -> ConfigurationState:
    again = bool({ResetScope.WATERMARK, ResetScope.CONNECTOR_DATA_STORE}.intersection(scopes))
    return replace(
        state,
        active=True,
        ever_started=True,
        next_due=engine.clock.now(),
        full_next=state.full_next or again,
        restarted_at=state.cycle if again else state.restarted_at,
        proves_links=state.proves_links or ResetScope.CONNECTOR_DATA_STORE in scopes,
        forgiven_cycle=state.cycle if ResetScope.ESCROWS in scopes else state.forgiven_cycle,
        quarantine=_quarantine(state, scopes),
    )


def _quarantine(state: ConfigurationState, scopes: Collection[ResetScope]) -> Quarantine | None:
    """Return what is left of the quarantine: what stands is tried at once, whatever its back-off was.

    The hold on removals ends like any other, and the next cycle judges again what is staged.
    """
    if state.quarantine is None or ResetScope.QUARANTINE_STATE in scopes:
        return None
    return state.quarantine if is_held(state) else replace(state.quarantine, next_attempt=None)
