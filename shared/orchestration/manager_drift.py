"""Has somebody else given the object another manager, or taken the one that it had?"""

from dataclasses import replace

from shared.configuration.configuration import DriftPolicy
from shared.configuration.directory_schema import MANAGER
from shared.orchestration.entry_pass import Ending, EntryPass, Job
from shared.provisioning.change_planning import skip
from shared.provisioning.drift import REPAIRED, REPORTED, since
from shared.provisioning.link import Drift, Link
from shared.provisioning.provisioning_log import ErrorInformation, ModifiedProperty, ProvisioningStatus
from shared.provisioning.reference_resolution import UNKNOWN, ManagerFlow, object_of


def other_manager(flow: ManagerFlow | None, link: Link, found: str | None) -> str | None:
    """Return the manager that was found, empty for none; None where it is what we left, or what nobody can tell."""
    if flow is None or found is None or link.manager_target == UNKNOWN:
        return None
    wanted = object_of(link.manager_target)
    if found == wanted or (not wanted and not flow.clears):
        return None
    return found


def reported_manager(link: Link) -> str | None:
    """Return the manager that was found before and is left, empty for none; None where there is no such drift."""
    return next((str(each.current or "") for each in link.drifted or () if each.name == MANAGER), None)


def drifted_manager(job: Job, entry: EntryPass, link: Link) -> str | None:
    """Return the manager whom others have given to the object of somebody whose manager in the source is as before."""
    seen = entry.sight.linked if entry.sight is not None else None
    if job.rules.drift is None or seen is None or entry.person.manager != link.manager:
        return None
    return other_manager(job.rules.flow.manager, link, seen.manager)


def is_repaired(job: Job) -> bool:
    """Is the manager written again? Whoever asks on demand wants all written."""
    return job.on_demand or job.rules.drift is None or job.rules.drift.policy(MANAGER) is not DriftPolicy.REPORT


def with_manager_drift(job: Job, entry: EntryPass, ending: Ending, link: Link, found: str) -> Ending:
    """Return the ending with the manager among what is left; it is told if it was not known."""
    each = ModifiedProperty(name=MANAGER, current=found or None, desired=object_of(link.manager_target) or None)
    before, others = None if entry.link is None else entry.link.drift, link.drifted or ()
    now = job.engine.clock.now()
    drift = since(Drift(since=now, departure=link.departure, attributes=(*others, each)), before)
    ending = replace(ending, link=link.with_drift(drift))
    if drift is before or ending.status is not None:
        return ending
    told = skip(REPORTED, f"Somebody else's doing in the target is left as it is: {MANAGER}.")
    return replace(ending, status=ProvisioningStatus.SKIPPED, error=told, modified=drift.attributes)


def manager_repair(entry: EntryPass) -> ErrorInformation | None:
    """Return what is told of a manager that was written again."""
    before = entry.link
    if before is None or entry.referring in {None, UNKNOWN, before.manager_target}:
        return None
    return skip(REPAIRED, f"Drift repaired: somebody else had changed {MANAGER} in the target.")
