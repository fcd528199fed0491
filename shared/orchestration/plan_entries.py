"""What does the target look like, and what shall be done? Looks up, checks the partner policy, plans, takes claims."""

from dataclasses import replace
from datetime import timedelta

from shared.configuration.configuration import Adoption
from shared.cycles.pending import WorkKind
from shared.cycles.retry import pause
from shared.cycles.work import IntentAction, IntentStage
from shared.orchestration.confirm_source import delayed, staged
from shared.orchestration.entry_pass import Ending, EntryPass, Job, removal_released, split
from shared.orchestration.export_creates import VISIBLE
from shared.orchestration.ports import Forbidden, Found, LookUp, TargetQuery
from shared.orchestration.put_back import held_back, not_now
from shared.orchestration.record_drift import departed_link, is_gone, looked_at, past_of
from shared.orchestration.recover_invitations import recover_invitations
from shared.orchestration.recover_objects import REPLICATION, recover_object
from shared.orchestration.refusal import note_policy
from shared.orchestration.take_claims import take_claims, without_object
from shared.orchestration.write_results import action_before, new_link, refused, written_link
from shared.provisioning.address import normalized_mail
from shared.provisioning.attribute_flow import Matches
from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.change_planning import Sight, plan_provisioning, plan_removal, skip
from shared.provisioning.entry import SourceEntry, TargetObject
from shared.provisioning.link import Link, LinkOrigin, LinkState
from shared.provisioning.matching import is_b2b, is_younger
from shared.provisioning.pass_steps import matching_step, processing_step
from shared.provisioning.provisioning_log import ProvisioningStatus
from shared.provisioning.scoping import DELETED

SOON = timedelta(seconds=15)

LOOKS_AGAIN = "ReplicationPending"
"""Why an object waits in which somebody else may have changed what we have just written."""


