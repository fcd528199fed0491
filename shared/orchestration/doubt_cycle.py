"""Has a cycle read everything? Where it can be told that it has not, status says so.

Told by the reader: nobody known is found any more. Told by a worker: somebody is in scope whom a cycle that reads
everybody did not name.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.cycles.cycle import CycleKind
from shared.cycles.doubt import MESSAGES, Doubt
from shared.cycles.pending import Verdict, WorkKind
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason
from shared.orchestration.entry_pass import EntryPass, Job
from shared.orchestration.ports import Presence
from shared.orchestration.positive_control import provisioned, standing
from shared.orchestration.reading import Reading
from shared.orchestration.update_state import update_state
from shared.provisioning.link import LinkState


def doubted(state: ConfigurationState, doubt: Doubt, now: datetime) -> Quarantine:
    """Return the quarantine that tells of a doubt; one that lasts keeps its beginning."""
    same = state.quarantine is not None and state.quarantine.code == doubt
    began = state.quarantine.began if same and state.quarantine else now
    return Quarantine(reason=QuarantineReason.EXCEPTION, began=began, code=doubt.value, message=MESSAGES[doubt])


async def doubt_reading(reading: Reading) -> None:
    """Look for people who were seen last or are provisioned; if none of them is there, the cycle is in doubt."""
    if reading.cycle.doubt or reading.cycle.cursor.position:
        return
    known = dict.fromkeys([*reading.known_users, *await standing(reading.engine, reading.state)])
    if not known and not await provisioned(reading.engine, reading.state):
        return
    seen = await reading.source.examine(tuple(known), scope=False, known_users=())
    if not any(each.presence is Presence.PRESENT for each in seen.values()):
        reading.cycle = replace(reading.cycle, doubt=Doubt.NOBODY_KNOWN)


def was_left_out(entry: EntryPass) -> bool:
    """Was somebody who is provisioned and in scope to be removed because reading did not show them?"""
    to_go = entry.pending.kind is WorkKind.REMOVE and entry.pending.verdict is Verdict.NONE
    return to_go and entry.link is not None and entry.link.state is LinkState.ACTIVE


async def doubt_cycles(job: Job, left_out: Sequence[EntryPass]) -> None:
    """Tell of the newest full cycle that left these people out; an incremental one may replay an old state."""
    numbers = sorted({each.pending.cycle for each in left_out}, reverse=True)
    for number in numbers:
        cycle = await job.engine.cycles.get(job.configuration.id, number)
        if cycle is not None and cycle.kind is CycleKind.INITIAL:
            await _doubt_cycle(job, number)
            return


async def _doubt_cycle(job: Job, number: int) -> None:
    now = job.engine.clock.now()

    async def change(state: ConfigurationState) -> ConfigurationState | None:
        if state.doubted_cycle >= number:
            return None
        quarantine = state.quarantine or doubted(state, Doubt.INCOMPLETE_READ, now)
        return replace(state, doubted_cycle=number, full_next=True, quarantine=quarantine)

    await update_state(job.engine, job.configuration.id, change)
