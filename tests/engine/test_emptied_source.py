"""Law 4 where the whole source seems to go: held, then exactly what was approved is removed; rejected, nobody is."""

from collections.abc import Callable

import pytest

from shared.configuration.document import parse
from shared.cycles.doubt import Doubt
from shared.cycles.pending import Verdict
from shared.cycles.state import QuarantineReason
from shared.orchestration.apply_configuration import apply_configuration
from shared.orchestration.decide_held import decide_held, held_removals
from tests.engine.hazards import Meddle, Meddler
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.lying_source import as_other_tenant, blind
from tests.engine.small_world import Document, assignment, document, group, id_of, mail_of, people, small_world

COMPANY = 12
GUARD: Document = {"removals": {"count": 6}}
NAMES = [f"person{number}" for number in range(COMPANY)]

SHARED = 50
"""From so many people on the guard's share counts: ten of them are held."""

Emptied = tuple[list[Document], bool]
"""What happens in the source, and whether the operator breaks the scope."""


def everybody_deleted() -> Emptied:
    return [{"op": "deleteUser", "id": id_of(name)} for name in NAMES], False


def everybody_unassigned() -> Emptied:
    return [{"op": "unassign", "principalId": id_of(name)} for name in (*NAMES[:5], "weavers")], False


def the_group_emptied() -> Emptied:
    return [{"op": "removeMember", "groupId": id_of("weavers"), "memberId": id_of(name)} for name in NAMES[5:]], False


def a_scope_that_names_nobody() -> Emptied:
    return [{"op": "unassign", "principalId": id_of(name)} for name in (*NAMES[:5], "weavers")], True


CAUSES = [everybody_deleted, everybody_unassigned, the_group_emptied, a_scope_that_names_nobody]


async def company(*, assigned: bool) -> LocalEngine:
    parts = {
        "groups": (group("weavers", *NAMES[5:]),),
        "app_role_assignments": (*map(assignment, NAMES[:5]), assignment("weavers", "Group")),
    }
    scope = {"kind": "assigned" if assigned else "all"}
    local = LocalEngine(
        small_world(people(COMPANY), source=parts, configurations=[document(scope=scope, guards=GUARD)])
    )
    await local.begin()
    return local


async def emptied(cause: Callable[[], Emptied]) -> LocalEngine:
    changes, broken = cause()
    local = await company(assigned=not broken and cause is not everybody_deleted)
    local.change(*changes)
    if broken:  # the document says now that only assigned people are in scope, and nobody is
        narrower = document(scope={"kind": "assigned"}, guards=GUARD)
        await apply_configuration(local.engine, parse(narrower))
        local.documents = (narrower,)
    await local.run_for(3 * CYCLE)
    return local


async def decide(local: LocalEngine, verdict: Verdict) -> set[str]:
    """Decide about what is held; returns whose removal that was."""
    state = await local.state()
    held = await held_removals(local.engine, state)
    await decide_held(local.engine, state, held.digest, verdict, "ada")
    return {row.source_id for row in held.rows}


@pytest.mark.parametrize("cause", CAUSES)
async def test_who_goes_with_a_whole_source_is_held_approved_exactly_they_are_removed_and_rejected_nobody_is(
    cause: Callable[[], Emptied],
) -> None:
    local = await emptied(cause)
    await assert_held(local)

    other = local.copy()
    await assert_approved(local, COMPANY - 5 if cause is the_group_emptied else COMPANY)
    await assert_rejected(other)


async def assert_held(local: LocalEngine) -> None:
    quarantine = (await local.state()).quarantine
    assert quarantine is not None
    assert quarantine.reason is QuarantineReason.TOO_MANY_DELETES
    assert len(local.users()) == COMPANY


async def assert_approved(local: LocalEngine, count: int) -> None:
    """They are removed though nobody may be left whose presence would prove their absence."""
    approved = await decide(local, Verdict.APPROVED)
    await local.run_for(CYCLE)
    assert len(approved) == count
    assert {user["mail"] for user in local.users().values()} == {
        mail_of(name) for name in NAMES if id_of(name) not in approved
    }
    assert len(local.deleted_users()) == count


async def assert_rejected(local: LocalEngine) -> None:
    await decide(local, Verdict.REJECTED)
    local.change({"op": "resyncDelta"})
    await local.run_for(2 * CYCLE)
    quarantine = (await local.state()).quarantine
    assert not local.deleted_users()
    assert quarantine is None or quarantine.code in set(Doubt)


async def test_held_people_count_as_provisioned_when_a_full_cycle_has_not_seen_them() -> None:
    local = LocalEngine(small_world(people(SHARED)))
    await local.begin()
    leavers = [f"person{number}" for number in range(1, SHARED)]

    local.change({"op": "resyncDelta"}, *({"op": "deleteUser", "id": id_of(name)} for name in leavers))
    for _ in range(3):
        await local.run_cycle()

    assert not local.deleted_users(), "one person in scope is no company of one"
    assert (await local.state()).population == SHARED


@pytest.mark.parametrize("lie", [as_other_tenant, blind])
async def test_what_was_approved_is_not_removed_on_the_word_of_a_credential_that_sees_nobody(lie: Meddle) -> None:
    local = await emptied(everybody_deleted)

    meddler = Meddler(lie)
    meddler.on = True
    local.work_by(meddler)
    await decide(local, Verdict.APPROVED)
    await local.run_for(CYCLE)

    assert not local.deleted_users()
