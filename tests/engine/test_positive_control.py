"""Law 3: somebody known has to be found before absence is believed; but whoever left must not hold up the others."""

from datetime import timedelta

import pytest

from shared.orchestration.provision_on_demand import provision_on_demand
from shared.provisioning.provisioning_log import ProvisioningStatus
from tests.engine.crash_walk import Way, interrupted
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, id_of, mail_of, person, small_world


async def of_whom_the_last_one_seen_left(*, others: int) -> LocalEngine:
    """Everybody whom reading saw of late is Ada, and Ada is gone."""
    local = LocalEngine(small_world([person(f"person{number}") for number in range(others)]))
    await local.begin()
    local.change({"op": "createUser", "user": person("ada")})
    await local.run_cycle()
    local.change({"op": "deleteUser", "id": id_of("ada")})
    await local.run_cycle()
    local.assert_agreement()
    return local


@pytest.mark.parametrize("others", [1, 5])
async def test_a_newcomer_is_provisioned_on_demand_though_the_last_one_seen_has_left(others: int) -> None:
    local = await of_whom_the_last_one_seen_left(others=others)

    local.change({"op": "createUser", "user": person("dina")})
    results = await provision_on_demand(local.engine, CONFIGURATION, [id_of("dina")], "olga")

    assert results is not None
    assert results[0].status is ProvisioningStatus.SUCCESS
    assert mail_of("dina") in local.users()


@pytest.mark.parametrize("others", [1, 5])
async def test_one_page_about_a_single_person_does_not_make_the_reader_forget_everybody_else(others: int) -> None:
    local = await of_whom_the_last_one_seen_left(others=others)

    known = (await local.state()).known_users

    assert known
    assert set(known) <= {id_of(f"person{number}") for number in range(others)}


async def test_a_process_that_dies_before_it_tells_whom_it_saw_holds_up_nobody() -> None:
    local = await of_whom_the_last_one_seen_left(others=1)

    local.change({"op": "createUser", "user": person("dina")})
    await interrupted(local, "table watermarks", Way.AFTER)
    await local.run_for(timedelta(hours=1))

    local.assert_agreement()


async def test_newcomers_prove_the_source_to_each_other_while_everybody_known_has_left_and_is_held() -> None:
    names = [f"person{number}" for number in range(60)]
    local = LocalEngine(small_world([person(name) for name in names]))
    await local.begin()

    local.change(*({"op": "deleteUser", "id": id_of(name)} for name in names))
    local.change(*({"op": "createUser", "user": person(name)} for name in ("ada", "dina")))
    await local.run_cycle()
    await local.run_cycle()

    there = local.users()
    assert {mail_of("ada"), mail_of("dina")} <= set(there)
    assert {mail_of(name) for name in names} <= set(there)


async def test_newcomers_do_not_wait_for_one_who_has_left_again_before_anybody_came_to_them() -> None:
    names = [f"person{number}" for number in range(60)]
    local = LocalEngine(small_world([person(name) for name in names]), shards=1)
    await local.begin()
    await local.engine.budgets.set_read_only(on=True, by="olga", now=local.clock.now())
    local.change(*({"op": "deleteUser", "id": id_of(name)} for name in names))
    local.change(*({"op": "createUser", "user": person(name)} for name in ("ada", "dina", "emil")))
    await local.run_for(timedelta(hours=1))
    local.change({"op": "deleteUser", "id": id_of("emil")})
    await local.run_for(timedelta(hours=1))

    await local.engine.budgets.set_read_only(on=False, by="olga", now=local.clock.now())
    await local.run_for(timedelta(minutes=30))

    assert {mail_of("ada"), mail_of("dina")} <= set(local.users())
    assert mail_of("emil") not in local.users()
