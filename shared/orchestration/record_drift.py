"""What does a pass remember of what others have done to an object, and what does it tell of it?"""

from dataclasses import replace

from shared.cycles.work import IntentAction
from shared.orchestration.entry_pass import Ending, EntryPass, Job
from shared.provisioning.change import Change
from shared.provisioning.drift import Circumstances
from shared.provisioning.link import Departure, Link, LinkState
from shared.provisioning.provisioning_log import ProvisioningStatus
from shared.provisioning.reference_resolution import in_use


def past_of(job: Job, entry: EntryPass) -> Circumstances:
    """Return what tells others' doing from our own; whoever asks on demand wants all values written."""
    link, source = entry.link, entry.source
    digest = "" if job.rules.drift is None or source is None else job.rules.flow.digest(source)
    # an update to just these values, whose end nobody knows, can have left nothing else
    unclear = entry.may_have_written and entry.begun.digest != digest
    same = link is not None and bool(digest) and link.digest == digest
    return Circumstances(
        as_written=same and not unclear and not job.on_demand,
        unclear=unclear,
        released=bool(entry.pending.released_by),
    )


def judged_link(job: Job, entry: EntryPass, link: Link) -> Link:
    """Return the link with what its object shows from now on, and what is left there of others' doing."""
    change = entry.change
    if job.rules.drift is None or change is None:
        return replace(link, shown="").with_drift(None)
    if _has_come_back(entry):
        link = replace(in_use(replace(link, state=LinkState.DELETED)), changed=job.engine.clock.now())
    shown = job.rules.flow.shown({**change.current, **change.attributes})
    return replace(link, shown=shown).with_drift(change.drift)


def _has_come_back(entry: EntryPass) -> bool:
    """Was the object of an active link deleted in the target, and is in use again, by others or by a lost pass?"""
    restored = entry.unclear and entry.intent is not None and entry.intent.action is IntentAction.RESTORE
    return entry.link is not None and entry.link.state is LinkState.ACTIVE and (entry.link.is_gone or restored)


def is_gone(change: Change) -> bool:
    """Is the object left deleted?"""
    return change.drift is not None and change.drift.departure is Departure.DELETED


def departed_link(link: Link, change: Change) -> Link:
    """Return the link of somebody in scope who is not in the target any more; what was written last still counts."""
    return replace(link, state=LinkState.ACTIVE, shown="").with_drift(change.drift)


def looked_at(entry: EntryPass, change: Change, link: Link | None) -> Ending:
    """End a pass that leaves the object as it is; what is known already is not told again."""
    before, drift = entry.link, change.drift
    if drift is None or drift.same(None if before is None else before.drift):
        return Ending(link=None if link == before else link)
    return Ending(status=ProvisioningStatus.SKIPPED, link=link, error=change.error, modified=drift.attributes)
