"""An earlier pass was about to invite somebody, and nobody knows whether it did: what came of it?

Decided before anything else, and by the address of that invitation, whatever the person's address is now. Afterwards an
intent either names the invited object, or is gone because nothing was made.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.cycles.work import Intent, IntentAction, IntentStage
from shared.orchestration.entry_pass import EntryPass, Job
from shared.orchestration.export_creates import AFTER_INVITATION
from shared.orchestration.ports import Found, TargetQuery
from shared.orchestration.put_back import held_back, not_now
from shared.provisioning.entry import TargetObject
from shared.provisioning.matching import is_b2b, is_younger

LATEST = timedelta(minutes=15)
LATEST_REAL = timedelta(minutes=2)
"""An invitation is carried out so long after its intent at the latest: the lease and Graph's time-out end it. Where
engine time runs faster than the machine that has to do the work, two minutes of real time count."""


async def recover_invitations(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Look for what unclear invitations have made; those that are too fresh for the replicas wait."""
    passes = [_wait_for_replicas(job, each) if _is_unclear(each) else each for each in passes]
    unclear = [each for each in passes if _is_unclear(each)]
    if not unclear:
        return passes
    queries = [TargetQuery(source_id=each.source_id, mail=each.begun.mail, deleted=True) for each in unclear]
    found = (await job.target.look_up(queries)).found
    return [_recovered(job, each, found.get(each.source_id)) if each in unclear else each for each in passes]


def _is_unclear(entry: EntryPass) -> bool:
    intent = entry.intent
    if entry.ending is not None or intent is None or intent.action is not IntentAction.CREATE:
        return False
    return intent.stage is IntentStage.PLANNED


def _wait_for_replicas(job: Job, entry: EntryPass) -> EntryPass:
    intent = entry.begun
    left = (intent.looked_up or intent.started) + AFTER_INVITATION - job.engine.clock.now()
    return held_back(job, entry, left, "Timeout") if left > timedelta(0) else entry


def _recovered(job: Job, entry: EntryPass, found: Found | None) -> EntryPass:
    if found is None or not found.known:
        return not_now(job, entry, "Timeout")
    ours = [each for each in found.holders if _is_ours(each, entry.begun, _latest(job, entry.begun))]
    invited = None
    if len(ours) == 1:
        invited = replace(entry.begun, stage=IntentStage.INVITED, target_id=ours[0].id)
    return replace(entry, work=replace(entry.work, intent=invited))


def _latest(job: Job, intent: Intent) -> datetime:
    scale = LATEST / job.engine.clock.real(LATEST)
    return (intent.saved or intent.started) + max(LATEST, LATEST_REAL * scale)


def _is_ours(holder: TargetObject, intent: Intent, latest: datetime) -> bool:
    """Was it made between our look-up and the latest moment at which our invitation can have been carried out?

    Whatever became of it since: somebody may have deleted it, and may restore it.
    """
    if not is_b2b(holder) or not is_younger(holder, intent.looked_up):
        return False
    return holder.created is not None and holder.created <= latest
