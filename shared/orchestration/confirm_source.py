"""What does the source say now, read directly? And is the person in scope?

A delta page may replay an old state and a replica may lag, so nothing is written on the word of a page alone. Where a
direct read differs from what the reader saw, the entry waits and is read once more; what stays is taken.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shared.configuration.configuration import RemovalAction, ScopeKind
from shared.cycles.doubt import Doubt
from shared.cycles.object_in_use import may_be_in_use
from shared.cycles.pending import Pending, PendingState, Verdict, WorkKind
from shared.cycles.retry import pause
from shared.cycles.verdicts import with_verdict
from shared.orchestration.confirm_nesting import is_nested_in, walk_upwards
from shared.orchestration.doubt_cycle import doubt_cycles, was_left_out
from shared.orchestration.entitled import Entitled
from shared.orchestration.entry_pass import Ending, EntryPass, Job, removal_released, split
from shared.orchestration.membership_control import unseen_memberships, unseen_nesting
from shared.orchestration.ports import Examination, Presence
from shared.orchestration.positive_control import is_approved, not_approved, provisioned
from shared.orchestration.put_back import not_now
from shared.orchestration.read_scope import read_all_assignments
from shared.orchestration.write_results import refused
from shared.provisioning.change_planning import failure, skip
from shared.provisioning.entry import SourceEntry
from shared.provisioning.link import Link, LinkState
from shared.provisioning.pass_steps import import_step, scoping_step
from shared.provisioning.provisioning_log import ProvisioningStatus
from shared.provisioning.scoping import DELETED, ScopeUndecided, ScopingDecision, ScopingReason, decide_scope

SECOND_LOOK = timedelta(seconds=30)

SHARED = timedelta(seconds=60)
"""For so long the assignments that one chunk read serve others, as far as nobody would be removed by them."""

UNDECIDED = "The scoping filter cannot be decided for this person: a match would take too long."
LOOK_AT_FILTER = "Write a regular expression whose repetitions exclude each other, for attributes that are short."
LEFT_ALONE = "An input filter of the mapping leaves the person alone."

NOBODY = "Nobody known was found either: that proves no absence."
NOBODY_NESTED = "Nobody is seen to be in any assigned group or within one either: that proves no absence."
NESTED_AFTER_ALL = "Graph's list of all groups of the person lacks one that the groups above their own lead to."
NESTING_UNCLEAR = "The groups above those of the person could not all be read."
NO_MEMBER = "Nobody is seen to be in any group that the scoping filter names either: that proves no absence."

CONTRADICTION = "The assignments and the person's own do not agree yet."
DIFFERENCE = "The source differs from what was read before."


async def confirm_source(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Read everybody directly and decide their scope; those whose removal is not released yet are staged."""
    open_, ended = split(passes)
    assigned_only = job.configuration.scope.kind is ScopeKind.ASSIGNED
    scoped = [each for each in open_ if assigned_only and _scope_is_asked(job, each)]
    entitled = await _entitled(job, since=job.engine.clock.now() - SHARED) if scoped else None
    results = list(ended)
    for group, scope in ((scoped, True), ([each for each in open_ if each not in scoped], False)):
        for part in _by_control(group):
            if part:
                results.extend(await _examine(job, part, entitled if scope else None))
    return results


def _by_control(passes: list[EntryPass]) -> tuple[list[EntryPass], ...]:
    """Return apart who is not to wait for the control of the others: where nobody known is found, newcomers are."""
    approved = [each for each in passes if is_approved(each.pending)]
    going = [each for each in passes if each not in approved and _may_have_to_go(each.pending)]
    return approved, going, [each for each in passes if each not in approved and each not in going]


def _scope_is_asked(job: Job, entry: EntryPass) -> bool:
    """Does the entitlement have to be read directly? Otherwise the reader saw it while reading everybody's."""
    pending = entry.pending
    if job.on_demand or pending.differed or pending.configuration_version != job.state.version:
        return True  # what was read for another document says nothing of who is entitled by this one
    return pending.kind in {WorkKind.REMOVE, WorkKind.EVALUATE}


