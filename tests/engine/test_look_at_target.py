"""Whoever is named by the target is looked at, whatever is open for them; of strangers nothing is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.cycles.claim import Claim, ClaimKind
from shared.cycles.pending import Pending, PendingState, WorkKind
from shared.orchestration.look_at_target import find_drift
from shared.orchestration.ports import Removed
from shared.orchestration.reading import Reading
from shared.provisioning.entry import TargetObject
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import TARGET, employee, id_of, mail_of, person, small_world
from tests.engine.test_reading_repairs import row, slice_of


class Asked:
    """A claim store that remembers whose objects were asked for."""

    def __init__(self, local: LocalEngine) -> None:
        self._claims = local.engine.claims
        self.asked: list[str] = []

    async def owners(self, tenant_id: str, target_ids: Sequence[str]) -> Mapping[str, Claim]:
        self.asked += target_ids
        return await self._claims.owners(tenant_id, target_ids)


async def company() -> tuple[LocalEngine, Reading]:
    local = LocalEngine(small_world([person("ada"), person("cleo")], drift={}))
    await local.begin()
    return local, await slice_of(local)


def named(local: LocalEngine, **changes: str) -> TargetObject:
    """What a page says of Ada's object."""
    user = local.users()[mail_of("ada")]
    return TargetObject(id=user["id"], attributes={**user, "businessPhones": (), **changes}, created=None)


async def pending(local: LocalEngine) -> Pending | None:
    return (await local.rows(id_of("ada"))).pending


OPEN: Mapping[str, tuple[PendingState, bool]] = {
    "waiting": (PendingState.WAITING, True),
    "in escrow": (PendingState.ESCROWED, True),
    "staged": (PendingState.STAGED, False),
    "delayed": (PendingState.DELAYED, False),
}


@pytest.mark.parametrize("how", OPEN)
async def test_open_work_gets_another_version_so_that_who_looked_before_cannot_close_it(how: str) -> None:
    local, reading = await company()
    state, touched = OPEN[how]
    later = local.clock.now() + timedelta(hours=9)
    standing = row(local, id_of("ada"), kind=WorkKind.UPDATE, state=state, due=later)
    await local.engine.entries.stage(await local.state(), [standing])
    before = await pending(local)

    await find_drift(reading, [named(local, city="Gera")], local.clock.now())

    after = await pending(local)
    assert before is not None
    assert after is not None
    assert (after.etag != before.etag) is touched
    due = local.clock.now() if state is PendingState.ESCROWED else later
    assert replace(after, etag="") == replace(before, etag="", due=due)


async def test_whose_object_has_no_link_yet_is_looked_at_again_by_the_pass_that_makes_it() -> None:
    local, reading = await company()
    object_id = "99999999-0000-4000-8000-000000000001"
    owner = {"configuration_id": local.documents[0]["id"], "source_id": id_of("newcomer")}
    claims = local.engine.claims
    await claims.take(Claim(tenant_id=TARGET, kind=ClaimKind.TARGET, subject=object_id, **owner))
    await local.engine.entries.stage(await local.state(), [row(local, id_of("newcomer"), kind=WorkKind.CREATE)])
    before = (await local.rows(id_of("newcomer"))).pending

    await find_drift(reading, [replace(named(local), id=object_id)], local.clock.now())

    after = (await local.rows(id_of("newcomer"))).pending
    assert before is not None
    assert after is not None
    assert after.etag != before.etag
    assert reading.cycle.drifted == 0


async def test_who_shows_what_they_showed_before_needs_nothing() -> None:
    local, reading = await company()
    ada = named(local)
    shown = replace(ada, attributes={**ada.attributes, "businessPhones": ("+49 341 1",)})

    await find_drift(reading, [shown], local.clock.now())

    assert await pending(local) is None
    assert reading.unsent == set()


async def test_of_the_targets_employees_nothing_is_asked_and_of_whoever_is_gone_it_is() -> None:
    local, reading = await company()
    asked = Asked(local)
    reading.engine = replace(local.engine, claims=asked)  # type: ignore[arg-type]
    boss, unknown = employee("boss"), Removed(id="somebody")
    nameless = TargetObject(id="nameless", attributes={}, created=None)

    found: list[TargetObject | Removed] = [
        TargetObject(id=boss["id"], attributes=boss, created=None),
        unknown,
        nameless,
    ]
    await find_drift(reading, found, local.clock.now())

    assert asked.asked == ["somebody", "nameless"]
    assert reading.cycle.drifted == 0
