"""Law 10: a worker died over a removal that nobody repeats, because it was rejected. Is it told if it happened?"""

from datetime import timedelta

import pytest

from shared.cycles.pending import Verdict
from shared.orchestration.decide_held import decide_held, held_removals
from shared.orchestration.provision_on_demand import provision_on_demand
from shared.provisioning.link import LinkState
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus
from tests.engine.hazards import CALM, Doom, ProcessDied
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, id_of, mail_of, person, small_world

ADA = id_of("ada")


async def rejected() -> LocalEngine:
    """Ada's removal was held, and somebody has rejected it."""
    local = LocalEngine(small_world([person("ada"), person("cleo")], guards={"removals": {"count": 1}}))
    await local.begin()
    local.change({"op": "deleteUser", "id": ADA})
    await local.run_cycle()
    state = await local.state()
    held = await held_removals(local.engine, state)
    assert [row.source_id for row in held.rows] == [ADA]
    await decide_held(local.engine, state, held.digest, Verdict.REJECTED, "olga")
    return local


async def died_over_it(local: LocalEngine, *, removed: bool) -> None:
    """Somebody wants Ada removed at once; the process dies before the removal, or before it has told of it."""
    effects = 1
    while True:
        attempt = local.copy()
        await _die(attempt, effects)
        begun = (await attempt.rows(ADA)).work
        if begun is not None and begun.intent is not None and bool(attempt.deleted_users()) is removed:
            await _die(local, effects)
            return
        effects += 1


async def _die(local: LocalEngine, effects: int) -> None:
    local.work_by(Doom(effects))
    with pytest.raises(ProcessDied):
        await provision_on_demand(local.worker, CONFIGURATION, [ADA], "olga")
    local.work_by(CALM)


async def test_a_removal_that_happened_is_told_though_nobody_may_repeat_it() -> None:
    local = await rejected()
    await died_over_it(local, removed=True)

    await local.run_for(timedelta(minutes=30))

    link = (await local.rows(ADA)).link
    assert link is not None
    assert link.state is LinkState.DELETED
    assert await local.counted(ProvisioningAction.DELETE, ProvisioningStatus.SUCCESS) == 1


async def test_a_removal_that_did_not_happen_stays_rejected() -> None:
    local = await rejected()
    await died_over_it(local, removed=False)

    await local.run_for(timedelta(hours=3))

    rows = await local.rows(ADA)
    assert mail_of("ada") in local.users()
    assert rows.work is None
    assert rows.pending is not None
    assert rows.pending.verdict is Verdict.REJECTED
    assert await local.counted(ProvisioningAction.DELETE, ProvisioningStatus.SUCCESS) == 0