async def plan_entries(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Look up everybody in one go and decide; claims are taken for what would be created or adopted."""
    open_, ended = split(await recover_invitations(job, passes))
    open_ = [_without_past_link(each) for each in open_]
    if not open_:
        return ended
    look_up = await job.target.look_up([_query(job, each) for each in open_])
    if not await note_policy(job, look_up):
        return [*ended, *(not_now(job, each, "Timeout", "The partner policy could not be read.") for each in open_)]
    roles = await _roles(job, open_, look_up)
    planned = [await _plan(job, each, look_up, roles) for each in open_]
    return [*ended, *await take_claims(job, planned)]


def _query(job: Job, entry: EntryPass) -> TargetQuery:
    """Ask for the object that stands for the person, and, unless the link vouches for the address, for its holders."""
    target_id = entry.link.target_id if entry.link else ""
    if entry.intent is not None and entry.intent.stage is IntentStage.INVITED:
        target_id = entry.intent.target_id
    if entry.source is None or not entry.in_scope:
        return TargetQuery(source_id=entry.source_id, target_id=target_id)
    mail = _adopting(entry) or job.rules.flow.mail(entry.source) or ""
    known = entry.link is not None and normalized_mail(mail) == entry.link.mail and not _left(entry)
    matches = job.rules.flow.matches(entry.source) if entry.link is None and not target_id else Matches()
    return TargetQuery(
        source_id=entry.source_id,
        target_id=target_id,
        mail="" if known else mail,
        deleted=not known and bool(mail),
        before=matches.before,
        after=matches.after,
        unique=_candidates(job, entry, entry.source),
    )


def _candidates(job: Job, entry: EntryPass, source: SourceEntry) -> tuple[tuple[str, str], ...]:
    """Return which values have to be looked up; they flow on create, so nobody else needs any."""
    if entry.link is not None and not _is_unfinished(entry):
        return ()
    return job.rules.flow.candidates(source, job.rules.environment)


def _adopting(entry: EntryPass) -> str:
    """Return the address by which an adoption was begun of which nobody knows the end; empty without one."""
    intent = entry.intent
    if entry.link is not None or intent is None or intent.action is not IntentAction.UPDATE:
        return ""
    return intent.mail


def _left(entry: EntryPass) -> bool:
    """Is the linked object gone as far as we know? Then somebody else may hold the address by now."""
    return entry.link is not None and entry.link.state is LinkState.DELETED


async def _roles(job: Job, passes: list[EntryPass], look_up: LookUp) -> dict[str, bool | None]:
    """Ask which guests that might be adopted hold a directory role."""
    if job.rules.adoption is not Adoption.AUTOMATIC:
        return {}
    candidates = [
        holder.id
        for each in passes
        if (found := look_up.found.get(each.source_id)) and len(found.holders) == 1
        for holder in found.holders
        if is_b2b(holder) and not holder.deleted
    ]
    try:
        return dict(await job.target.role_holders(candidates)) if candidates else {}
    except Forbidden:
        return {}  # without the permission nobody is adopted, and nobody else is kept waiting


async def _plan(job: Job, entry: EntryPass, look_up: LookUp, roles: dict[str, bool | None]) -> EntryPass:
    found = look_up.found.get(entry.source_id) or Found(source_id=entry.source_id, known=False)
    sight = _sight(job, entry, found, roles)
    entry = replace(entry, sight=sight, looked_up=look_up.date)
    entry = entry.step(matching_step(entry.source_id, sight.linked, sight.holders))
    if _is_past_adoption(job, entry, sight):
        return held_back(job, replace(entry, work=replace(entry.work, intent=None)), timedelta(0), "EntryConflict")
    if entry.pending.kind is WorkKind.DRIFT and _was_just_written(job, entry):
        return held_back(job, entry, _until_visible(job, entry), LOOKS_AGAIN)
    if _may_be_hidden(job, entry, sight):
        return not_now(job, entry, "Timeout")
    orphan = _orphan(entry, sight)
    if orphan is not None:
        return await _adopt_orphan(job, entry, orphan)
    if _is_unlinked_creation(entry):
        return replace(entry, change=Change(kind=ChangeKind.CREATE, target_id=entry.begun.target_id))
    entry = recover_object(job, entry)
    if entry.ending is not None:
        return entry
    return _decided(job, entry, _decide(job, entry, sight))


def _is_past_adoption(job: Job, entry: EntryPass, sight: Sight) -> bool:
    """Is the object gone that was about to be adopted? Then the person's present address has not been looked up."""
    before, source = _adopting(entry), entry.source
    if not before or not sight.known or sight.holders or source is None:
        return False
    return normalized_mail(before) != normalized_mail(job.rules.flow.mail(source) or "")


def _invited_id(entry: EntryPass) -> str:
    """Return the object that an unfinished create has invited; empty without one."""
    intent = entry.intent
    return intent.target_id if intent is not None and intent.stage is IntentStage.INVITED else ""


def _without_past_link(entry: EntryPass) -> EntryPass:
    """Whoever was invited anew had no object any more: the link names one that is gone, until it names the new one."""
    if entry.link is None or _invited_id(entry) in {"", entry.link.target_id}:
        return entry
    return replace(entry, link=None)


def _is_unlinked_creation(entry: EntryPass) -> bool:
    """Was the person invited by a pass that could not prove yet that the object is ours?"""
    return bool(_invited_id(entry)) and entry.link is None and entry.in_scope


def _is_unfinished(entry: EntryPass) -> bool:
    """Have we made the linked object and not written everything yet that flows on create?"""
    return entry.link is not None and entry.link.unfinished


def _may_be_hidden(job: Job, entry: EntryPass, sight: Sight) -> bool:
    """May the object be there, and only not be seen yet, that we invited for a person who has left since?"""
    if entry.link is not None or entry.in_scope or not _invited_id(entry) or sight.linked is not None:
        return False
    return not sight.known or job.engine.clock.now() - (entry.begun.looked_up or entry.started) <= VISIBLE


def _orphan(entry: EntryPass, sight: Sight) -> TargetObject | None:
    """Return the object that we invited for a person who has left, or was disabled, before the link was saved."""
    found = sight.linked
    if entry.link is not None or not _invited_id(entry) or found is None or found.deleted:
        return None
    if entry.in_scope and not _disables(entry, found):
        return None
    return found if is_younger(found, entry.begun.looked_up) else None


def _disables(entry: EntryPass, found: TargetObject) -> bool:
    """Can somebody use the object who may not do so any more?"""
    enabled = found.attributes.get("accountEnabled") is not False
    return enabled and entry.source is not None and entry.source.attributes.get("accountEnabled") is False


async def _adopt_orphan(job: Job, entry: EntryPass, found: TargetObject) -> EntryPass:
    """Link what we made, so that its removal, or its disable, is staged, proved and guarded like any other.

    No guard that released the row before has counted a joiner, so its stamp ends. The object is claimed, for every
    link vouches for that: without, somebody who gets its address could adopt it.
    """
    ended = await without_object(job, entry, found.id)
    if ended is not None:
        return ended
    link = replace(new_link(job, entry, found.id, LinkOrigin.CREATED), mail=normalized_mail(entry.begun.mail))
    again = pause(entry.pending, job.engine.clock.now(), timedelta(0), entry.pending.reason)
    row = again if entry.in_scope else staged(job, entry, WorkKind.REMOVE)
    return entry.end(Ending(link=link, next=replace(row, staged_cycle=0)))


def _sight(job: Job, entry: EntryPass, found: Found, roles: dict[str, bool | None]) -> Sight:
    return Sight(
        known=found.known,
        linked=found.linked,
        holders=found.holders,
        holds_role=roles.get(found.holders[0].id) if len(found.holders) == 1 else None,
        stale=_is_stale(job, entry),
        disable_released=removal_released(job, entry.pending, WorkKind.DISABLE),
        unfinished=_is_unfinished(entry),
        adopting=bool(_adopting(entry)),
        past=past_of(job, entry),
        taken=found.taken,
    )


def _was_just_written(job: Job, entry: EntryPass) -> bool:
    """Did we write to the linked object a moment ago, or may we have? Then what is read may be older than that."""
    if entry.link is None:
        return False
    begun = None if entry.intent is None else entry.intent.saved
    return job.engine.clock.now() - max(entry.link.changed, begun or entry.link.changed) < REPLICATION


def _until_visible(job: Job, entry: EntryPass) -> timedelta:
    """Return how long what we wrote ourselves may still be missing from what is read."""
    changed = job.engine.clock.now() if entry.link is None else entry.link.changed
    return max(changed + REPLICATION - job.engine.clock.now(), SOON)


def _is_stale(job: Job, entry: EntryPass) -> bool:
    """May the object have other values than those that were read? Not where we know that we wrote just these last."""
    link = entry.link
    if link is None or not _was_just_written(job, entry):
        return False
    return entry.may_have_written or entry.source is None or link.digest != job.rules.flow.digest(entry.source)


def _decide(job: Job, entry: EntryPass, sight: Sight) -> Change:
    scoping = entry.scoping or DELETED
    if entry.source is None or not scoping.in_scope:
        return plan_removal(entry.link, sight, job.rules, scoping, job.engine.clock.now())
    if sight.known and sight.linked is None and _was_just_written(job, entry):
        return Change(kind=ChangeKind.WAIT, error=skip("Timeout", "The object that was just written is not visible."))
    return plan_provisioning(entry.source, entry.link, sight, job.rules)


def _decided(job: Job, entry: EntryPass, change: Change) -> EntryPass:
    if change.kind is ChangeKind.WAIT:
        return not_now(job, entry, change.error.code if change.error else "Timeout")
    entry = replace(entry, change=change).step(processing_step(entry.source_id, change))
    if change.kind is ChangeKind.ESCROW:
        return refused(job, entry, change.error)
    if change.kind is ChangeKind.SKIP:
        return _skipped(job, entry, change)
    if change.kind is ChangeKind.RELEASE and entry.link is not None:
        link = replace(entry.link, state=LinkState.RELEASED, changed=job.engine.clock.now())
        return entry.end(Ending(status=ProvisioningStatus.SKIPPED, link=link, error=change.error))
    return entry


def _is_up_to_date(entry: EntryPass) -> bool:
    """Is the person in scope, and their object there with all values? Of who is out of scope it says nothing."""
    return entry.in_scope and entry.sight is not None and entry.sight.linked is not None


def _is_purged(entry: EntryPass) -> bool:
    """Is the person in scope, and of their object nothing is left, not even among the deleted?"""
    return entry.in_scope and entry.sight is not None and entry.sight.known and entry.sight.linked is None


def _is_looked_at(entry: EntryPass, link: Link | None) -> bool:
    """Was the object of somebody in scope looked at, and there is drift, or was asked for it?"""
    return entry.in_scope and link is not None and (entry.pending.kind is WorkKind.DRIFT or link.drift is not None)


def _back_in_use(entry: EntryPass, link: Link | None) -> Link | None:
    """Return the link of an object that is in use again; None for others, of whom nothing is to be written down."""
    return link if entry.link is not None and entry.link.state is not LinkState.ACTIVE else None


def _skipped(job: Job, entry: EntryPass, change: Change) -> EntryPass:
    """End a pass that has nothing to write; where a disable is held, only that stays staged."""
    link = entry.link
    if link is not None and is_gone(change):
        link = departed_link(link, change)
    elif link is not None and _is_up_to_date(entry):
        link = written_link(job, entry, link)
    elif link is not None and _is_purged(entry):
        # nobody else has to wait for an address that only the link of a purged object holds
        link = replace(link, state=LinkState.DELETED, mail="", digest="", changed=job.engine.clock.now())
    held = staged(job, entry, WorkKind.DISABLE) if change.hold_disable else None
    before = action_before(job, entry)
    if before is not None:
        return entry.end(Ending(action=before, status=ProvisioningStatus.SUCCESS, link=link, next=held))
    if held is not None:
        return entry.end(Ending(link=_back_in_use(entry, link), next=held))
    if job.rules.drift is not None and not job.on_demand and _is_looked_at(entry, link):
        return entry.end(looked_at(entry, change, link))
    # whoever is deleted leaves a guest that was not theirs alone, and its address to others
    adopting = bool(_adopting(entry)) and entry.scoping != DELETED
    later = None if change.delete_at is None else delayed(entry, change.delete_at)
    return entry.end(
        Ending(status=ProvisioningStatus.SKIPPED, link=link, next=later, error=change.error, keep_intent=adopting)
    )
