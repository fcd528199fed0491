"""Somebody wants to see members of a group provisioned now: what comes of the group, and of each of them?

As in Entra, a group is asked for with those of its members who go along. Groups themselves are not provisioned as
objects, which the first result says; who is not a direct member of the group is not provisioned by it.
https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand#on-demand-provisioning-of-groups
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.orchestration.engine import Engine
from shared.orchestration.job_status import Job
from shared.orchestration.on_demand_result import GROUP, USER, OnDemandResult
from shared.orchestration.ports import Examination, Presence
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.provisioning.change_planning import failure, skip
from shared.provisioning.provisioning_log import ErrorInformation, ProvisioningStatus

NOT_AN_OBJECT = skip("EntityTypeNotSupported", "Groups are not provisioned as objects; the members named are.")
NO_MEMBER = skip("EntrySynchronizationSkipped", "The person is not a direct member of the group.")
NOT_READ = failure("Timeout", "Whether the person is a member of the group could not be read.", "Try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSubject:
    """A group, and who of its members goes along."""

    id: str
    members: tuple[str, ...]


async def provision_group(
    engine: Engine, job: Job, group: GroupSubject, initiated_by: str
) -> Sequence[OnDemandResult] | None:
    """Return the result of the group, then those of the members in order; None if the job is gone by now."""
    source = engine.directories.source(job.configuration)
    seen = await source.examine(group.members, scope=True, known_users=()) if group.members else {}
    members = [member for member in group.members if _is_member(seen[member], group)]
    done = await provision_on_demand(engine, job.configuration.id, members, initiated_by)
    if done is None:
        return None
    results = {result.source_id: result for result in done} | _refused(engine, seen, members)
    told = _told(engine, group.id, ProvisioningStatus.SKIPPED, NOT_AN_OBJECT, GROUP)
    return [told, *(results[member] for member in group.members)]


def _is_member(examination: Examination, group: GroupSubject) -> bool:
    return group.id.casefold() in {each.casefold() for each in examination.group_ids or ()}


def _refused(engine: Engine, seen: Mapping[str, Examination], members: Sequence[str]) -> dict[str, OnDemandResult]:
    results = dict[str, OnDemandResult]()
    for source_id in seen.keys() - set(members):
        unknown = seen[source_id].presence is Presence.UNKNOWN
        status = ProvisioningStatus.FAILURE if unknown else ProvisioningStatus.SKIPPED
        results[source_id] = _told(engine, source_id, status, NOT_READ if unknown else NO_MEMBER)
    return results


def _told(
    engine: Engine, source_id: str, status: ProvisioningStatus, error: ErrorInformation, object_type: str = USER
) -> OnDemandResult:
    now = engine.clock.now()
    return OnDemandResult(
        source_id=source_id, began=now, ended=now, status=status, error=error, object_type=object_type
    )