async def _entitled(job: Job, since: datetime) -> Entitled:
    """Return the assignments as they were at `since` or later; chunks of one process share what they read."""
    known = job.engine.entitlements.read_since(job.configuration, since)
    if known is not None:
        return known
    now = job.engine.clock.now()
    users, groups = await read_all_assignments(job.source)
    entitled = Entitled(users=users, groups=groups)
    job.engine.entitlements.keep(job.configuration, now, entitled)
    return entitled


async def _examine(job: Job, passes: list[EntryPass], entitled: Entitled | None) -> list[EntryPass]:
    ids = [each.source_id for each in passes]
    known = await _known_users(job, passes)
    scope = entitled is not None or bool(job.rules.scope_filter.group_ids)
    seen = await job.source.examine(ids, scope=scope, known_users=known)
    if entitled is not None and any(_is_doubtful(job, each, seen[each.source_id], entitled) for each in passes):
        entitled = await _entitled(job, since=job.started)
    reasons = {source_id: _reason(job, each, entitled) for source_id, each in seen.items()}
    left_out = [each for each in passes if was_left_out(each) and reasons[each.source_id] is ScopingReason.IN_SCOPE]
    await doubt_cycles(job, left_out)
    to_be_proven = [each.source_id for each in passes if _needs_proof(job, each)]
    lacking = dict.fromkeys(ids, NOBODY)
    if known:
        lacking = await _unproven(job, {each: reasons[each] for each in to_be_proven}, seen, entitled)
    return [_judge(job, each, seen, entitled, lacking=lacking.get(each.source_id, "")) for each in passes]


async def _unproven(
    job: Job,
    reasons: Mapping[str, ScopingReason | None],
    seen: Mapping[str, Examination],
    entitled: Entitled | None,
) -> dict[str, str]:
    """Return what the absence of those lacks who go because of memberships that they are not seen to have."""
    filtered = [source_id for source_id, reason in reasons.items() if reason is ScopingReason.FILTERED]
    lacking = dict.fromkeys(await unseen_memberships(job, filtered, seen), NO_MEMBER)
    leavers = frozenset(source_id for source_id, reason in reasons.items() if reason is ScopingReason.NOT_ASSIGNED)
    if entitled is None or not leavers or not job.configuration.scope.reads_nesting:
        return lacking
    walk = await walk_upwards(job, leavers, seen, entitled)
    unseen = await unseen_nesting(job, leavers - walk.entitled - walk.unclear, seen, entitled)
    return {
        **lacking,
        **dict.fromkeys(unseen, NOBODY_NESTED),
        **dict.fromkeys(walk.entitled, NESTED_AFTER_ALL),
        **dict.fromkeys(walk.unclear, NESTING_UNCLEAR),
    }


def _reason(job: Job, examination: Examination, entitled: Entitled | None) -> ScopingReason | None:
    """Return why a person who is there is in scope or not; None if that cannot be told."""
    if examination.presence is not Presence.PRESENT:
        return None
    try:
        scoping = _scoping(job, examination, entitled)
    except ScopeUndecided:
        return None
    return None if scoping is None else scoping.reason


async def _known_users(job: Job, passes: list[EntryPass]) -> list[str]:
    """Return people of whom at least one must be found before absence is believed.

    Whom reading saw last may have left since; so where somebody may have to go, or nobody else is known, provisioned
    people are asked for too.
    """
    ids = {each.source_id for each in passes}
    near = job.engine.entries.shard(passes[0].source_id, job.state.shards)
    if is_approved(passes[0].pending):
        return await not_approved(job.engine, job.state, first=near, without=ids)
    known = [user for user in job.state.known_users if user not in ids]
    if job.state.known_users and not any(_may_have_to_go(each.pending) for each in passes):
        # newcomers serve each other: those who were there before may all have left, and be held by the guard
        return known or [*job.state.known_users]
    return [*known[:1], *await provisioned(job.engine, job.state, first=near, without=ids), *known[1:]]


def _may_have_to_go(pending: Pending) -> bool:
    return pending.differed or pending.kind in {WorkKind.REMOVE, WorkKind.EVALUATE}


def _is_doubtful(job: Job, entry: EntryPass, examination: Examination, entitled: Entitled) -> bool:
    """Would it be a removal, or a contradiction? Then nobody relies on assignments that were read for others."""
    if examination.presence is not Presence.PRESENT:
        return False
    try:
        scoping = _scoping(job, examination, entitled)
    except ScopeUndecided:
        return False
    return scoping is None or (not scoping.in_scope and entry.link is not None)


