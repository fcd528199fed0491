"""Is the table of links the same however many of them are packed at a time?"""

import pytest

from shared.cycles.reset_scope import ResetScope
from shared.orchestration import take_snapshot
from shared.orchestration.restart_job import restart_job
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION, id_of, people, person, small_world


@pytest.mark.parametrize("at_once", [1, 2, 5000])
async def test_links_that_are_packed_in_parts_show_who_is_there_who_has_gone_and_who_is_new(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(take_snapshot, "AT_ONCE", at_once)
    local = LocalEngine(small_world(people(20)), shards=2)
    await local.begin()
    before = local.writes()

    local.change({"op": "deleteUser", "id": id_of("person3")}, {"op": "createUser", "user": person("ada")})
    await restart_job(local.worker, CONFIGURATION, {ResetScope.WATERMARK}, "")
    await local.run_cycle()

    local.assert_agreement()
    assert local.writes() - before == 3, "one is deleted, one invited and updated"
