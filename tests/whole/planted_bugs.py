"""Which bugs must the local world see? Each is the engine with a few words changed, and what the judge says of it.

Bugs that hide nothing of each other, and of which the judge says different things, are planted in one run together: a
few, for a run tells only the first twenty disagreements.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    file: str
    original: str
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedBug:
    """A bug, the shortest run that shows it, and a pattern of the disagreement that names it.

    Those of one `company` are planted together; whoever is in none is alone.
    """

    name: str
    bug: Substitution
    says: str
    cycles: int = 1
    company: str = ""
    options: tuple[str, ...] = ()
    #: Of the local world, not of the engine: the world without the bug agrees.
    surroundings: tuple[Substitution, ...] = ()


_TEMPLATES = "shared/configuration/templates.py"
_PLANNING = "shared/provisioning/change_planning.py"
_MATCHING = "shared/provisioning/matching.py"
_CLASSIFICATION = "shared/cycles/classification.py"
_FLOW = "shared/provisioning/attribute_flow.py"
_READ_USERS = "shared/orchestration/read_users.py"
_READ_SCOPE = "shared/orchestration/read_scope.py"

#: A company of so few fits on a page of the documented size, and then none can be lost.
SMALL_PAGES = Substitution(
    file="sandbox/tenants/delta.py", original="LARGEST_PAGE = 200", replacement="LARGEST_PAGE = 7"
)

ASSIGNED = ("--scenario", "assigned")
#: After the first cycle somebody leaves, another is disabled, and a third leaves an assigned group, all provisioned.
SEED = ("--seed", "6")
#: Who leaves after the first cycle was adopted.
ADOPTED_LEAVES = ("--users", "40", "--seed", "2")

PLANTED_BUGS = (
    PlantedBug(
        name="wrong attribute: city and state are swapped",
        bug=Substitution(
            file=_TEMPLATES,
            original="source=DirectSource(name=name), flow",
            replacement='source=DirectSource(name={"city": "state", "state": "city"}.get(name, name)), flow',
        ),
        says=r"city should be '.+', is ",
        company="wrong values",
    ),
    PlantedBug(
        name="wrong manager: everybody is their own",
        bug=Substitution(
            file="shared/adapters/graph/calls.py",
            original="quote(manager_id, safe='')",
            replacement="quote(user_id, safe='')",
        ),
        says=r"manager should be '.+', is '.+'",
        company="wrong values",
    ),
    PlantedBug(
        name="wrong type: people are created as guests",
        bug=Substitution(
            file=_FLOW,
            original="if creating or each.flow_type is not FlowType.OBJECT_ADD_ONLY",
            replacement="if each.flow_type is not FlowType.OBJECT_ADD_ONLY",
        ),
        says="userType should be 'Member', is 'Guest'",
        company="wrong values",
    ),
    PlantedBug(
        name="everybody skipped: who is entitled is out of scope",
        bug=Substitution(
            file="shared/provisioning/scoping.py", original="if not entitled:", replacement="if entitled:"
        ),
        says="expected a new user, found nobody",
    ),
    PlantedBug(
        name="missed leaver: nobody's removal is staged",
        bug=Substitution(file=_CLASSIFICATION, original="return WorkKind.REMOVE", replacement="return None"),
        says="expected deleted: the person is no longer in scope, found still there",
        cycles=2,
        company="missed changes",
    ),
    PlantedBug(
        name="deleted bystander: who was adopted is deleted with the person",
        bug=Substitution(file=_PLANNING, original="link.origin is LinkOrigin.ADOPTED or ", replacement=""),
        says="expected kept as it was: it had been adopted, found deleted",
        cycles=2,
        options=ADOPTED_LEAVES,
    ),
    PlantedBug(
        name="doubled user: no link is kept, so a new address is a new person",
        bug=Substitution(
            file="shared/orchestration/close_entries.py", original="link=ending.link,", replacement="link=None,"
        ),
        says="expected the object .+, found |no one in scope stands behind it|manager should be",
        cycles=2,
    ),
    PlantedBug(
        name="lost page: those between the first and the last are read and forgotten",
        bug=Substitution(
            file=_READ_USERS,
            original="        told += page.entries",
            replacement="        if not link or page.delta_link:\n            told += page.entries",
        ),
        says="expected a new user, found nobody",
        surroundings=(SMALL_PAGES,),
    ),
    PlantedBug(
        name="stale value: whoever has a link is up to date",
        bug=Substitution(
            file=_CLASSIFICATION, original="if link.same_digest and not", replacement="if link.exists and not"
        ),
        says="department should be ",
        cycles=2,
    ),
    PlantedBug(
        name="value never cleared: what the source has lost stays",
        bug=Substitution(
            file=_FLOW,
            original="                if clears:\n",
            replacement="                if clears and creating:\n",
        ),
        says="should be None, is ",
        cycles=2,
        company="missed changes",
    ),
    PlantedBug(
        name="watermark without rows: changes are read and not written down",
        bug=Substitution(
            file=_READ_USERS,
            original="await reading.stage(work, ",
            replacement="await reading.stage(work if reading.initial else {}, ",
        ),
        says="expected deleted|expected a new user|should be ",
        cycles=2,
    ),
    PlantedBug(
        name="disable does not flow: what enables an account is never compared",
        bug=Substitution(
            file=_PLANNING, original='{"accountEnabled"} if hold else set[str]()', replacement='{"accountEnabled"}'
        ),
        says="accountEnabled should be False, is True",
        cycles=2,
        company="missed changes",
    ),
    PlantedBug(
        name="restored as a new object: who comes back is invited again",
        bug=Substitution(
            file=_PLANNING,
            original="if link is None or sight.linked is None:",
            replacement="if link is None or sight.linked is None or sight.linked.deleted:",
        ),
        says="found another object|found it among the deleted items",
        cycles=3,
    ),
    PlantedBug(
        name="unassigned person kept: lost assignments are not looked at",
        bug=Substitution(
            file=_READ_SCOPE,
            original="await stage_candidates(reading, changed_by_assignment(before, users, entitled))",
            replacement="changed_by_assignment(before, users, entitled)",
        ),
        says="expected deleted: the person is no longer in scope, found still there",
        cycles=2,
        options=ASSIGNED,
    ),
    PlantedBug(
        name="foreign guest adopted: one who is older than the person",
        bug=Substitution(file=_MATCHING, original="if not _younger(holder, source):", replacement="if holder is None:"),
        says="expected left alone: it is not ours, found changed",
        company="wrong people",
    ),
    PlantedBug(
        name="name of another person: everybody of a chunk gets the first one's",
        bug=Substitution(
            file="shared/orchestration/export_creates.py",
            original="            attributes=each.decided.attributes,\n",
            replacement=(
                '            attributes={**each.decided.attributes, "displayName": '
                'str(ours[0].decided.attributes.get("displayName"))},\n'
            ),
        ),
        says="displayName should be ",
        company="wrong people",
    ),
)


def runs() -> dict[str, tuple[PlantedBug, ...]]:
    """Return the bugs that are planted together, by what they have in common."""
    together: dict[str, tuple[PlantedBug, ...]] = {}
    for each in PLANTED_BUGS:
        key = each.company or each.name
        together[key] = (*together.get(key, ()), each)
    return together
