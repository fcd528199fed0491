"""Law 9 and the emergency switch: the pace of the quota, the breaker of invitations, and read-only."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import msgspec

from shared.adapters.tables.budgets import TableBudgetStore
from shared.cycles.write_budget import BURST, FIRST_PAUSE, INTERVAL
from shared.orchestration.provision_on_demand import provision_on_demand
from tests.engine.hazards import Calm, writes_of
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import CONFIGURATION, TARGET, Document, id_of, mail_of, people, person, small_world
from tests.engine.test_throttling import is_write, lines_of

BLOCK: Document = {"op": "blockInvitations", "blocked": True}
UNBLOCK: Document = {"op": "blockInvitations", "blocked": False}


def joins(*names: str) -> list[Document]:
    return [{"op": "createUser", "user": person(name)} for name in names]


def moves(name: str, city: str) -> Document:
    return {"op": "updateUser", "id": id_of(name), "set": {"city": city}}


async def test_what_is_beyond_the_burst_is_written_at_the_pace_of_the_quota(tmp_path: Path) -> None:
    record = tmp_path / "requests.jsonl"
    local = LocalEngine(small_world(people(150)), workers=8, record=record)
    await local.begin()
    before = local.writes()

    local.change(*(moves(f"person{number}", "Gera") for number in range(150)))
    await local.run_cycle()
    local.simulation.close()

    times = sorted(datetime.fromisoformat(line["time"]) for line in filter(is_write, lines_of(record)))[before:]
    assert len(times) == 150
    assert times[-1] - times[0] >= (150 - BURST - 19) * INTERVAL


async def test_a_block_of_invitations_stops_creates_only() -> None:
    local = LocalEngine(small_world(people(8)))
    await local.begin()

    local.change_target(BLOCK)
    local.change(*joins("ada", "cleo", "dora"), moves("person0", "Gera"), {"op": "deleteUser", "id": id_of("person1")})
    await local.run_for(timedelta(minutes=50))

    assert local.users()[mail_of("person0")]["city"] == "Gera"
    assert len(local.deleted_users()) == 1
    assert mail_of("ada") not in local.users()
    assert (await local.rows(id_of("ada"))).pending is not None


async def test_while_invitations_are_blocked_one_is_tried_now_and_then(tmp_path: Path) -> None:
    record = tmp_path / "requests.jsonl"
    local = LocalEngine(small_world(people(30)), record=record)
    local.change_target(BLOCK)

    await local.start()
    await local.run_for(timedelta(hours=12))
    local.simulation.close()

    tried = [
        line for line in map(msgspec.json.decode, record.read_bytes().splitlines()) if "invitations" in line["url"]
    ]
    times = {line["time"] for line in tried}
    assert 3 <= len(times) <= 8, "after one, two, four hours"
    assert len(tried) <= 12 + len(times), "a first chunk, then one by one"


async def test_once_the_block_is_lifted_everybody_arrives_by_itself() -> None:
    local = LocalEngine(small_world(people(30)))
    local.change_target(BLOCK)
    await local.start()
    await local.run_for(timedelta(minutes=10))
    assert not local.users()

    local.change_target(UNBLOCK)
    await local.run_for(FIRST_PAUSE + timedelta(minutes=30))

    assert len(local.users()) == 30
    assert (await local.engine.budgets.invitations(TARGET)).blocks == 0


async def test_read_only_is_honoured_before_the_next_write_and_ends_without_loss() -> None:
    local = LocalEngine(small_world(people(60)))
    await local.start()
    while len(local.users()) < 10:
        await local.step()

    await local.engine.budgets.set_read_only(on=True, by="operator", now=local.clock.now())
    writes = local.writes()
    await local.run_for(timedelta(hours=2))
    assert local.writes() == writes
    assert (await local.state()).cycle > 2, "reading goes on"

    await local.engine.budgets.set_read_only(on=False, by="operator", now=local.clock.now())
    await local.run_cycle()
    local.assert_agreement()


async def test_who_is_asked_for_while_it_is_read_only_is_told_so_at_once() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    await local.engine.budgets.set_read_only(on=True, by="operator", now=local.clock.now())
    local.change(moves("person0", "Gera"))
    writes, before = local.writes(), local.clock.now()

    results = await provision_on_demand(local.engine, CONFIGURATION, [id_of("person0")], "operator")

    assert results is not None
    assert results[0].error is not None
    assert results[0].error.code == "ReadOnly"
    assert (local.writes(), local.clock.now()) == (writes, before)


class Switching(Calm):
    """A network at which somebody switches to read-only while a chunk is being looked up."""

    def __init__(self) -> None:
        self.switch: Callable[[], Awaitable[None]] | None = None
        self.writes: list[str] = []

    def transport(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return _Switching(transport, self)


class _Switching(httpx.AsyncBaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, switching: Switching) -> None:
        self._transport = transport
        self._switching = switching

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._switching.writes.extend(writes_of(request))
        if self._switching.switch is not None and b"crossTenantAccessPolicy" in request.content:
            await self._switching.switch()
        return await self._transport.handle_async_request(request)


async def test_read_only_that_is_switched_on_in_the_middle_of_a_chunk_stops_that_chunk() -> None:
    switching = Switching()
    local = LocalEngine(small_world(people(12)), surroundings=switching)
    await local.begin()
    local.change(moves("person0", "Gera"), {"op": "deleteUser", "id": id_of("person1")})
    switching.writes.clear()

    async def switch() -> None:
        await local.engine.budgets.set_read_only(on=True, by="operator", now=local.clock.now())

    switching.switch = switch
    await local.run_for(CYCLE)
    assert await local.engine.budgets.is_read_only()
    assert switching.writes == []

    switching.switch = None
    await local.engine.budgets.set_read_only(on=False, by="operator", now=local.clock.now())
    await local.run_cycle()
    local.assert_agreement()


async def test_the_setting_stops_all_writing_whatever_the_switch_says_and_reading_goes_on() -> None:
    local = LocalEngine(small_world(people(6)))
    await local.begin()
    told = TableBudgetStore(local.tables.rows("budgets"), always_read_only=True)
    writing, local.worker = local.worker, replace(local.worker, budgets=told)
    writes = local.writes()

    await local.engine.budgets.set_read_only(on=False, by="operator", now=local.clock.now())
    local.change(moves("person0", "Gera"), {"op": "deleteUser", "id": id_of("person1")})
    await local.run_for(2 * CYCLE)
    assert local.writes() == writes
    assert (await local.state()).cycle == 3

    local.worker = writing
    await local.run_cycle()
    local.assert_agreement()
