"""Creates people in the target: invite, prove that the object is our work, then set its attributes.

An invitation cannot be repeated blindly and its 201 proves nothing: Graph gives 201 for an address that somebody else
invited a moment before. So each create goes through stages, and the row remembers the stage:

    PLANNED ── invite ──▶ INVITED (object id known) ── read it ──▶ ours, or a stranger's ── attributes ──▶ link
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from shared.cycles.retry import pause, wait
from shared.cycles.work import Intent, IntentAction, IntentStage
from shared.orchestration.entry_pass import Ending, EntryPass, Job, split
from shared.orchestration.ports import (
    Conflict,
    Forbidden,
    Found,
    TargetQuery,
    Write,
    WriteKind,
    WriteResult,
    WriteStatus,
)
from shared.orchestration.put_back import not_now
from shared.orchestration.refusal import note_policy
from shared.orchestration.renew_leases import save_intents, writes_until
from shared.orchestration.take_claims import take_claim, value_claims, without_object
from shared.orchestration.write_results import new_link, not_done, refused, written_link
from shared.provisioning.address import normalized_mail
from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.change_planning import failure, flow_failure
from shared.provisioning.entry import TargetObject
from shared.provisioning.link import LinkOrigin
from shared.provisioning.matching import adoption_problem, is_younger
from shared.provisioning.pass_steps import export_step
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus

AFTER_INVITATION = timedelta(minutes=2)
"""For so long after an invitation whose answer was lost, looking up may not find what it made."""

VISIBLE = timedelta(minutes=10)
"""An invited object that is not visible after so long is gone."""

NEXT_SECOND = timedelta(seconds=1, milliseconds=50)
"""Graph's times are whole seconds: an invitation in the second of the look-up could not be told from an older one."""


