"""Law 1 and 6: an update of which nobody knows whether it happened, in a target whose replicas lag behind."""

from datetime import timedelta

import httpx
import pytest

from shared.orchestration.provision_on_demand import provision_on_demand
from tests.engine.hazards import Meddler, writes_of
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, Document, id_of, mail_of, person, small_world


def moves_to(city: str) -> Document:
    return {"op": "updateUser", "id": id_of("ada"), "set": {"city": city}}


class BadUpdates(Meddler):
    """Loses the answer to the first update, and refuses the next ones with 429."""

    def __init__(self, refused: int) -> None:
        super().__init__(self._refuse, loses=self._lose)
        self.updates = 0
        self._refused = refused

    def _refuse(self, request: httpx.Request) -> httpx.Response | None:
        if not any(write.startswith("PATCH") for write in writes_of(request)):
            return None
        self.updates += 1
        if not 1 < self.updates <= 1 + self._refused:
            return None
        answers = [{"id": "1", "status": 429, "headers": {"Retry-After": "20"}, "body": {"error": {"code": "429"}}}]
        return httpx.Response(200, json={"responses": answers}, headers={"Date": "Mon, 05 Jan 2026 00:40:00 GMT"})

    def _lose(self, request: httpx.Request) -> bool:
        return self.updates == 1 and any(write.startswith("PATCH") for write in writes_of(request))


@pytest.mark.parametrize("refused", [0, 1])
@pytest.mark.parametrize("seed", range(4))
async def test_a_change_that_is_taken_back_while_it_is_unclear_leaves_no_trace(seed: int, refused: int) -> None:
    bad = BadUpdates(refused)
    users = [person("ada", city="Jena"), person("cleo")]
    local = LocalEngine(small_world(users), surroundings=bad, seed=seed)
    await local.begin()
    await local.run_for(timedelta(minutes=20))
    local.simulation.set_faults(tenant_id=local.target_id, switches={"lag_seconds": 200.0})

    bad.on = True
    local.change(moves_to("Gera"))
    while not bad.updates:
        await local.step()
    local.change(moves_to("Jena"))
    await local.run_cycle()

    assert local.users()[mail_of("ada")]["city"] == "Jena"


async def test_values_that_were_just_written_are_not_written_again() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")]))
    await local.begin()
    local.change(moves_to("Gera"))
    await provision_on_demand(local.engine, CONFIGURATION, [id_of("ada")], "olga")
    writes = local.writes()

    await provision_on_demand(local.engine, CONFIGURATION, [id_of("ada")], "olga")

    assert local.writes() == writes


async def test_a_disable_that_was_just_written_is_not_staged_again() -> None:
    local = LocalEngine(small_world([person("ada"), person("cleo")]))
    await local.begin()
    local.change({"op": "updateUser", "id": id_of("ada"), "set": {"accountEnabled": False}})
    await local.run_cycle()

    await provision_on_demand(local.engine, CONFIGURATION, [id_of("ada")], "olga")

    assert (await local.rows(id_of("ada"))).pending is None
    local.assert_agreement()
