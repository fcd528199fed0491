"""Law 8 with several hosts: once a chunk has seen that the target says stop, no host starts a write."""

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest

from shared.cycles.cycle import CycleState
from shared.orchestration.engine import Engine
from shared.orchestration.messages import decode_provisioning
from shared.orchestration.provision_entries import provision_entries
from shared.orchestration.start_cycles import tick
from tests.engine.hazards import Calm, Meddler, writes_of
from tests.engine.local_engine import CYCLE, LocalEngine
from tests.engine.small_world import SOURCE, TARGET, people, small_world
from tests.engine.test_permissions import permissions, policy

HOSTS = 4


@dataclass(kw_only=True)
class Watched(Calm):
    """A network that notes the writes that start after the stop was written down, and gives the other hosts a turn."""

    local: LocalEngine
    started: int = 0
    late: list[str] = field(default_factory=list)

    def transport(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return _Watching(transport, self)


class _Watching(httpx.AsyncBaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, watched: Watched) -> None:
        self._transport = transport
        self._watched = watched

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        writes = writes_of(request)
        self._watched.started += len(writes)
        if writes and await self._watched.local.engine.budgets.refused_since(TARGET, SOURCE) is not None:
            self._watched.late.extend(writes)
        for _ in range(3):
            await asyncio.sleep(0)
        return await self._transport.handle_async_request(request)


async def provision_once(local: LocalEngine, host: Engine) -> None:
    queue = local.queues.queue("provisioning")
    for message in await queue.receive(1):
        await provision_entries(host, decode_provisioning(message.text))
        await queue.delete(message)


@pytest.mark.parametrize("after", [1, 30, 90])
async def test_four_hosts_stop_together_and_go_on_by_themselves(after: int) -> None:
    local = LocalEngine(small_world(people(100)))
    watched = Watched(local=local)
    hosts = [local.assembled(watched) for _ in range(HOSTS)]
    await local.start()
    while (await local.state()).running or not (await local.state()).cycle:
        await local.step()

    forbidden = False
    for _ in range(60):
        if watched.started >= after and not forbidden:
            local.change_target(policy(allowed=False))
            forbidden = True
        await asyncio.gather(*(provision_once(local, host) for host in hosts))
        await local.rest()
        await tick(hosts[0])

    assert forbidden
    assert await local.engine.budgets.refused_since(TARGET, SOURCE) is not None
    assert watched.late == []

    local.change_target(policy(allowed=True))
    await local.run_for(2 * CYCLE)
    assert await local.engine.budgets.refused_since(TARGET, SOURCE) is None
    local.assert_agreement()


REDEEMING = {"inboundAllowed": True, "outboundAllowed": True}
CHANGES = [
    (SOURCE, "outboundRedemption", {"automaticUserConsentSettings": {**REDEEMING, "outboundAllowed": False}}),
    (TARGET, "inboundRedemption", {"automaticUserConsentSettings": {**REDEEMING, "inboundAllowed": None}}),
    (TARGET, "inboundSynchronization", {"identitySynchronization": {"userSyncInbound": {"isSyncAllowed": False}}}),
    (TARGET, "inboundSynchronization", {"identitySynchronization": None}),
]


@pytest.mark.parametrize(("tenant", "setting", "changed"), CHANGES)
async def test_what_changes_in_a_partner_policy_between_two_cycles_is_told_once(
    tenant: str, setting: str, changed: dict[str, object]
) -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()
    assert (await local.cycle()).policy_changes == ()

    other = TARGET if tenant == SOURCE else SOURCE
    local.simulation.change(tenant, [{"op": "setPartner", "tenantId": other, "set": changed}])
    await local.run_cycle()
    told = (await local.cycle()).policy_changes
    await local.run_cycle()

    assert told == (f"{setting}: allowed -> not allowed",)
    assert (await local.cycle()).policy_changes == ()


async def test_a_policy_that_cannot_be_read_for_a_cycle_has_not_changed() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()

    local.change(permissions("Policy.Read.All"))
    await local.run_cycle()
    unread = await local.cycle()
    local.change(permissions())
    await local.run_cycle()

    assert unread.policy_changes == (await local.cycle()).policy_changes == ()
    assert unread.policies["outboundRedemption"] is True


async def test_a_cycle_that_fails_does_not_hide_a_change() -> None:
    local = LocalEngine(small_world(people(3)))
    await local.begin()

    local.change(permissions("User.Read.All", "User.ReadWrite.All", "Directory.Read.All"))
    local.change_target(policy(allowed=False))
    await local.run_cycle()
    failed = await local.cycle()
    local.change(permissions())
    await local.run_cycle()

    assert failed.state is CycleState.FAILED
    assert (await local.cycle()).policy_changes == ("inboundSynchronization: allowed -> not allowed",)


async def test_nothing_is_written_to_what_was_invited_once_its_look_up_shows_that_the_policy_forbids() -> None:
    local = LocalEngine(small_world(people(3)))
    written = list[str]()

    def forbid(request: httpx.Request) -> None:
        writes = writes_of(request)
        written.extend(writes)
        if any("invitations" in each for each in writes):
            local.change_target(policy(allowed=False))

    meddler = Meddler(forbid)
    meddler.on = True
    local.work_by(meddler)
    await local.start()

    await local.run_for(2 * CYCLE)

    assert any("invitations" in each for each in written)
    assert [each for each in written if "invitations" not in each] == []
