"""Where does it stand whose removals a guard has released lately?

Two slices may settle one cycle at the same time; each saves under a number of its own, and the state says which counts.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from shared.cycles.pending import Pending, WorkKind
from shared.cycles.released import Released
from shared.cycles.removal_guard import split_kinds
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.reading import Reading

KIND: Final = "released"
_DIGESTS = 10**4


async def load_released(engine: Engine, state: ConfigurationState) -> Released:
    """Return who was released lately. Should the snapshot be lost, the guard counts what is staged now, as at first."""
    if not state.released_at:
        return Released()
    content = await engine.snapshots.load(state.configuration_id, KIND, state.released_at)
    return Released() if content is None else Released.unpack(content)


async def save_released(reading: Reading, staged: Sequence[Pending], before: Released) -> int:
    """Save who is released now beside those of before; returns the number for the state's row."""
    now, guards = reading.engine.clock.now(), reading.configuration.guards
    since = now - max(guards.removals.window, guards.disables.window)
    removals, disables = split_kinds(staged)
    after = before.with_more({WorkKind.REMOVE: removals, WorkKind.DISABLE: disables}, now, since)
    content = after.pack()
    number = (
        reading.cycle.number * _DIGESTS + int.from_bytes(hashlib.blake2b(content, digest_size=8).digest()) % _DIGESTS
    )
    await reading.engine.snapshots.save(reading.cycle.configuration_id, KIND, number, content)
    # The one that counts so far stays until the state names the new one.
    await reading.engine.snapshots.prune(reading.cycle.configuration_id, KIND, min(reading.state.released_at, number))
    return number
