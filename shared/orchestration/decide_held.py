"""Removals and disables (or creates, or rewrites) are held: a person looks at them and decides.

What is decided is exactly what was looked at: the decision names a digest of the set. If anybody has come to it or left
it since, or if a row changes at this very moment, it is asked again.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.cycles.pending import Pending, PendingState, Verdict
from shared.cycles.state import ConfigurationState, is_held, is_surging
from shared.cycles.surge import Surge
from shared.orchestration.dispatch import dispatch_due
from shared.orchestration.engine import Engine
from shared.orchestration.ports import EntryPart
from shared.orchestration.stir import told
from shared.orchestration.update_state import update_state

PAGE = 500

_log = logging.getLogger(__name__)


class NothingHeld(Exception):
    """No removals are held; there is nothing to approve or to reject."""


class SetChanged(Exception):
    """The held removals are not those that were looked at; look at them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRemovals:
    """Whose removal or disable the guard holds, in the order of their ids; empty where it holds nothing."""

    rows: tuple[Pending, ...] = ()
    surge: str = ""
    """The code of a guard over creates or rewrites that holds, and since when: of those no one is named."""

    @property
    def digest(self) -> str:
        """Return what a decision names: it differs as soon as the set does; empty where nothing is held."""
        lines = [f"{row.source_id}\n{row.kind.value}\n{row.staged_cycle}\n" for row in self.rows]
        named = "".join([*lines, self.surge])
        return hashlib.blake2b(named.encode(), digest_size=16).hexdigest() if named else ""


async def held_removals(engine: Engine, state: ConfigurationState) -> HeldRemovals:
    """Return what the guard holds; nothing while it releases."""
    if is_surging(state) and state.quarantine is not None:
        return HeldRemovals(surge=f"{state.quarantine.code} {state.quarantine.began.isoformat()}")
    if not is_held(state):
        return HeldRemovals()
    rows = await engine.entries.staged(state)
    return HeldRemovals(rows=tuple(sorted(rows, key=lambda row: row.source_id)))


async def decide_held(
    engine: Engine, state: ConfigurationState, digest: str, verdict: Verdict, decided_by: str
) -> HeldRemovals:
    """Approve or reject exactly the held set with this digest. Raises NothingHeld or SetChanged.

    Approved ones are removed once they are proven, like all others, and do not count for the guard any more. Rejected
    ones stay as they are until the person is seen in scope again. Approved creates or rewrites go on, and are counted
    from nothing again; rejected, they stay held.
    """
    if not decided_by:
        raise ValueError("nobody has decided")
    held = await held_removals(engine, state)
    if not held.digest:
        raise NothingHeld
    if held.digest != digest:
        raise SetChanged
    if held.surge:
        await _decide_surge(engine, state, verdict)
    async with told(engine, state.configuration_id):
        for start in range(0, len(held.rows), PAGE):
            await _mark(engine, state, held.rows[start : start + PAGE], verdict, decided_by)
    await update_state(engine, state.configuration_id, _released_hold)
    await dispatch_due(engine, await engine.configurations.state(state.configuration_id) or state)
    extra = {"action": "decide_held", "configuration_id": state.configuration_id, "verdict": verdict.value}
    _log.warning("held removals decided", extra={**extra, "count": len(held.rows), "decided_by": decided_by})
    return held


async def _decide_surge(engine: Engine, state: ConfigurationState, verdict: Verdict) -> None:
    if verdict is Verdict.APPROVED:
        await engine.configurations.change_surge(state.configuration_id, lambda _: Surge())
        await update_state(engine, state.configuration_id, _let_go)


async def _let_go(state: ConfigurationState) -> ConfigurationState | None:
    return replace(state, quarantine=None) if is_surging(state) else None


async def _mark(
    engine: Engine, state: ConfigurationState, held: Sequence[Pending], verdict: Verdict, decided_by: str
) -> None:
    looked_at = {row.source_id: row for row in held}
    rows = await engine.entries.read(state, sorted(looked_at), parts=frozenset({EntryPart.PENDING}))
    standing = [entry.pending for entry in rows.values() if entry.pending is not None]
    same = [row for row in standing if _is_same(row, looked_at[row.source_id])]
    await engine.entries.exchange(state, [(row, _decided(engine, row, verdict, decided_by)) for row in same])


def _decided(engine: Engine, row: Pending, verdict: Verdict, decided_by: str) -> Pending:
    due = engine.clock.now() if row.state is PendingState.STAGED else row.due
    return replace(row, verdict=verdict, decided_by=decided_by, disable_rejected_by="", due=due)


def _is_same(row: Pending, looked_at: Pending) -> bool:
    return (row.kind, row.staged_cycle) == (looked_at.kind, looked_at.staged_cycle)


async def _released_hold(state: ConfigurationState) -> ConfigurationState | None:
    """Let go of the hold; what was staged meanwhile is judged when the next cycle settles."""
    return replace(state, quarantine=None) if is_held(state) else None
