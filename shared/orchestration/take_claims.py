"""Does the address, or the object, belong to this person? One target object has one owner (law 7)."""

from datetime import timedelta

from shared.cycles.claim import Claim, ClaimKind
from shared.orchestration.entry_pass import EntryPass, Job
from shared.orchestration.ports import Conflict
from shared.orchestration.put_back import not_now
from shared.orchestration.write_results import refused
from shared.provisioning.address import normalized_mail
from shared.provisioning.change import ChangeKind
from shared.provisioning.change_planning import failure
from shared.provisioning.link import LinkState
from shared.provisioning.provisioning_log import ErrorInformation

PURGED = timedelta(days=31)
"""A soft-deleted user is gone for good after 30 days: https://learn.microsoft.com/graph/api/resources/directory"""


async def take_claims(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Take the claims that each planned write needs; who meets a living foreign claim is refused."""
    return [each if each.ending else await _take_all(job, each) for each in passes]


async def _take_all(job: Job, entry: EntryPass) -> EntryPass:
    for claim in _needed(job, entry):
        try:
            problem = await take_claim(job, claim)
        except Conflict:
            return not_now(job, entry, "EntryConflict")
        if problem is not None:
            return refused(job, entry, problem)
    return entry


def _needed(job: Job, entry: EntryPass) -> list[Claim]:
    change = entry.change
    if change is None:
        return []
    mail = normalized_mail((entry.source.text("mail") if entry.source else None) or "")
    needed = []
    if change.kind is not ChangeKind.DELETE and mail and (entry.link is None or entry.link.mail != mail):
        needed.append(claim_of(job, entry, ClaimKind.MAIL, mail))
    if change.target_id and change.kind is not ChangeKind.CREATE:  # a create proves first that the object is ours
        needed.append(claim_of(job, entry, ClaimKind.TARGET, change.target_id))
    return needed


def claim_of(job: Job, entry: EntryPass, kind: ClaimKind, subject: str) -> Claim:
    """Return the claim of this person on an address or an object."""
    return Claim(
        tenant_id=job.configuration.target.tenant_id,
        kind=kind,
        subject=subject,
        configuration_id=job.configuration.id,
        source_id=entry.source_id,
    )


async def take_claim(job: Job, claim: Claim) -> ErrorInformation | None:
    """Take one claim; returns why it cannot be had. Raises Conflict if others are taking it at this moment."""
    standing = await job.engine.claims.take(claim)
    if standing.same_owner(claim):
        return None
    if await _owner_lives(job, standing):
        return _conflict(claim, standing)
    standing = await job.engine.claims.take_over(standing, claim)
    return None if standing.same_owner(claim) else _conflict(claim, standing)


async def _owner_lives(job: Job, standing: Claim) -> bool:
    """Does the owner of a claim still have rows? A claim alone may be left over from a create that never came about."""
    state = await job.engine.configurations.state(standing.configuration_id)
    if state is None:
        return False
    rows = (await job.engine.entries.read(state, [standing.source_id]))[standing.source_id]
    if rows.link is not None and rows.link.state is LinkState.DELETED:
        return job.engine.clock.now() - rows.link.changed < PURGED or rows.pending is not None
    return rows.link is not None or rows.pending is not None or rows.work is not None


def _conflict(claim: Claim, standing: Claim) -> ErrorInformation:
    own = claim.configuration_id == standing.configuration_id
    what = "address" if claim.kind is ClaimKind.MAIL else f"object {claim.subject}"
    reason = (
        f"The {what} of '{claim.source_id}' (configuration '{claim.configuration_id}') belongs to "
        f"'{standing.source_id}' (configuration '{standing.configuration_id}')."
    )
    code = "DuplicateSourceEntries" if own and claim.kind is ClaimKind.MAIL else "EntryConflict"
    return failure(code, reason, "Give one of the two another address, or remove one of them.")
