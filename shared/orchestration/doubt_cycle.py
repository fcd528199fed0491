"""Has a cycle read everything? Where it can be told that it has not, status says so.

Told by the reader: nobody known is found any more. Told by a worker: somebody is in scope whom a cycle that reads
everybody did not name.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.cycles.cycle import CycleKind
from shared.cycles.doubt import MESSAGES, Doubt
from shared.cycles.pending import Pending, Verdict, WorkKind
from shared.cycles.state import ConfigurationState, Quarantine, QuarantineReason
from shared.orchestration.entry_pass import EntryPass, Job
from shared.orchestration.ports import Examination, Presence
from shared.orchestration.positive_control import provisioned, standing
from shared.orchestration.reading import Reading
from shared.orchestration.update_state import update_state
from shared.provisioning.link import LinkState
from shared.provisioning.scoping import ScopeUndecided, decide_scope

ASKED_FIRST = 2
"""So many known people are looked for first: mostly they are there."""

SAMPLE = 5
"""So many of those who are staged by a full cycle are read directly before the guard decides."""


def doubted(state: ConfigurationState, doubt: Doubt, now: datetime) -> Quarantine:
    """Return the quarantine that tells of a doubt; one that lasts keeps its beginning."""
    same = state.quarantine is not None and state.quarantine.code == doubt
    began = state.quarantine.began if same and state.quarantine else now
    return Quarantine(reason=QuarantineReason.EXCEPTION, began=began, code=doubt.value, message=MESSAGES[doubt])


async def doubt_reading(reading: Reading, staged: Sequence[Pending]) -> None:
    """Ask whether the source is seen at all, and, after a full cycle, whether some of the staged are there after all.

    Those whom the guard holds are examined by no worker: they would be held until the next full cycle.
    """
    if reading.cycle.doubt or reading.cycle.cursor.position:
        return
    doubt = Doubt.NONE
    if not await _sees_somebody(reading):
        doubt = Doubt.NOBODY_KNOWN
    elif reading.initial and await _left_out_some(reading, staged):
        doubt = Doubt.INCOMPLETE_READ
    reading.cycle = replace(reading.cycle, doubt=doubt)


async def _sees_somebody(reading: Reading) -> bool:
    # where nothing is open, nobody is to go
    choose = provisioned if reading.is_idle else standing
    known = dict.fromkeys(
        [*reading.known_users, *reading.state.known_users, *await choose(reading.engine, reading.state)]
    )
    if not known and not await provisioned(reading.engine, reading.state):
        return True
    people = tuple(known)
    for asked in (people[:ASKED_FIRST], people[ASKED_FIRST:]):
        seen = await reading.source.examine(asked, scope=False, known_users=())
        if any(each.presence is Presence.PRESENT for each in seen.values()):
            return True
    return False


async def _left_out_some(reading: Reading, staged: Sequence[Pending]) -> bool:
    to_go = [
        row.source_id for row in staged if row.kind is WorkKind.REMOVE and row.staged_cycle == reading.cycle.number
    ]
    seen = await reading.source.examine(to_go[:SAMPLE], scope=reading.reads_groups, known_users=())
    assigned = (await reading.scope_in_work()).assigned if reading.nested else frozenset[str]()
    return any(_is_in_scope(reading, each, assigned) for each in seen.values())


def _is_in_scope(reading: Reading, examination: Examination, assigned: frozenset[str]) -> bool:
    """Is the person in scope by what was read of them alone, and the assigned groups where nested ones count?"""
    person = examination.person
    if person is None:
        return False
    entitled = examination.assigned is not False or not assigned.isdisjoint(examination.nested_in or ())
    try:
        return decide_scope(
            person,
            entitled=entitled or not reading.assigned_only,
            scope_filter=reading.mapping.scope_filter,
            guests=reading.configuration.scope.internal_guests,
        ).in_scope
    except ScopeUndecided:
        return False


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
