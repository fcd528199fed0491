"""An operator starts or pauses a job: when does it run?"""

from dataclasses import replace

from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.update_state import update_state


class NotConfigured(Exception):
    """The job has no configuration document; apply one before you start it."""


async def start_job(engine: Engine, configuration_id: str) -> ConfigurationState | None:
    """Let cycles run; returns None if there is no such job. Raises NotConfigured.

    A quarantine ends, as with Entra's start; what is staged stays staged, so the next cycle judges it again.
    https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-start
    """

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        if state.removed is not None:
            return None
        if await engine.configurations.configuration(configuration_id, state.version) is None:
            raise NotConfigured
        return _started(engine, state)

    return await update_state(engine, configuration_id, change)


async def pause_job(engine: Engine, configuration_id: str) -> ConfigurationState | None:
    """Start no further cycle and no further pass; returns None if there is no such job. All rows stay."""

    async def change(state: ConfigurationState) -> ConfigurationState:
        return replace(state, active=False)

    return await update_state(engine, configuration_id, change)


def _started(engine: Engine, state: ConfigurationState) -> ConfigurationState:
    now = engine.clock.now()
    due = state.next_due
    # The schedule of a job that runs already is not moved; one that stood still is due at once, not in the past.
    if due is None or (not state.active and due < now):
        due = now
    return replace(state, active=True, ever_started=True, next_due=due, quarantine=None)
