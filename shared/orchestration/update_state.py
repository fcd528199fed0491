"""How is a configuration's state row changed when others may change it at the same moment?"""

from collections.abc import Awaitable, Callable

from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Conflict

_ATTEMPTS = 8


async def update_state(
    engine: Engine,
    configuration_id: str,
    change: Callable[[ConfigurationState], Awaitable[ConfigurationState | None]],
    *,
    attempts: int = _ATTEMPTS,
) -> ConfigurationState | None:
    """Read, change and save the row, again if somebody was faster; returns it as it stands then.

    `change` returns None to leave it as it is. Returns None if there is no such configuration. Raises Conflict after
    so many attempts.
    """
    for attempt in range(attempts):
        state = await engine.configurations.state(configuration_id)
        desired = None if state is None else await change(state)
        if state is None or desired is None or desired == state:
            return state
        try:
            return await engine.configurations.save(desired)
        except Conflict:
            if attempt == attempts - 1:
                raise
    return None
