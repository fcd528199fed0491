"""Do guards over creates or rewrites hold? Asked before each chunk, counted after each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason, is_surging
from shared.cycles.surge import SurgeKind, Tripped, is_watched, longest_window, surge_kind, tripped
from shared.orchestration.entry_pass import Job
from shared.orchestration.ports import EntryRows
from shared.orchestration.update_state import update_state
from shared.provisioning.provisioning_log import ProvisioningAction

_HELD = {
    WorkKind.CREATE: SurgeKind.CREATES,
    WorkKind.UPDATE: SurgeKind.REWRITES,
    WorkKind.DRIFT: SurgeKind.REWRITES,
}


async def without_surges(job: Job, chunk: list[EntryRows]) -> list[EntryRows]:
    """Return the chunk without what a guard holds; the configuration's quarantine follows the guards."""
    guards = job.configuration.guards
    if not is_watched(guards):
        return chunk
    surge = await job.engine.configurations.surge(job.configuration.id)
    found = tripped(surge, guards, job.state.population, job.engine.clock.now())
    if bool(found) is not is_surging(job.state):
        await _follow(job, found)
    held = {each.kind for each in found}
    return [row for row in chunk if not _is_held(row.pending, held)]


def _is_held(row: Pending | None, held: set[SurgeKind]) -> bool:
    return row is not None and row.state is PendingState.WAITING and _HELD.get(row.kind) in held


async def count_surges(job: Job, succeeded: Iterable[ProvisioningAction]) -> None:
    """Count what was created and rewritten."""
    guards = job.configuration.guards
    if not is_watched(guards):
        return
    kinds = Counter(kind for action in succeeded if (kind := surge_kind(action)) is not None)
    if kinds:
        now, keep = job.engine.clock.now(), longest_window(guards)
        await job.engine.configurations.change_surge(
            job.configuration.id, lambda surge: surge.with_more(kinds, now, keep)
        )


async def _follow(job: Job, found: tuple[Tripped, ...]) -> None:
    now = job.engine.clock.now()

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        if not found:
            return replace(state, quarantine=None) if is_surging(state) else None
        if state.quarantine is not None:
            return None  # one reason at a time is shown; the guards hold whatever it is
        first = found[0]
        quarantine = Quarantine(
            reason=QuarantineReason.EXCEPTION, began=now, code=first.kind.value, message=first.message
        )
        return replace(state, quarantine=quarantine)

    await update_state(job.engine, job.configuration.id, change)
