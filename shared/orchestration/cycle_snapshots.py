"""Which snapshot of a running cycle counts, where two slices may write one at the same time?

The same message twice opens two slices at one sequence, and both save what they saw before either knows who is ahead.
So each snapshot has a number of its own, and the cycle's row says which one counts: only the winner's is ever read.
"""

import hashlib
from typing import Final

from shared.cycles.cycle import Cycle
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Content

LINKS: Final = "links"
SCOPE_IN_WORK: Final = "scope-in-work"

_DIGESTS = 10**5
_LAST = 10**10 - 1


class SnapshotLost(Exception):
    """A snapshot of the running cycle is gone or not whole; the cycle must read everything again."""


async def save_snapshot(engine: Engine, cycle: Cycle, kind: str, content: Content) -> int:
    """Save what the next sequence of the cycle goes on from; returns the number for the cycle's row."""
    number = (cycle.sequence + 1) * _DIGESTS + _digest(content)
    await engine.snapshots.save(cycle.configuration_id, _kind(kind, cycle.number), number, content)
    return number


async def load_snapshot(engine: Engine, cycle: Cycle, kind: str, number: int) -> Content:
    """Return the snapshot that the cycle's row names. Raises SnapshotLost."""
    content = await engine.snapshots.load(cycle.configuration_id, _kind(kind, cycle.number), number)
    if content is None:
        raise SnapshotLost(cycle.number)
    return content


async def prune_snapshots(engine: Engine, cycle: Cycle, kind: str, number: int) -> None:
    """Delete the snapshots of earlier sequences."""
    await engine.snapshots.prune(cycle.configuration_id, _kind(kind, cycle.number), number)


async def forget_snapshots(engine: Engine, configuration_id: str, cycle: int) -> None:
    """Delete all snapshots of a cycle that has ended."""
    for kind in (LINKS, SCOPE_IN_WORK):
        await engine.snapshots.prune(configuration_id, _kind(kind, cycle), _LAST)


def _kind(kind: str, cycle: int) -> str:
    return f"{kind}-{cycle}"


def _digest(content: Content) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest()) % _DIGESTS
