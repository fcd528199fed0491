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
        says="law 1 or 10 broken",
    ),
    PlantedBug(
        name="a foreign claim is no hindrance",
        file=_ORCHESTRATION + "take_claims.py",
        original="    if standing.same_owner(claim):\n        return None\n",
        replacement="    if standing.subject == claim.subject:\n        return None\n",
        says="law 7 broken",
        seed=2,
    ),
    PlantedBug(
        name="a claim is taken over from a living owner",
        file=_ORCHESTRATION + "take_claims.py",
        original="    if await _owner_lives(job, standing):\n",
        replacement="    if not standing.subject:\n",
        says="law 7 broken",
        seed=2,
    ),
    PlantedBug(
        name="the positive control proves everything",
        file=_GRAPH + "source_directory.py",
        original="return any(known or _names_somebody(answer) for answer in answers)",
        replacement="return True",
        says="law 3 broken",
        seed=138,
    ),
    PlantedBug(
        name="an unclear invitation is not looked for",
        file=_ORCHESTRATION + "recover_invitations.py",
        original="    unclear = [each for each in passes if _is_unclear(each)]\n",
        replacement="    unclear = passes[:0]\n",
        says="law",
        seed=4,
    ),
    PlantedBug(
        name="the guard forgets whom it has released today",
        file=_CYCLES + "removal_guard.py",
        original="together = released.count(both, now - guards.removals.window)",
        replacement="together = len(removals) + len(disables)",
        says="law 4 broken",
    ),
    PlantedBug(
        name="a disable waits for no guard",
        file=_PROVISIONING + "change_planning.py",
        original="hold = disabling and not sight.disable_released",
        replacement="hold = disabling and False",
        says="law 4 broken",
    ),
    PlantedBug(
        name="a verdict does not survive the next full read",
        file=_ORCHESTRATION + "reading.py",
        original="    row = with_verdict(row, before)\n",
        replacement="    row = replace(row)\n",
        says="law 4 broken",
        seed=2,
    ),
    PlantedBug(
        name="a rejected disable is forgotten while the row is about something else",
        file=_CYCLES + "verdicts.py",
        original='of_disable = before.decided_by if rejected else ""',
        replacement='of_disable = ""',
        says="law 4 broken",
        seed=11,
    ),
    PlantedBug(
        name="a guest who is older than the person is adopted",
        file=_PROVISIONING + "matching.py",
        original="    if not _younger(holder, source):\n",
        replacement="    if _younger(holder, source) is None:\n",
        says="law 5 broken.*older than the person",
    ),
    PlantedBug(
        name="whom one adopts becomes a member",
        file=_PROVISIONING + "change_planning.py",
        original="creating=False)\n    desired = rules.flow.against(flowed.values, holder.attributes)",
        replacement="creating=True)\n    desired = rules.flow.against(flowed.values, holder.attributes)",
        says="law 5 broken",
    ),
    PlantedBug(
        name="what one adopted is deleted with the person",
        file=_PROVISIONING + "change_planning.py",
        original="if link.origin is LinkOrigin.ADOPTED or removal.action",
        replacement="if removal.action",
        says="law 5 broken.*was deleted",
    ),
    PlantedBug(
        name="what an administrator has deleted is restored",
        file=_PROVISIONING + "change_planning.py",
        original="if sight.linked is not None and sight.linked.deleted and not _is_removed_by_us(link, sight.linked):",
        replacement="if sight.linked is None:",
        says="law 5 broken.*administrator",
    ),
    PlantedBug(
        name="the policy forbids, and nobody minds",
        file=_ORCHESTRATION + "refusal.py",
        original=(
            "        await budgets.refuse(*pair, job.engine.clock.now())\n"
            "        raise Forbidden(POLICY_FORBIDS, FORBIDDEN)\n"
        ),
        replacement="        return True\n",
        says="law 8 broken",
    ),
    PlantedBug(
        name="an incremental read passes over whoever has left",
        file=_ORCHESTRATION + "read_users.py",
        original="        return removal(link)\n",
        replacement="        return None\n",
        says="law 1 or 10 broken.*should be deleted",
    ),
    PlantedBug(
        name="an initial cycle looks for nobody who is absent",
        file=_ORCHESTRATION + "find_absent.py",
        original="    if snapshot.is_absent(link.source_id):\n        return WorkKind.REMOVE\n",
        replacement="    if snapshot.is_absent(link.source_id):\n        return None\n",
        says="law 1 or 10 broken.*should be deleted",
    ),
    PlantedBug(
        name="a cycle whose message is lost stands still for ever",
        file=_ORCHESTRATION + "start_cycles.py",
        original="elif now - cycle.heartbeat >= STALLED:",
        replacement="elif now < cycle.heartbeat:",
        says="not settled",
    ),
    PlantedBug(
        name="an escrow has no record",
        file=_ORCHESTRATION + "close_entries.py",
        original="        log=None if ending.status is None else",
        replacement="        log=None if ending.status is not ProvisioningStatus.SUCCESS else",
        says="nothing tells why",
    ),
    PlantedBug(
        name="a delete has no record",
        file=_ORCHESTRATION + "close_entries.py",
        original="log=None if ending.status is None else",
        replacement="log=None if ending.status is None or ending.action is ProvisioningAction.DELETE else",
        says="more than counters",
    ),
    PlantedBug(
        name="a failure is not counted",
        file=_ORCHESTRATION + "close_entries.py",
        original="    count = None\n    if ending.status is not None:\n",
        replacement="    count = None\n    if ending.status is ProvisioningStatus.SUCCESS:\n",
        says="more than counters",
    ),
)
