"""Do the adapter and the simulated tenants mean the same by Graph?"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Unpack

import httpx
import pytest

from sandbox.tenants import Simulation
from sandbox.tenants.simulation import Conditions
from sandbox.world import World
from shared.adapters.graph import GraphDirectories
from shared.adapters.memory.clock import ManualClock
from shared.configuration.configuration import Configuration, SourceTenant, TargetTenant
from shared.orchestration.ports import (
    Forbidden,
    Presence,
    PrincipalType,
    Removed,
    ResyncRequired,
    SourceDirectory,
    TargetDirectory,
    TargetQuery,
    Throttled,
    Unavailable,
    Write,
    WriteKind,
    WriteResult,
    WriteStatus,
)
from shared.provisioning.entry import AttributeValue, SourceEntry
from tests.shared.adapters.graph.fake_graph import APPLICATION, LATE, OPTIONS, SOURCE, TARGET, FakeBudgets

CONFIGURATION = Configuration(
    id="c",
    display_name="C",
    source=SourceTenant(tenant_id=SOURCE, service_principal_id=APPLICATION),
    target=TargetTenant(tenant_id=TARGET, invite_redirect_url="https://myapps.microsoft.com"),
)
GROUP = "77777777-0000-0000-0000-000000000001"


def user_id(number: int) -> str:
    return f"55555555-0000-0000-0000-{number:012}"


def person(number: int, **more: object) -> dict[str, Any]:
    mail = f"o'person+{number}@contoso.com".replace("+", "_")
    return {
        "id": user_id(number),
        "displayName": f"Person {number}",
        "mail": mail,
        "userPrincipalName": mail,
        "businessPhones": ["+1 555"],
        "accountEnabled": True,
        "userType": "Member",
        **more,
    }


def world(people: int) -> World:
    source = {
        "id": SOURCE,
        "displayName": "Contoso",
        "initialDomain": "contoso.onmicrosoft.com",
        "verifiedDomains": ["contoso.com"],
        "users": [person(number) for number in range(people)],
        "groups": [
            {
                "id": GROUP,
                "displayName": "All",
                "members": [{"@odata.type": "#microsoft.graph.user", "id": user_id(0)}],
            }
        ],
        "servicePrincipals": [{"id": APPLICATION, "appId": APPLICATION, "displayName": "tenantsync"}],
        "appRoleAssignments": [{"principalId": GROUP, "principalType": "Group"}],
    }
    policy = {"displayName": "Contoso", "userSyncInbound": {"isSyncAllowed": True}}
    target = {
        "id": TARGET,
        "displayName": "Fabrikam",
        "initialDomain": "fabrikam.onmicrosoft.com",
        "verifiedDomains": ["fabrikam.com"],
        "partners": [{"tenantId": SOURCE, "identitySynchronization": policy}],
    }
    return World.from_json({"tenants": [source, target]})


class Setting:
    """Two simulated tenants and the directories over them, on one clock."""

    def __init__(self, people: int, conditions: Conditions) -> None:
        self.clock = ManualClock(datetime(2026, 6, 1, tzinfo=UTC))
        self.simulation = Simulation(world(people), clock=lambda: self.clock.now().timestamp(), **conditions)
        transport = httpx.ASGITransport(app=self.simulation.application)
        self.budgets = FakeBudgets()
        self.directories = GraphDirectories(OPTIONS, self.budgets, self.clock, Random(1), transport)

    @property
    def source(self) -> SourceDirectory:
        return self.directories.source(CONFIGURATION)

    @property
    def target(self) -> TargetDirectory:
        return self.directories.target(CONFIGURATION)

    async def write(self, kind: WriteKind, target_id: str = "", **attributes: AttributeValue) -> WriteResult:
        write = Write(source_id="s", kind=kind, target_id=target_id, attributes=attributes)
        return (await self.target.write([write], LATE))["s"]

    async def write_all(self, writes: Sequence[Write], until: datetime = LATE) -> Mapping[str, WriteResult]:
        """Write, and let the time pass for which the gate waits."""
        writing = asyncio.ensure_future(self.target.write(writes, until))
        while not writing.done():
            wake = self.clock.next_wake
            await (asyncio.sleep(0) if wake is None else self.clock.advance(wake - self.clock.now()))
        return await writing

    async def invite(self, number: int = 0) -> str:
        result = await self.write(WriteKind.INVITE, mail=person(number)["mail"], displayName=f"Person {number}")
        assert result.status is WriteStatus.DONE, result
        return result.target_id


@asynccontextmanager
async def simulated(people: int = 3, **conditions: Unpack[Conditions]) -> AsyncIterator[Setting]:
    setting = Setting(people, conditions)
    yield setting
    await setting.directories.aclose()
    setting.simulation.close()


async def all_users(source: SourceDirectory, link: str = "") -> tuple[list[SourceEntry | Removed], str]:
    entries: list[SourceEntry | Removed] = []
    while True:
        page = await source.users_page(link)
        entries += page.entries
        if page.delta_link:
            return entries, page.delta_link
        link = page.next_link


async def test_everybody_is_read_over_all_pages_and_then_only_what_changed() -> None:
    async with simulated(450) as setting:
        first, link = await all_users(setting.source)
        setting.simulation.change(
            SOURCE,
            [{"op": "updateUser", "id": user_id(7), "set": {"city": "Rome"}}, {"op": "deleteUser", "id": user_id(8)}],
        )
        second, _ = await all_users(setting.source, link)

    assert {entry.id for entry in first} == {user_id(number) for number in range(450)}
    changed = {entry.id: entry for entry in second}
    assert changed[user_id(8)] == Removed(id=user_id(8))
    person7 = changed[user_id(7)]
    assert isinstance(person7, SourceEntry)
    assert (person7.text("city"), person7.text("displayName")) == ("Rome", "Person 7")
    assert person7.attributes["businessPhones"] == ("+1 555",)


@pytest.mark.parametrize("operation", ["expireDeltaTokens", "resyncDelta"])
async def test_a_void_delta_link_asks_for_a_resync(operation: str) -> None:
    async with simulated() as setting:
        _, link = await all_users(setting.source)
        setting.simulation.change(SOURCE, [{"op": operation}])
        with pytest.raises(ResyncRequired):
            await setting.source.users_page(link)


async def test_members_and_assignments_are_read() -> None:
    async with simulated() as setting:
        groups = await setting.source.groups_page([GROUP], "")
        assignments = await setting.source.assignments_page("")

    assert [(change.group_id, change.member_id, change.removed) for change in groups.changes] == [
        (GROUP, user_id(0), False)
    ]
    assert [(each.principal_id, each.principal_type) for each in assignments.assignments] == [
        (GROUP, PrincipalType.GROUP)
    ]


async def test_people_are_examined_with_their_groups_and_assignments() -> None:
    gone = user_id(99)

    async with simulated(30) as setting:
        ids = [*(user_id(number) for number in range(1, 29)), user_id(0), gone]
        examined = await setting.source.examine(ids, scope=True, known_users=[user_id(29)])

    assert examined[gone].presence is Presence.ABSENT
    assert (examined[user_id(0)].assigned, examined[user_id(0)].group_ids) == (True, frozenset({GROUP}))
    assert (examined[user_id(1)].assigned, examined[user_id(1)].group_ids) == (False, frozenset())
    assert {one.presence for key, one in examined.items() if key != gone} == {Presence.PRESENT}


async def test_people_are_found_by_id_name_and_mail() -> None:
    async with simulated() as setting:
        asked = (user_id(1), person(2)["mail"], person(2)["displayName"], "nobody@x.y")
        found = [await setting.source.search(text, 5) for text in asked]

    assert [[each.id for each in one.people] for one in found] == [[user_id(1)], [user_id(2)], [user_id(2)], []]
    assert not any(one.more for one in found)


async def test_disabled_and_deleted_people_are_found_and_told_apart() -> None:
    async with simulated() as setting:
        changes: list[dict[str, object]] = [
            {"op": "updateUser", "id": user_id(0), "set": {"accountEnabled": False, "displayName": "Anna-Maria Berg"}},
            {"op": "updateUser", "id": user_id(1), "set": {"surname": "Berg"}},
            {"op": "deleteUser", "id": user_id(1)},
        ]
        setting.simulation.change(SOURCE, changes)
        asked = ("berg", "maria", person(1)["userPrincipalName"])
        found = [await setting.source.search(text, 5) for text in asked]

    assert [[(each.id, each.enabled, each.deleted is None) for each in one.people] for one in found] == [
        [(user_id(0), False, True), (user_id(1), True, False)],
        [(user_id(0), False, True)],
        [(user_id(1), True, False)],
    ]


async def test_a_person_lives_through_all_writes() -> None:
    async with simulated() as setting:
        target_id = await setting.invite()
        update: dict[str, AttributeValue] = {
            "city": "Rome",
            "businessPhones": ("+1",),
            "userType": "Member",
            "showInAddressList": True,
        }
        statuses = [
            (await setting.write(WriteKind.UPDATE, target_id, **update)).status,
            (await setting.write(WriteKind.UPDATE, target_id, city=None, businessPhones=())).status,
            (await setting.write(WriteKind.DELETE, target_id)).status,
            (await setting.write(WriteKind.DELETE, target_id)).status,
            (await setting.write(WriteKind.RESTORE, target_id)).status,
            (await setting.write(WriteKind.RESTORE, target_id)).status,
        ]
        found = (await setting.target.look_up([TargetQuery(source_id="s", target_id=target_id)])).found["s"]

    assert statuses == [*[WriteStatus.DONE] * 5, WriteStatus.NOT_FOUND]
    assert found.linked is not None
    assert (found.linked.text("city"), found.linked.text("userType")) == (None, "Member")


@pytest.mark.parametrize("known_as", ["linked", "holder"])
async def test_a_person_is_looked_up_present_and_deleted(known_as: str) -> None:
    async with simulated() as setting:
        target_id = await setting.invite()
        query = TargetQuery(
            source_id="s",
            target_id=target_id if known_as == "linked" else "",
            mail=person(0)["mail"],
            deleted=True,
        )
        present = await setting.target.look_up([query])
        await setting.write(WriteKind.DELETE, target_id)
        deleted = await setting.target.look_up([query])

    seen = []
    for answer in (present, deleted):
        found = answer.found["s"]
        assert found.known
        assert answer.policy_allows is True
        objects = [found.linked] if known_as == "linked" else list(found.holders)
        seen.append([(each.id, each.deleted) for each in objects if each is not None])
    assert seen == [[(target_id, False)], [(target_id, True)]]
    assert present.date == setting.clock.now()


@pytest.mark.parametrize("policy", [None, {"identitySynchronization": {"userSyncInbound": {"isSyncAllowed": False}}}])
async def test_the_target_can_say_stop(policy: object) -> None:
    async with simulated() as setting:
        setting.simulation.change(TARGET, [{"op": "setPartner", "tenantId": SOURCE, "set": policy}])
        answer = await setting.target.look_up([])

    assert answer.policy_allows is False


async def test_holders_of_roles_are_found() -> None:
    async with simulated() as setting:
        admin, other = await setting.invite(0), await setting.invite(1)
        setting.simulation.change(
            TARGET,
            [{"op": "assignRole", "principalId": admin, "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10"}],
        )
        holders = await setting.target.role_holders([admin, other])

    assert holders == {admin: True, other: False}


async def test_an_abuse_block_and_a_missing_permission_are_told_apart() -> None:
    async with simulated() as setting:
        setting.simulation.change(TARGET, [{"op": "blockInvitations", "blocked": True}])
        blocked = await setting.write(WriteKind.INVITE, mail=person(0)["mail"], displayName="x")
        await setting.budgets.pass_invitations(TARGET)
        setting.simulation.change(TARGET, [{"op": "setPermissions", "permissions": ["Policy.Read.All"]}])
        forbidden = await setting.write(WriteKind.INVITE, mail=person(0)["mail"], displayName="x")
        with pytest.raises(Forbidden):
            await setting.target.look_up([TargetQuery(source_id="s", target_id=user_id(0))])

    assert (blocked.status, forbidden.status) == (WriteStatus.BLOCKED, WriteStatus.FORBIDDEN)


async def patiently(setting: Setting, writes: Sequence[Write]) -> dict[str, WriteStatus]:
    """Send until everything is done, with the waits that the adapter asks for."""
    done: dict[str, WriteStatus] = {}
    for _ in range(300):
        left = [write for write in writes if write.source_id not in done]
        if not left:
            break
        results = await setting.write_all(left)
        done |= {key: result.status for key, result in results.items() if result.status is WriteStatus.DONE}
        waits = [result.retry_after or timedelta(seconds=1) for result in results.values()]
        await setting.clock.advance(max(waits) if len(done) < len(writes) else timedelta(0))
    return done


class Watch(httpx.ASGITransport):
    """Sees each batch of writes: when it came, and until when its 429s ask to wait."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(app=setting.simulation.application)
        self.clock = setting.clock
        self.batches: list[tuple[datetime, datetime]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        answers = json.loads(await response.aread())["responses"]
        waits = [float(answer["headers"].get("Retry-After", 0)) for answer in answers if answer["status"] == 429]
        now = self.clock.now()
        self.batches.append((now, now + timedelta(seconds=max(waits, default=0))))
        return response


async def test_no_write_reaches_a_tenant_before_its_retry_after_has_passed() -> None:
    async with simulated(200, faults="throttled", seed=3) as setting:
        watch = Watch(setting)
        setting.directories = GraphDirectories(OPTIONS, FakeBudgets(), setting.clock, Random(1), watch)
        writes = [
            Write(source_id=str(n), kind=WriteKind.INVITE, attributes={"mail": person(n)["mail"], "displayName": "x"})
            for n in range(200)
        ]
        done = await patiently(setting, writes)
        users = [user for user in setting.simulation.dump(TARGET)["users"] if user.get("mail")]

    assert len(done) == len(users) == 200
    closed_until = [until for _, until in watch.batches]
    assert all(came >= until for (came, _), until in zip(watch.batches[1:], closed_until, strict=False))
    assert sum(until > came for came, until in watch.batches) >= 5


class Slow(httpx.ASGITransport):
    """A network in which each request takes three minutes."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(app=setting.simulation.application)
        self.clock = setting.clock
        self.came: list[datetime] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.came.append(self.clock.now())
        await self.clock.sleep(timedelta(minutes=3))
        return await super().handle_async_request(request)


async def test_no_batch_is_begun_once_a_lease_is_about_to_end() -> None:
    async with simulated(100, quota="off") as setting:
        slow = Slow(setting)
        setting.directories = GraphDirectories(OPTIONS, FakeBudgets(), setting.clock, Random(1), slow)
        writes = [
            Write(source_id=str(n), kind=WriteKind.INVITE, attributes={"mail": person(n)["mail"], "displayName": "x"})
            for n in range(100)
        ]
        until = setting.clock.now() + timedelta(minutes=8)

        results = await setting.write_all(writes, until)

    assert max(slow.came) < until
    assert Counter(result.status for result in results.values()) == {WriteStatus.DONE: 60, WriteStatus.NOT_SENT: 40}


async def test_broken_connections_and_failures_stay_within_the_port() -> None:
    async with simulated(60, faults="flaky", seed=5) as setting:
        statuses: set[WriteStatus] = set()
        for number in range(60):
            write = await setting.write(WriteKind.INVITE, mail=person(number)["mail"], displayName="x")
            statuses.add(write.status)
            try:
                await setting.source.examine([user_id(number)], scope=True, known_users=[user_id(0)])
                await setting.target.look_up([TargetQuery(source_id="s", mail=person(number)["mail"])])
            except (Throttled, Unavailable):
                pass
            await setting.clock.advance(timedelta(minutes=10))

    assert WriteStatus.DONE in statuses
    assert statuses <= {WriteStatus.DONE, WriteStatus.AMBIGUOUS, WriteStatus.BUSY, WriteStatus.THROTTLED}


async def test_the_first_attribute_that_finds_anybody_decides() -> None:
    async with simulated(quota="off") as setting:
        by_number, by_address = await setting.invite(0), await setting.invite(1)
        await setting.write(WriteKind.UPDATE, by_number, employeeId="o'7", mailNickname="ada")
        address = person(1)["mail"]

        async def holders(*before: tuple[str, str], mail: str = address, after: str = "") -> list[str]:
            later = (("mailNickname", after),) if after else ()
            query = TargetQuery(source_id="s", mail=mail, before=before, after=later)
            return [each.id for each in (await setting.target.look_up([query])).found["s"].holders]

        assert await holders(("employeeId", "o'7")) == [by_number]
        assert await holders(("employeeId", "other")) == [by_address]
        assert await holders(after="ADA") == [by_address]
        assert await holders(mail="nobody@contoso.com", after="ADA") == [by_number]
        assert await holders(("employeeId", "other"), mail="nobody@contoso.com", after="other") == []


async def test_values_that_others_have_are_taken() -> None:
    async with simulated(quota="off") as setting:
        ours, other = await setting.invite(0), await setting.invite(1)
        await setting.write(WriteKind.UPDATE, ours, mailNickname="Ada")
        await setting.write(WriteKind.UPDATE, other, mailNickname="Ada2")
        unique = tuple(("mailNickname", each) for each in ("ada", "ADA2", "ada3"))

        mine = await setting.target.look_up([TargetQuery(source_id="s", target_id=ours, unique=unique)])
        anybodys = await setting.target.look_up([TargetQuery(source_id="s", unique=unique)])

        assert mine.found["s"].taken == {("mailNickname", "ada2")}
        assert anybodys.found["s"].taken == {("mailNickname", "ada"), ("mailNickname", "ada2")}