def _judge(
    job: Job, entry: EntryPass, seen: Mapping[str, Examination], entitled: Entitled | None, *, lacking: str
) -> EntryPass:
    """Decide about one person; `lacking` says what their absence would need to be proven, if it is not."""
    examination = seen[entry.source_id]
    if examination.presence is Presence.UNKNOWN:
        return not_now(job, entry, "Timeout")
    try:
        scoping = _scoping(job, examination, entitled)
    except ScopeUndecided:
        return refused(job, entry, failure("ScopingFilterUndecided", UNDECIDED, LOOK_AT_FILTER))
    if scoping is None and entry.pending.differed:
        return not_now(job, entry, "EntryConflict", CONTRADICTION)
    if scoping is None:
        return _look_again(job, entry, examination.entry, CONTRADICTION)
    if scoping.left_alone:
        return _left_alone(job, entry, examination.entry, scoping)
    if _surprising(job, entry, examination.person, scoping) and not (entry.pending.differed or job.on_demand):
        return _look_again(job, entry, examination.entry, DIFFERENCE)
    proven = _is_proven(scoping, entitled, controlled=not lacking)
    if _needs_proof(job, entry) and not (scoping.in_scope or proven):
        return not_now(job, entry, Doubt.NOBODY_KNOWN, lacking or NOBODY)
    seen_now = replace(entry, source=examination.entry, scoping=scoping)
    seen_now = seen_now.step(
        import_step(entry.source_id, examination.entry, job.rules.flow.redacted_properties()),
        scoping_step(entry.source_id, scoping),
    )
    return seen_now if scoping.in_scope else _stage_removal(job, seen_now)


def _is_proven(scoping: ScopingDecision, entitled: Entitled | None, *, controlled: bool) -> bool:
    """Does being out of scope mean anything?"""
    if scoping.reason is ScopingReason.NOT_ASSIGNED and entitled is not None:
        return controlled and entitled.proves_absence
    return controlled


def _scoping(job: Job, examination: Examination, entitled: Entitled | None) -> ScopingDecision | None:
    """Return the decision; None if two ways of reading the entitlement contradict each other."""
    person, guests = examination.person, job.configuration.scope.internal_guests
    if person is None:
        return DELETED
    included = True
    if entitled is not None:
        groups = examination.group_ids or frozenset()
        by_list = examination.source_id in entitled.users or bool(groups & entitled.groups)
        if examination.assigned is not by_list:
            return None
        included = by_list or is_nested_in(examination, entitled)
    return decide_scope(person, entitled=included, scope_filter=job.rules.scope_filter, guests=guests)


def _left_alone(job: Job, entry: EntryPass, now: SourceEntry | None, scoping: ScopingDecision) -> EntryPass:
    """End a pass over somebody whom nothing is written for: what was staged or waiting is dropped."""
    steps = (
        import_step(entry.source_id, now, job.rules.flow.redacted_properties()),
        scoping_step(entry.source_id, scoping),
    )
    error = skip("EntrySynchronizationSkipped", LEFT_ALONE)
    kept = entry.intent is not None
    return entry.end(Ending(status=ProvisioningStatus.SKIPPED, error=error, keep_intent=kept), *steps)


def _surprising(job: Job, entry: EntryPass, now: SourceEntry | None, scoping: ScopingDecision) -> bool:
    pending = entry.pending
    if pending.kind is WorkKind.EVALUATE:
        return _may_have_joined(job, entry, now, scoping)
    if pending.kind is WorkKind.REMOVE:
        return scoping.in_scope
    if now is None:
        return True
    if pending.source is None:
        return not _is_as_written(job, entry, now)
    before = SourceEntry(id=entry.source_id, attributes=pending.source)
    if not scoping.in_scope or job.rules.flow.digest(before) != job.rules.flow.digest(now):
        return True
    return before.manager is not None and before.manager != now.manager


