"""Which bugs of the engine must the property machine find, and which law does it then say is broken?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedBug:
    """The engine with a few words changed, what the machine says of it, and the batch that finds it soon."""

    name: str
    file: str
    original: str
    replacement: str
    says: str
    seed: int = 1


_ORCHESTRATION: Final = "shared/orchestration/"
_TABLES: Final = "shared/adapters/tables/"
_GRAPH: Final = "shared/adapters/graph/"
_PROVISIONING: Final = "shared/provisioning/"
_CYCLES: Final = "shared/cycles/"

PLANTED_BUGS: Final = (
    PlantedBug(
        name="an intent is lost with the worker that had it",
        file=_TABLES + "entry_leases.py",
        original="intent=work.intent or standing.intent, etag",
        replacement="intent=work.intent, etag",
        says="law",
    ),
    PlantedBug(
        name="closing deletes the pending row, whatever it says by now",
        file=_TABLES + "entry_closing.py",
        original="[Delete(key=pending_key(read.source_id), etag=read.etag)",
        replacement="[Delete(key=pending_key(read.source_id))",
        says="law",
    ),
    PlantedBug(
        name="a foreign claim is no hindrance",
        file=_ORCHESTRATION + "take_claims.py",
        original="    if standing.same_owner(claim):\n        return None\n",
        replacement="    if standing.subject == claim.subject:\n        return None\n",
        says="law",
    ),
    PlantedBug(
        name="a claim is taken over from a living owner",
        file=_ORCHESTRATION + "take_claims.py",
        original="    if await _owner_lives(job, standing):\n",
        replacement="    if not standing.subject:\n",
        says="law",
    ),
    PlantedBug(
        name="the positive control proves everything",
        file=_GRAPH + "source_directory.py",
        original="return _is_source(organization, self._tenant.tenant_id) and (found or not known)",
        replacement="return True",
        says="law",
    ),
    PlantedBug(
        name="an unclear invitation is not looked for",
        file=_ORCHESTRATION + "recover_invitations.py",
        original="    unclear = [each for each in passes if _is_unclear(each)]\n",
        replacement="    unclear = passes[:0]\n",
        says="law",
    ),
    PlantedBug(
        name="an answer about an update that got lost is taken for a yes",
        file=_ORCHESTRATION + "write_results.py",
        original="    if result.status in {WriteStatus.AMBIGUOUS, WriteStatus.BUSY, WriteStatus.NOT_FOUND}:\n",
        replacement=(
            "    if result.status is WriteStatus.AMBIGUOUS:\n"
            "        return entry.end(Ending(link=entry.link))\n"
            "    if result.status in {WriteStatus.BUSY, WriteStatus.NOT_FOUND}:\n"
        ),
        says="law",
    ),
    PlantedBug(
        name="a read that is older than our write is taken for the object",
        file=_ORCHESTRATION + "plan_entries.py",
        original="    if link is None or not _was_just_written(job, entry):\n        return False\n    return",
        replacement="    if link is None or link is not None:\n        return False\n    return",
        says="law",
    ),
    PlantedBug(
        name="the guard forgets whom it has released today",
        file=_CYCLES + "removal_guard.py",
        original="removed = released.count(WorkKind.REMOVE, removals, since)",
        replacement="removed = len(removals)",
        says="law 4",
    ),
    PlantedBug(
        name="a disable waits for no guard",
        file=_PROVISIONING + "change_planning.py",
        original="hold = disabling and not sight.disable_released",
        replacement="hold = disabling and False",
        says="law 4",
    ),
    PlantedBug(
        name="who was staged after the guard had decided is released with the others",
        file=_ORCHESTRATION + "entry_pass.py",
        original="0 < staged <= job.state.released_cycle",
        replacement="0 < staged",
        says="law",
    ),
    PlantedBug(
        name="a verdict does not survive the next full read",
        file=_ORCHESTRATION + "reading.py",
        original="return replace(row, verdict=before.verdict, decided_by=before.decided_by)",
        replacement="return row",
        says="law",
    ),
    PlantedBug(
        name="what one adopted is deleted with the person",
        file=_PROVISIONING + "change_planning.py",
        original="if link.origin is LinkOrigin.ADOPTED or rules.removal",
        replacement="if rules.removal",
        says="law 5",
    ),
    PlantedBug(
        name="a guest who is older than the person is adopted",
        file=_PROVISIONING + "matching.py",
        original="    if not _younger(holder, source):\n",
        replacement="    if _younger(holder, source) is None:\n",
        says="law 5",
    ),
    PlantedBug(
        name="what an administrator has deleted is restored",
        file=_PROVISIONING + "change_planning.py",
        original="if sight.linked is not None and sight.linked.deleted and link.state is not LinkState.DELETED:",
        replacement="if sight.linked is None:",
        says="law 5",
    ),
    PlantedBug(
        name="the other holders of a new address are not looked for",
        file=_ORCHESTRATION + "plan_entries.py",
        original="known = entry.link is not None and normalized_mail(mail) == entry.link.mail and not _left(entry)",
        replacement="known = entry.link is not None",
        says="law",
    ),
    PlantedBug(
        name="a delete has no record",
        file=_ORCHESTRATION + "close_entries.py",
        original="log=None if ending.status is None else",
        replacement="log=None if ending.status is None or ending.action is ProvisioningAction.DELETE else",
        says="law 1 or 10",
    ),
    PlantedBug(
        name="a failure is not counted",
        file=_ORCHESTRATION + "close_entries.py",
        original="    count = None\n    if ending.status is not None:\n",
        replacement="    count = None\n    if ending.status is ProvisioningStatus.SUCCESS:\n",
        says="law 1 or 10",
    ),
    PlantedBug(
        name="what has no message is never told of again",
        file=_ORCHESTRATION + "resend.py",
        original="    await dispatch_due(engine, state)\n",
        replacement="",
        says="not settled",
    ),
    PlantedBug(
        name="a cycle whose message is lost stands still for ever",
        file=_ORCHESTRATION + "start_cycles.py",
        original="elif now - cycle.heartbeat >= STALLED:",
        replacement="elif now < cycle.heartbeat:",
        says="not settled",
    ),
    PlantedBug(
        name="the watermark of a slice that lost the race is saved",
        file=_ORCHESTRATION + "read_users.py",
        original="            await reading.checkpoint(phase=CyclePhase.ABSENT, cursor=Cursor(link=page.delta_link))\n",
        replacement="            await reading.checkpoint(phase=CyclePhase.ABSENT, cursor=Cursor())\n",
        says="law",
    ),
    PlantedBug(
        name="an initial cycle looks for nobody who is absent",
        file=_ORCHESTRATION + "find_absent.py",
        original="    if snapshot.is_absent(link.source_id):\n        return WorkKind.REMOVE\n",
        replacement="    if snapshot.is_absent(link.source_id):\n        return None\n",
        says="law 1",
    ),
    PlantedBug(
        name="the policy forbids, and nobody minds",
        file=_ORCHESTRATION + "plan_entries.py",
        original="        await budgets.refuse(*pair, job.engine.clock.now())\n        raise Forbidden(POLICY_FORBIDS, FORBIDDEN)\n",
        replacement="        return True\n",
        says="law 8",
    ),
    PlantedBug(
        name="an escrow has no record",
        file=_ORCHESTRATION + "close_entries.py",
        original="        log=None if ending.status is None else",
        replacement="        log=None if ending.status is not ProvisioningStatus.SUCCESS else",
        says="law 1 or 10",
    ),
    PlantedBug(
        name="whom one adopts becomes a member",
        file=_PROVISIONING + "change_planning.py",
        original="modified = differences(flow(source, rules.mapping, creating=False), holder.attributes)",
        replacement="modified = differences(flow(source, rules.mapping, creating=True), holder.attributes)",
        says="law 5",
    ),
    PlantedBug(
        name="an incremental read passes over whoever has left",
        file=_ORCHESTRATION + "read_users.py",
        original="        return removal(link)\n",
        replacement="        return None\n",
        says="law 1",
    ),
    PlantedBug(
        name="whoever quits a group stays in it",
        file=_ORCHESTRATION + "read_scope.py",
        original="    if change.removed:\n        members.discard(change.member_id)\n",
        replacement="    if change.removed:\n        return\n",
        says="law 1",
    ),
    PlantedBug(
        name="a verdict's end leaves the stamp of a guard that never counted",
        file=_ORCHESTRATION + "reading.py",
        original="return row if before.verdict else replace(row, staged_cycle=before.staged_cycle)",
        replacement="return replace(row, staged_cycle=before.staged_cycle)",
        says="law 4",
    ),
)