async def export_creates(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Take all creates of the chunk through their stages."""
    open_, ended = split(passes)
    fresh = [each for each in open_ if not each.decided.target_id]
    resumed = [each for each in open_ if each.decided.target_id]
    invited, not_invited = split(await _invite(job, fresh))
    checked = await _verify(job, [*invited, *resumed])
    proven, others = split(checked)
    return [*ended, *not_invited, *others, *await _set_attributes(job, proven)]


async def _invite(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    ours, lost = await save_intents(job, passes, partial(_planned, job))
    if not ours:
        return lost
    await job.engine.clock.sleep(NEXT_SECOND)
    results = await job.target.write([_invitation(job, each) for each in ours], writes_until(ours))
    invited, rest = split([_invited(job, each, results[each.source_id]) for each in ours])
    saved, lost_later = await save_intents(job, invited, _begun)
    return [*lost, *rest, *lost_later, *saved]


def _planned(job: Job, entry: EntryPass) -> Intent:
    return Intent(
        action=IntentAction.CREATE,
        started=entry.started,
        mail=job.rules.flow.mail(entry.person) or "",
        looked_up=entry.looked_up,
    )


def _invitation(job: Job, entry: EntryPass) -> Write:
    name = entry.decided.attributes.get("displayName") or entry.person.text("displayName")
    attributes = {"mail": job.rules.flow.mail(entry.person), "displayName": name}
    return Write(source_id=entry.source_id, kind=WriteKind.INVITE, attributes=attributes)


def _invited(job: Job, entry: EntryPass, result: WriteResult) -> EntryPass:
    if result.status is WriteStatus.DONE and result.target_id:
        intent = replace(entry.begun, stage=IntentStage.INVITED, target_id=result.target_id)
        return replace(entry, work=replace(entry.work, intent=intent))
    if result.status in {WriteStatus.DONE, WriteStatus.AMBIGUOUS}:  # done without the object's id is as unclear
        row = wait(entry.pending, job.engine.clock.now(), "Timeout", at_least=AFTER_INVITATION)
        return entry.end(Ending(next=row, keep_intent=True))
    return not_done(job, entry, result)


async def _verify(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Read each invited object: is it younger than our look-up? Only then is it our creation."""
    if not passes:
        return []
    found = {each.source_id: each.sight.linked for each in passes if each.sight and each.sight.linked}
    queries = [
        TargetQuery(source_id=each.source_id, target_id=_object_id(each))
        for each in passes
        if each.source_id not in found
    ]
    answers = await _look_up(job, queries) if queries else {}
    found |= {source_id: answer.linked for source_id, answer in answers.items() if answer.linked}
    missing = {source_id for source_id, answer in answers.items() if answer.known and not answer.linked}
    roles = await _roles_of_strangers(job, passes, found)
    return [
        _not_there(job, each, missing=each.source_id in missing)
        if each.source_id not in found
        else await _judged(job, each, found[each.source_id], roles)
        for each in passes
    ]


async def _look_up(job: Job, queries: Sequence[TargetQuery]) -> Mapping[str, Found]:
    """Read the invited objects. Raises Forbidden where the policy forbids by now: nothing more is written then."""
    answer = await job.target.look_up(queries)
    await note_policy(job, answer)
    return answer.found


def _not_there(job: Job, entry: EntryPass, *, missing: bool) -> EntryPass:
    """The object was not seen: not visible yet, purged (then it is invited anew), or it could not be read at all."""
    now = job.engine.clock.now()
    if missing and now - (entry.begun.looked_up or now) > VISIBLE:
        # Nothing is unclear any more: what was made is gone for good.
        return replace(entry, unclear=False).end(Ending(next=wait(entry.pending, now, "InvalidAnchor")))
    return not_now(job, entry, "Timeout")


async def _roles_of_strangers(
    job: Job, passes: list[EntryPass], found: dict[str, TargetObject]
) -> Mapping[str, bool | None]:
    strangers = [
        linked.id
        for each in passes
        if (linked := found.get(each.source_id)) and not is_younger(linked, each.begun.looked_up)
    ]
    try:
        return await job.target.role_holders(strangers) if strangers else {}
    except Forbidden:
        return {}  # without the permission nobody is adopted


async def _judged(job: Job, entry: EntryPass, found: TargetObject, roles: Mapping[str, bool | None]) -> EntryPass:
    if found.deleted:
        reason = f"The invited object {found.id} was deleted in the target by somebody else."
        error = failure("InvalidAnchor", reason, "Restore it in the target, or take the person out of scope.")
        return refused(job, entry, error, keep_intent=True)
    return await _owned(job, entry, found, holds_role=roles.get(found.id))


async def _owned(job: Job, entry: EntryPass, found: TargetObject, *, holds_role: bool | None) -> EntryPass:
    ours = is_younger(found, entry.begun.looked_up)
    # the invitation has made nothing where it was answered with somebody else's: then the address counts that is now
    refusing = entry if ours else replace(entry, unclear=False)
    if not ours:
        source, rules = entry.person, job.rules
        problem = adoption_problem(
            source, (found,), rules.adoption, verified_domains=rules.verified_domains, holds_role=holds_role
        )
        if problem is not None:
            return refused(job, refusing, problem)
    ended = await without_object(job, refusing, found.id)
    if ended is not None:
        return ended
    linked = _with_link(job, entry, found, LinkOrigin.CREATED if ours else LinkOrigin.ADOPTED)
    if linked.ending is not None:
        return linked
    if await _has_its_values(job, linked):
        return _another_mail(job, linked) or linked
    return not_now(job, entry, "EntryConflict", "Another person is being given the same unique value.")


async def _has_its_values(job: Job, entry: EntryPass) -> bool:
    """Could the unique values be claimed? If not, the next look-up sees who has them."""
    try:
        return all([await take_claim(job, each) is None for each in value_claims(job, entry)])
    except Conflict:
        return False


def _another_mail(job: Job, entry: EntryPass) -> EntryPass | None:
    """Return the pass ended if the person's mail is not the invited one: a pass of its own looks at the new address."""
    mail = job.rules.flow.mail(entry.person)
    if mail is None or normalized_mail(mail) == normalized_mail(entry.begun.mail):
        return None
    row = pause(entry.pending, job.engine.clock.now(), timedelta(0), "EntryConflict")
    return entry.end(Ending(link=entry.link, next=row, keep_intent=True))


def _with_link(job: Job, entry: EntryPass, found: TargetObject, origin: LinkOrigin) -> EntryPass:
    creating = origin is LinkOrigin.CREATED
    flowed = job.rules.flowed(entry.person, entry.seen, creating=creating)
    if flowed.problems:
        return refused(job, entry, flow_failure(flowed), keep_intent=True)
    desired = job.rules.flow.against(flowed.values, found.attributes)
    change = Change(
        kind=ChangeKind.CREATE if creating else ChangeKind.UPDATE,
        target_id=found.id,
        attributes=desired,
        modified=job.rules.flow.differences(desired, found.attributes),
        current=found.attributes,
    )
    link = replace(new_link(job, entry, found.id, origin), mail=normalized_mail(entry.begun.mail))
    return replace(entry, change=change, link=link)


async def _set_attributes(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    ours, lost = await save_intents(job, passes, _identified)
    if not ours:
        return lost
    writes = [
        Write(
            source_id=each.source_id,
            kind=WriteKind.UPDATE,
            target_id=each.decided.target_id,
            attributes=each.decided.attributes,
        )
        for each in ours
    ]
    results = await job.target.write(writes, writes_until(ours))
    return [*lost, *(_finished(job, each, results[each.source_id]) for each in ours)]


def _finished(job: Job, entry: EntryPass, result: WriteResult) -> EntryPass:
    if result.status is not WriteStatus.DONE or entry.link is None:
        # The object is ours, and the link says so and that it is unfinished: its attributes follow as an update.
        return not_done(job, entry, result, keep_intent=True)
    change = entry.decided
    creating = entry.link.origin is LinkOrigin.CREATED
    ending = Ending(
        action=ProvisioningAction.CREATE if creating else ProvisioningAction.UPDATE,
        status=ProvisioningStatus.SUCCESS,
        link=written_link(job, entry, entry.link),
        modified=change.modified,
    )
    return entry.end(ending, export_step(entry.source_id, change, None))


def _begun(entry: EntryPass) -> Intent:
    return entry.begun


def _identified(entry: EntryPass) -> Intent:
    """Return the intent with the object's id, also where a look-up and not the invitation's answer told it."""
    return replace(entry.begun, stage=IntentStage.INVITED, target_id=entry.decided.target_id)


def _object_id(entry: EntryPass) -> str:
    return entry.decided.target_id or entry.begun.target_id
