"""Given what both sides look like, what shall be done about this person?

The table, read from the top; the first row that fits decides:

| scope | link | the linked object | then |
|---|---|---|---|
| out | none, deleted or released | - | SKIP |
| out | active, adopted; or removals are switched off | - | RELEASE |
| out | active, created; the configuration disables, or deletes later | could not be read | WAIT |
| out | 〃 | found | DISABLE |
| out | 〃 | gone | RELEASE |
| out | active, created | - | DELETE |
| out | disabled; it is to be deleted, and the time has come | - | DELETE |
| out | disabled | - | SKIP |
| in | any | could not be read | WAIT |
| in | any | the new mail cannot be used, or another object holds it | ESCROW |
| in | any but deleted; deleted, too, where that was known | deleted in the target, and departures are sticky | SKIP |
| in | active or released | found | UPDATE, or SKIP where nothing differs; drift is left or written by its rules |
| in | active or released | soft-deleted in the target by somebody; drift is not looked at | ESCROW |
| in | 〃 | 〃; departures are undone | RESTORE |
| in | any | a value cannot be computed | ESCROW |
| in | deleted | soft-deleted | RESTORE |
| in | deleted | soft-deleted once more, long after we did it, by somebody | ESCROW |
| in | deleted | found (somebody restored it) | UPDATE, or SKIP where nothing differs |
| in | any, or none | purged, or never linked: see `_plan_unlinked` | CREATE, UPDATE by adoption, SKIP, ESCROW |
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.configuration.configuration import Adoption, DriftRules, Removal, RemovalAction
from shared.expressions import Environment
from shared.provisioning.address import address_problem, normalized_mail
from shared.provisioning.attribute_flow import Flow, Flowed, Taken
from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.drift import (
    DELETED,
    ENABLED,
    REPAIRED,
    REPORTED,
    Circumstances,
    Judgement,
    is_blocked,
    is_kept,
    judge_drift,
    since,
)
from shared.provisioning.entry import Attributes, SourceEntry, TargetObject
from shared.provisioning.link import Departure, Drift, Link, LinkOrigin, LinkState
from shared.provisioning.matching import adoption_problem
from shared.provisioning.provisioning_log import ErrorCategory, ErrorInformation, ModifiedProperty
from shared.provisioning.refused_values import value_problem
from shared.provisioning.scoping import ScopingDecision
from shared.provisioning.scoping_filters import EVERYBODY, CompiledFilter

CLOCKS = timedelta(minutes=10)
"""So far Graph's clock may be from ours at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the configuration says, as far as planning needs it."""

    flow: Flow
    environment: Environment
    """Time and chance, as the mapping's expressions know them in this chunk."""
    adoption: Adoption
    removal: Removal
    verified_domains: frozenset[str]
    scope_filter: CompiledFilter = EVERYBODY
    drift: DriftRules | None = None
    """None: what others do in the target is not told from what we have still to write."""

    def flowed(self, source: SourceEntry, sight: "Sight", *, creating: bool) -> Flowed:
        """Return what the person's object shall have."""
        return self.flow.evaluate(source, creating=creating, environment=self.environment, taken=sight.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen in the target. `known` is False if any part could not be read."""

    known: bool
    linked: TargetObject | None = None
    holders: tuple[TargetObject, ...] = ()
    holds_role: bool | None = None
    """Whether the only holder has a directory role; None where that is unknown."""
    stale: bool = False
    """We wrote to the linked object a moment ago: what was read may be older than that."""
    disable_released: bool = False
    """A disable of this person has passed the guard."""
    unfinished: bool = False
    """We invited the linked object and have not written all that flows on create yet."""
    adopting: bool = False
    """An adoption was begun of which nobody knows the end: the only holder may be the person's already."""
    past: Circumstances = field(default_factory=Circumstances)
    taken: Taken = frozenset()
    """Which of the values that the person might get are taken by other objects."""


def plan_removal(link: Link | None, sight: Sight, rules: Rules, scoping: ScopingDecision, now: datetime) -> Change:
    """Return the change for a person who is out of scope."""
    if link is None or link.state not in {LinkState.ACTIVE, LinkState.DISABLED}:
        return Change(kind=ChangeKind.SKIP, error=skip("EntrySynchronizationSkipped", _out_of_scope(scoping)))
    removal = rules.removal
    deletes = removal.action is RemovalAction.DELETE
    if link.state is LinkState.DISABLED:
        return _plan_deletion(link, link.changed + removal.delay if deletes else None, scoping, now)
    if link.origin is LinkOrigin.ADOPTED or removal.action is RemovalAction.NONE:
        reason = _out_of_scope(scoping) + " The object in the target is left as it is."
        return Change(kind=ChangeKind.RELEASE, target_id=link.target_id, error=skip("NotEffectivelyEntitled", reason))
    if deletes and not removal.after_days:
        return Change(kind=ChangeKind.DELETE, target_id=link.target_id)
    change = _plan_disabling(link, sight, now + removal.delay if deletes else None, scoping)
    return replace(change, drift=_block_before(link, sight, rules, now))


def _block_before(link: Link, sight: Sight, rules: Rules, now: datetime) -> Drift | None:
    """Return what is known of the target's doings, with a block that nobody has seen before the person left."""
    disabled = sight.linked is not None and sight.linked.attributes.get(ENABLED) is False
    if rules.drift is None or not disabled or not is_blocked(rules.drift, link, sight.past):
        return link.drift
    found = Drift(since=now, departure=Departure.BLOCKED, attributes=link.drifted or ())
    return since(found, link.drift)


def _plan_disabling(link: Link, sight: Sight, delete_at: datetime | None, scoping: ScopingDecision) -> Change:
    if not sight.known:
        return Change(kind=ChangeKind.WAIT, error=skip("Timeout", "The target could not be read."))
    current = sight.linked
    if current is None or current.deleted:
        reason = _out_of_scope(scoping) + " Its object is gone from the target already."
        return Change(kind=ChangeKind.RELEASE, target_id=link.target_id, error=skip("RedundantExport", reason))
    before = current.attributes.get("accountEnabled")
    disabled: Attributes = {} if before is False and not sight.stale else {"accountEnabled": False}
    return Change(
        kind=ChangeKind.DISABLE,
        target_id=link.target_id,
        attributes=disabled,
        modified=tuple(ModifiedProperty(name=name, current=before, desired=False) for name in disabled),
        delete_at=delete_at,
    )


def _plan_deletion(link: Link, delete_at: datetime | None, scoping: ScopingDecision, now: datetime) -> Change:
    """Return what becomes of an object that was disabled when its person left; None: it is never deleted."""
    if delete_at is not None and delete_at <= now:
        return Change(kind=ChangeKind.DELETE, target_id=link.target_id)
    until = "" if delete_at is None else f" The object is deleted on {delete_at:%Y-%m-%d}."
    error = skip("EntrySynchronizationSkipped", _out_of_scope(scoping) + until)
    return Change(kind=ChangeKind.SKIP, target_id=link.target_id, delete_at=delete_at, error=error)


def plan_provisioning(source: SourceEntry, link: Link | None, sight: Sight, rules: Rules) -> Change:
    """Return the change for a person who is in scope."""
    if not sight.known:
        return Change(kind=ChangeKind.WAIT, error=skip("Timeout", "The target could not be read."))
    if link is not None and _has_departed(link, sight, rules):
        return _plan_departure(link, rules)
    if link is None or sight.linked is None:
        return _plan_unlinked(source, sight, rules)
    problem = _linked_problem(source, link, sight, rules)
    if problem is not None:
        return Change(kind=ChangeKind.ESCROW, target_id=link.target_id, error=problem)
    flowed = rules.flowed(source, sight, creating=sight.unfinished)
    if flowed.problems:
        return Change(kind=ChangeKind.ESCROW, target_id=link.target_id, error=flow_failure(flowed))
    desired = rules.flow.against(flowed.values, sight.linked.attributes)
    judged = _judged(desired, sight.linked, link, sight, rules)
    if sight.linked.deleted:
        restored = {name: value for name, value in desired.items() if name not in judged.leave}
        return Change(
            kind=ChangeKind.RESTORE,
            target_id=link.target_id,
            attributes=restored,
            modified=rules.flow.all_modified(restored),
            current=sight.linked.attributes,
            drift=judged.drift(link.drift, rules.environment.now),
            finishing=sight.unfinished,
        )
    change = _plan_update(desired, sight.linked, judged, sight, rules)
    drift = judged.drift(link.drift, rules.environment.now)
    return change if drift is None else _with_drift(change, drift)


def _has_departed(link: Link, sight: Sight, rules: Rules) -> bool:
    """Was the object deleted in the target, and is to stay so?"""
    if rules.drift is None or not is_kept(rules.drift, sight.past):
        return False
    if link.departure is Departure.DELETED and (sight.linked is None or sight.linked.deleted):
        return True  # also of whom we have removed since, because they had left
    if sight.linked is None:
        return link.state is not LinkState.DELETED
    return sight.linked.deleted and not _is_removed_by_us(link, sight.linked)


def _plan_departure(link: Link, rules: Rules) -> Change:
    found = Drift(since=rules.environment.now, departure=Departure.DELETED)
    reason = (
        f"The object {link.target_id} was deleted in the target, or the person has left that organization. It is "
        "neither restored nor created again until somebody releases it."
    )
    drift = since(found, link.drift)
    return Change(kind=ChangeKind.SKIP, target_id=link.target_id, drift=drift, error=skip(DELETED, reason))


def _judged(desired: Attributes, current: TargetObject, link: Link | None, sight: Sight, rules: Rules) -> Judgement:
    if rules.drift is None:
        return Judgement()
    differing = rules.flow.differences(desired, current.attributes)
    steady = [each for each in differing if rules.flow.by_name[each.name].steady]
    disabled = ENABLED in desired and current.attributes.get(ENABLED) is False
    return judge_drift(rules.drift, link, steady, sight.past, disabled=disabled)


def _plan_update(desired: Attributes, current: TargetObject, judged: Judgement, sight: Sight, rules: Rules) -> Change:
    wanted = desired.get(ENABLED) is False and ENABLED not in judged.leave
    disabling = wanted and (current.attributes.get(ENABLED) is not False or sight.stale)
    hold = disabling and not sight.disable_released
    leave = judged.leave | ({"accountEnabled"} if hold else set[str]())
    modified = rules.flow.differences(desired, current.attributes, leave=leave)
    kept = {name: value for name, value in desired.items() if name not in leave}
    attributes = kept if sight.stale else rules.flow.to_write(kept, modified)
    change = Change(
        kind=ChangeKind.UPDATE,
        target_id=current.id,
        attributes=attributes,
        modified=modified,
        hold_disable=hold,
        finishing=sight.unfinished,
        error=_repair(judged),
        current=current.attributes,
    )
    if attributes:
        return change
    error = skip("RedundantExport", "The target already has these values.")
    return replace(change, kind=ChangeKind.SKIP, modified=(), finishing=False, error=error)


def _repair(judged: Judgement) -> ErrorInformation | None:
    if not judged.repaired:
        return None
    return skip(REPAIRED, f"Drift repaired: somebody else had changed {', '.join(judged.repaired)} in the target.")


def _with_drift(change: Change, drift: Drift) -> Change:
    """Return the change with what it leaves as it is in the target; if it writes nothing, that is all there is."""
    if change.kind is not ChangeKind.SKIP:
        return replace(change, drift=drift)
    names = [each.name for each in drift.attributes]
    blocked = ["the block of sign-in"] if drift.departure is Departure.BLOCKED else []
    reason = f"Somebody else's doing in the target is left as it is: {', '.join([*blocked, *names])}."
    return replace(change, drift=drift, error=skip(REPORTED, reason))


def _plan_unlinked(source: SourceEntry, sight: Sight, rules: Rules) -> Change:
    may_be_adopted = sight.adopting and len(sight.holders) == 1
    if source.attributes.get("accountEnabled") is False and not may_be_adopted:
        return Change(
            kind=ChangeKind.SKIP,
            error=skip("EntrySynchronizationSkipped", "Disabled in the source before the first provisioning."),
        )
    flowed = rules.flowed(source, sight, creating=True)
    if flowed.problems:
        return Change(kind=ChangeKind.ESCROW, error=flow_failure(flowed))
    problem = address_problem(rules.flow.mail(source), rules.verified_domains)
    if problem is not None:
        kind = ChangeKind.SKIP if problem.code == "ImportSkipped" else ChangeKind.ESCROW
        return Change(kind=kind, error=problem)
    desired = rules.flow.against(flowed.values, {})
    problem = value_problem(desired)
    if problem is not None:
        return Change(kind=ChangeKind.ESCROW, error=problem)
    if not sight.holders:
        return Change(kind=ChangeKind.CREATE, attributes=desired, modified=rules.flow.all_modified(desired))
    problem = adoption_problem(
        source,
        sight.holders,
        rules.adoption,
        verified_domains=rules.verified_domains,
        holds_role=sight.holds_role,
    )
    if problem is not None:
        return Change(kind=ChangeKind.ESCROW, error=problem)
    return _plan_adoption(source, sight, rules)


def _plan_adoption(source: SourceEntry, sight: Sight, rules: Rules) -> Change:
    holder = sight.holders[0]
    flowed = rules.flowed(source, sight, creating=False)
    desired = rules.flow.against(flowed.values, holder.attributes)
    judged = _judged(desired, holder, None, sight, rules)
    # who was disabled since the adoption began is disabled once there is a link, like anybody else: by the guard
    hold = desired.get(ENABLED) is False and holder.attributes.get(ENABLED) is not False
    leave = judged.leave | ({ENABLED} if hold else set[str]())
    desired = {name: value for name, value in desired.items() if name not in leave}
    modified = rules.flow.differences(desired, holder.attributes)
    return Change(
        kind=ChangeKind.UPDATE,
        target_id=holder.id,
        attributes=rules.flow.to_write(desired, modified),
        modified=modified,
        hold_disable=hold,
        adopt=True,
        current=holder.attributes,
        drift=judged.drift(None, rules.environment.now),
    )


def _linked_problem(source: SourceEntry, link: Link, sight: Sight, rules: Rules) -> ErrorInformation | None:
    # where drift is looked at, whoever comes so far was released, or departures are undone
    if rules.drift is None and (problem := _deletion_problem(link, sight)) is not None:
        return problem
    mail = rules.flow.mail(source)
    if mail is None or normalized_mail(mail) == link.mail:
        return None
    problem = address_problem(mail, rules.verified_domains)
    if problem is not None or not sight.holders:
        return problem
    ids = ", ".join(holder.id for holder in sight.holders)
    reason = f"Another object of the target holds the new mail: {ids}."
    return failure("EntryConflict", reason, "Give one of the two another address.")


def _deletion_problem(link: Link, sight: Sight) -> ErrorInformation | None:
    if sight.linked is not None and sight.linked.deleted and not _is_removed_by_us(link, sight.linked):
        reason = f"The object {link.target_id} was deleted in the target by somebody else."
        return failure("InvalidAnchor", reason, "Restore it in the target, or take the person out of scope.")
    return None


def _is_removed_by_us(link: Link, found: TargetObject) -> bool:
    """Did we delete it? What we deleted may have been restored, and deleted again, by somebody else."""
    if link.state is not LinkState.DELETED:
        return False
    return found.deleted_at is None or found.deleted_at <= link.changed + CLOCKS


def flow_failure(flowed: Flowed) -> ErrorInformation:
    """Return what the log says of values that cannot be computed; messages hold no value of the person."""
    told = "; ".join(f"{each.name}: {each.message}" for each in flowed.problems)
    names = ", ".join(each.name for each in flowed.problems)
    return failure("AttributeFlowFailed", f"The mapping gives no value. {told}", f"Look at the mapping of {names}.")


def skip(code: str, reason: str) -> ErrorInformation:
    """Return the reason of a skip."""
    return ErrorInformation(code=code, reason=reason, category=ErrorCategory.SUCCESS)


def failure(code: str, reason: str, action: str = "") -> ErrorInformation:
    """Return the reason of a failure that an administrator can act upon."""
    return ErrorInformation(
        code=code, reason=reason, category=ErrorCategory.NON_SERVICE_FAILURE, recommended_action=action
    )


def _out_of_scope(scoping: ScopingDecision) -> str:
    return f"The person is not in scope: {scoping.reason.value}."