def _is_as_written(job: Job, entry: EntryPass, now: SourceEntry) -> bool:
    """Is only the target to be looked at, and the person as they were when they were written last?"""
    if entry.pending.kind not in {WorkKind.REFERENCE, WorkKind.DRIFT} or entry.link is None:
        return False
    return entry.link.digest == job.rules.flow.digest(now) and entry.link.manager == now.manager


def _may_have_joined(job: Job, entry: EntryPass, now: SourceEntry | None, scoping: ScopingDecision) -> bool:
    """Is it nobody's yet, and only a group is missing? A page that named them may be ahead of what a replica shows."""
    if now is None or entry.link is not None:
        return False
    if scoping.reason is ScopingReason.NOT_ASSIGNED:
        return job.configuration.scope.reads_nesting
    return scoping.reason is ScopingReason.FILTERED and job.rules.scope_filter.misses_memberships(now)


def _look_again(job: Job, entry: EntryPass, now: SourceEntry | None, reason: str) -> EntryPass:
    row = pause(entry.pending, job.engine.clock.now(), SECOND_LOOK, reason)
    attributes = None if now is None else now.attributes
    if row.kind is WorkKind.REMOVE:  # who is back is not staged any more, but the guard has counted them all the same
        row = replace(row, kind=WorkKind.EVALUATE, state=PendingState.WAITING)
    row = replace(row, source=attributes, differed=True)
    return entry.end(Ending(next=row, keep_intent=entry.intent is not None))


def _stage_removal(job: Job, entry: EntryPass) -> EntryPass:
    """Stage the removal of a provisioned person, unless the guard has released it already."""
    if not _is_to_be_staged(job, entry):
        return entry
    return entry.end(Ending(next=staged(job, entry, WorkKind.REMOVE), keep_intent=entry.intent is not None))


def _can_be_removed(job: Job, link: Link) -> bool:
    """Is there anything to take away at this time: an object in use, or one whose delay is over?"""
    if link.state is not LinkState.DISABLED:
        return link.state is LinkState.ACTIVE
    removal = job.rules.removal
    return removal.action is RemovalAction.DELETE and link.changed + removal.delay <= job.engine.clock.now()


def delayed(entry: EntryPass, until: datetime) -> Pending:
    """Return the row of a removal whose time comes then; the guard counts it again, since it is another one."""
    return replace(
        entry.pending,
        kind=WorkKind.REMOVE,
        state=PendingState.DELAYED,
        due=until,
        source=None,
        attempts=0,
        escrows=0,
        confirm=True,
        differed=False,
        staged_cycle=0,
        verdict=Verdict.NONE,
        decided_by="",
        disable_rejected_by="",
        reason="",
        etag="",
    )


def _needs_proof(job: Job, entry: EntryPass) -> bool:
    """Would somebody who is out of scope lose something now? What a person has approved needs nobody else's word."""
    if entry.link is None or not _can_be_removed(job, entry.link) or is_approved(entry.pending):
        return False
    return not _is_to_be_staged(job, entry)


def _is_to_be_staged(job: Job, entry: EntryPass) -> bool:
    """Is somebody provisioned whose removal the guard has not released? To be staged takes no proof: it counts them."""
    link = entry.link
    return link is not None and _can_be_removed(job, link) and not removal_released(job, entry.pending, WorkKind.REMOVE)


def staged(job: Job, entry: EntryPass, kind: WorkKind) -> Pending:
    """Return the row as it waits for the guard; what was staged before keeps its place, unless a verdict on it ends.

    For the others the close says which cycle's guard is the first that is sure to count them: also for whom a guard saw
    as a joiner, who may have got an object since by somebody else's hand.
    """
    same = WorkKind.DISABLE not in {kind, entry.pending.kind} or kind is entry.pending.kind
    counted = entry.pending.kind is not WorkKind.EVALUATE or may_be_in_use(entry.link, entry.intent)
    row = replace(
        entry.pending,
        kind=kind,
        staged_cycle=entry.pending.staged_cycle if counted and (same or not entry.pending.verdict) else 0,
        state=PendingState.STAGED,
        due=job.engine.clock.now(),
        source=None if entry.source is None else entry.source.attributes,
        attempts=0,
        escrows=entry.pending.escrows if kind is entry.pending.kind else 0,
        confirm=True,
        etag="",
    )
    return with_verdict(row, entry.pending)
