"""A write to the target ended somehow: what does that mean for the entry?

| result | then |
|---|---|
| done | closed as success, the link knows the digest of what was written |
| throttled, not sent | waits as long as Graph said |
| ambiguous, busy, not found | waits and looks again; after many attempts an escrow |
| invitations are blocked | waits: nobody is invited before the breaker lets one try |
| refused, forbidden | escrow, with Graph's own words |
"""

from dataclasses import replace
from datetime import timedelta

from shared.cycles.pending import INVITATIONS_BLOCKED, LONGEST_WAIT
from shared.cycles.retry import escrow, pause, wait
from shared.cycles.work import IntentAction
from shared.orchestration.entry_pass import Ending, EntryPass, Job
from shared.orchestration.ports import WriteResult, WriteStatus
from shared.orchestration.record_drift import judged_link
from shared.provisioning.address import normalized_mail
from shared.provisioning.change import ChangeKind
from shared.provisioning.change_planning import failure
from shared.provisioning.link import Link, LinkOrigin, LinkState
from shared.provisioning.pass_steps import export_step
from shared.provisioning.provisioning_log import ErrorInformation, ProvisioningAction, ProvisioningStatus
from shared.provisioning.reference_resolution import in_use

_PAUSE = timedelta(seconds=15)

_CODES = {
    WriteStatus.AMBIGUOUS: "Timeout",
    WriteStatus.BUSY: "EntryConflict",
    WriteStatus.NOT_FOUND: "InvalidAnchor",
    WriteStatus.FORBIDDEN: "InsufficientRights",
    WriteStatus.REFUSED: "InvitationCreationFailure",
}


def action_of(entry: EntryPass) -> ProvisioningAction:
    """Return the action that the log and the counters name."""
    change = entry.change
    if change is None:
        return ProvisioningAction.OTHER
    if change.finishing:
        return ProvisioningAction.CREATE
    if change.kind is ChangeKind.UPDATE and change.attributes.get("accountEnabled") is False:
        return ProvisioningAction.DISABLE
    return {
        ChangeKind.CREATE: ProvisioningAction.CREATE,
        ChangeKind.UPDATE: ProvisioningAction.UPDATE,
        ChangeKind.RESTORE: ProvisioningAction.UPDATE,
        ChangeKind.DELETE: ProvisioningAction.DELETE,
        ChangeKind.DISABLE: ProvisioningAction.DISABLE,
    }.get(change.kind, ProvisioningAction.OTHER)


def action_before(job: Job, entry: EntryPass) -> ProvisioningAction | None:
    """Return the action of an earlier attempt whose end nobody knows: where the target has its values, it succeeded."""
    intent, link = entry.intent, entry.link
    if not entry.in_scope or link is None or entry.seen.linked is None:
        return None
    if entry.seen.unfinished:
        return ProvisioningAction.CREATE
    if intent is None or intent.target_id != link.target_id:
        return None
    if intent.action in {IntentAction.DELETE, IntentAction.REFERENCE}:
        return None
    disabled = not job.rules.flow.enables(entry.person)
    held = entry.change is not None and entry.change.hold_disable
    return ProvisioningAction.DISABLE if disabled and link.enabled and not held else ProvisioningAction.UPDATE


def refused(job: Job, entry: EntryPass, error: ErrorInformation | None, *, keep_intent: bool = False) -> EntryPass:
    """End a pass in escrow: only a person, or a change in one of the tenants, can help."""
    row = escrow(entry.pending, job.engine.clock.now(), error.code if error else "")
    return entry.end(
        Ending(
            action=action_of(entry),
            status=ProvisioningStatus.FAILURE,
            link=entry.link if keep_intent else None,
            next=row,
            error=error,
            keep_intent=keep_intent,
        )
    )


def not_done(job: Job, entry: EntryPass, result: WriteResult, *, keep_intent: bool = False) -> EntryPass:
    """End a pass whose write did not happen, or nobody knows; a link that was saved before stays with it."""
    now = job.engine.clock.now()
    if result.status in {WriteStatus.THROTTLED, WriteStatus.NOT_SENT}:
        held_back = result.status is WriteStatus.NOT_SENT and result.code
        row = pause(entry.pending, now, result.retry_after or _PAUSE, held_back or "TooManyRequests")
        return entry.end(Ending(link=entry.link, next=row, keep_intent=keep_intent))
    if result.status is WriteStatus.BLOCKED:
        row = pause(entry.pending, now, LONGEST_WAIT, INVITATIONS_BLOCKED)
        return entry.end(Ending(link=entry.link, next=row, keep_intent=keep_intent))
    code = _CODES[result.status]
    if result.status in {WriteStatus.AMBIGUOUS, WriteStatus.BUSY, WriteStatus.NOT_FOUND}:
        row = wait(entry.pending, now, code)
        keep_intent = keep_intent or result.status is WriteStatus.AMBIGUOUS
        return entry.end(Ending(link=entry.link, next=row, keep_intent=keep_intent))
    error = failure(code, f"Microsoft Graph answered {result.code}: {result.message}")
    if entry.change is not None:
        entry = entry.step(export_step(entry.source_id, entry.change, error))
    return refused(job, entry, error, keep_intent=keep_intent)


def new_link(job: Job, entry: EntryPass, target_id: str, origin: LinkOrigin) -> Link:
    """Return the link to an object that has just become ours and whose attributes are not written yet."""
    return Link(
        source_id=entry.source_id,
        target_id=target_id,
        origin=origin,
        state=LinkState.ACTIVE,
        digest="",
        enabled=True,
        mail="",
        changed=job.engine.clock.now(),
        unfinished=origin is LinkOrigin.CREATED,
    )


def written_link(job: Job, entry: EntryPass, link: Link) -> Link:
    """Return the link after everything that should flow has been written, but for a disable that is held."""
    held = entry.change is not None and entry.change.hold_disable
    return replace(
        judged_link(job, entry, in_use(link)),
        digest="" if held else job.rules.flow.digest(entry.person),
        enabled=link.enabled if held else job.rules.flow.enables(entry.person),
        mail=normalized_mail(job.rules.flow.mail(entry.person) or "") or link.mail,
        unfinished=False,
    )
