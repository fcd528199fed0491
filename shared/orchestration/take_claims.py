"""Does the address, or the object, belong to this person? One target object has one owner (law 7)."""

from datetime import timedelta

from shared.cycles.claim import Claim, ClaimKind
from shared.orchestration.entry_pass import EntryPass, Job
from shared.orchestration.ports import Conflict, EntryRows
from shared.orchestration.put_back import not_now
from shared.orchestration.remove_configuration import is_gone
from shared.orchestration.write_results import refused
from shared.provisioning.address import normalized_mail
from shared.provisioning.attribute_flow import Flow
from shared.provisioning.change import Change, ChangeKind
from shared.provisioning.change_planning import failure
from shared.provisioning.entry import SourceEntry
from shared.provisioning.link import LinkState
from shared.provisioning.provisioning_log import ErrorInformation

PURGED = timedelta(days=31)
"""A soft-deleted user is gone for good after 30 days: https://learn.microsoft.com/graph/api/resources/directory"""


VISIBLE = timedelta(minutes=10)
"""For so long after a write, a look-up may not find the value."""


async def take_claims(job: Job, passes: list[EntryPass]) -> list[EntryPass]:
    """Take the claims that each planned write needs; who meets a living foreign claim is refused."""
    given = dict[str, Claim]()
    return [each if each.ending else await _take_all(job, each, given) for each in passes]


async def _take_all(job: Job, entry: EntryPass, given: dict[str, Claim]) -> EntryPass:
    """Take them, and add to the objects that are given; of those no intent tells yet."""
    for claim in _needed(job, entry):
        object_id = claim.subject if claim.kind is ClaimKind.TARGET else ""
        if object_id in given:
            return refused(job, entry, _conflict(claim, given[object_id]))
        try:
            problem = await take_claim(job, claim, likely=entry.link is not None)
        except Conflict:
            return not_now(job, entry, "EntryConflict")
        if problem is not None:
            return refused(job, entry, problem)
        if object_id:
            given[object_id] = claim
    return entry


def _needed(job: Job, entry: EntryPass) -> list[Claim]:
    change = entry.change
    if change is None or (change.kind is ChangeKind.CREATE and change.target_id):
        return []  # an invitation was sent under its claim; the object's is taken when it is proved to be ours
    mail = normalized_mail((job.rules.flow.mail(entry.source) if entry.source else None) or "")
    needed = []
    if change.kind is not ChangeKind.DELETE and mail and (entry.link is None or entry.link.mail != mail):
        needed.append(claim_of(job, entry, ClaimKind.MAIL, mail))
    if change.target_id and not _is_ours(entry, change):
        needed.append(claim_of(job, entry, ClaimKind.TARGET, change.target_id))
    if change.finishing:
        needed += value_claims(job, entry)
    return needed


def _is_ours(entry: EntryPass, change: Change) -> bool:
    """Is the object that is updated the one of the link? Its claim was taken before there was a link."""
    link = entry.link
    updates = change.kind is ChangeKind.UPDATE and link is not None and link.state is LinkState.ACTIVE
    return updates and link is not None and link.target_id == change.target_id


async def without_object(job: Job, entry: EntryPass, object_id: str) -> EntryPass | None:
    """Claim an object of the target for the person; return the pass ended where it cannot be had."""
    try:
        problem = await take_claim(job, claim_of(job, entry, ClaimKind.TARGET, object_id))
    except Conflict:
        return not_now(job, entry, "EntryConflict")
    return None if problem is None else refused(job, entry, problem)


def value_claims(job: Job, entry: EntryPass) -> list[Claim]:
    """Return the claims on the unique values that a create is about to write.

    The look-up cannot see what another worker writes at this moment; the claim can.
    """
    return [
        claim_of(job, entry, ClaimKind.VALUE, f"{each.name}={value}".casefold())
        for each in job.rules.flow.attributes
        if each.unique and isinstance(value := entry.decided.attributes.get(each.name), str)
    ]


def claim_of(job: Job, entry: EntryPass, kind: ClaimKind, subject: str) -> Claim:
    """Return the claim of this person on an address, an object or a value."""
    return Claim(
        tenant_id=job.configuration.target.tenant_id,
        kind=kind,
        subject=subject,
        configuration_id=job.configuration.id,
        source_id=entry.source_id,
    )


async def take_claim(job: Job, claim: Claim, *, likely: bool = False) -> ErrorInformation | None:
    """Take one claim; returns why it cannot be had. Raises Conflict if others are taking it at this moment."""
    standing = await job.engine.claims.take(claim, likely=likely)
    if standing.same_owner(claim):
        return None
    if await _owner_lives(job, standing):
        return _conflict(claim, standing)
    standing = await job.engine.claims.take_over(standing, claim)
    return None if standing.same_owner(claim) else _conflict(claim, standing)


async def _owner_lives(job: Job, standing: Claim) -> bool:
    """Does the owner of a claim still have what is claimed, or work that may lead to it?

    A claim may be left over from a create that never came about, or from an address that somebody has given up.
    """
    state = await job.engine.configurations.state(standing.configuration_id)
    if state is None or is_gone(state, job.engine):
        return False
    rows = (await job.engine.entries.read(state, [standing.source_id]))[standing.source_id]
    link = rows.link
    intent = rows.work.intent if rows.work is not None else None
    if standing.kind is ClaimKind.TARGET:
        # whoever asks sees the object: it is not purged, however long ago it was deleted, for somebody has restored it
        named = {link.target_id if link else "", intent.target_id if intent else ""}
        # another worker may have claimed it just now, and name it in the intent next
        worked_on = rows.work is not None and rows.work.held_by_other(job.owner, job.engine.clock.now())
        return standing.subject in named or worked_on
    if link is not None and link.state is LinkState.DELETED and job.engine.clock.now() - link.changed >= PURGED:
        link = None
    if standing.kind is ClaimKind.VALUE:
        # whoever has written it long ago is found by the look-up, and whoever has not does not need it any more
        return intent is not None or (link is not None and job.engine.clock.now() - link.changed < VISIBLE)
    configuration = await job.engine.configurations.configuration(standing.configuration_id, state.version)
    wanted = None if configuration is None else _wanted(rows, job.engine.mappings.of(configuration).flow)
    mails = (link.mail if link else "", intent.mail if intent else "", wanted)
    return standing.subject in {normalized_mail(mail) for mail in mails if mail}


def _wanted(rows: EntryRows, flow: Flow) -> str | None:
    """Return the address that the owner's own mapping gives to what was read of them last."""
    attributes = rows.pending.source if rows.pending is not None else None
    return flow.mail(SourceEntry(id=rows.source_id, attributes=attributes or {}))


def _conflict(claim: Claim, standing: Claim) -> ErrorInformation:
    own = claim.configuration_id == standing.configuration_id
    what = {ClaimKind.MAIL: "address", ClaimKind.VALUE: "unique value"}.get(claim.kind, f"object {claim.subject}")
    reason = (
        f"The {what} of '{claim.source_id}' (configuration '{claim.configuration_id}') belongs to "
        f"'{standing.source_id}' (configuration '{standing.configuration_id}')."
    )
    code = "DuplicateSourceEntries" if own and claim.kind is ClaimKind.MAIL else "EntryConflict"
    return failure(code, reason, "Give one of the two another address, or remove one of them.")
