"""Is a look-up known only if all of it was read, and does the policy's no count?"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from shared.adapters.graph.organization import Organization
from shared.adapters.graph.target_directory import GraphTargetDirectory, TargetConnection
from shared.adapters.graph.target_writes import TargetWrites
from shared.adapters.graph.throttling import WriteGate
from shared.adapters.memory.clock import ManualClock
from shared.orchestration.ports import (
    Forbidden,
    Found,
    LookUp,
    TargetQuery,
    Throttled,
    Unavailable,
    Write,
    WriteKind,
    WriteStatus,
)
from tests.shared.adapters.graph.fake_graph import (
    BASE,
    LATE,
    SOURCE,
    TARGET,
    FakeBudgets,
    FakeGraph,
    Reply,
    connected,
    error,
    organization,
)

POLICY = f"GET /policies/crossTenantAccessPolicy/partners/{SOURCE}/identitySynchronization"
MISSING = error(404, "Request_ResourceNotFound")
DELETED_HOLDERS = "GET /directory/deletedItems/microsoft.graph.user"
CREATED = "2025-06-01T08:00:00.1234567Z"
HEALTHY = {
    "GET /organization": organization(TARGET, "fabrikam.onmicrosoft.com", "fabrikam.com"),
    POLICY: Reply(body={"tenantId": SOURCE, "userSyncInbound": {"isSyncAllowed": True}}),
    "GET /users/t": Reply(body={"id": "t", "createdDateTime": CREATED, "otherMails": ["a@contoso.com"]}),
    "GET /users": Reply(body={"value": [{"id": "T"}, {"id": "h", "userType": "Guest"}]}),
    DELETED_HOLDERS: Reply(body={"value": [{"id": "d"}]}),
}
QUERY = TargetQuery(source_id="s", target_id="t", mail="o'neil@contoso.com", deleted=True)
Replies = Mapping[str, Reply | Sequence[Reply]]


@asynccontextmanager
async def target(graph: FakeGraph) -> AsyncIterator[GraphTargetDirectory]:
    async with connected(graph, tenant_id=TARGET) as client:
        gate = WriteGate(TARGET, FakeBudgets(), ManualClock(), Random(1))
        writes = TargetWrites(client, gate, SOURCE, "https://contoso.com")
        connection = TargetConnection(client=client, organization=Organization(client, TARGET), gate=gate)
        yield GraphTargetDirectory(connection, writes, SOURCE, ("displayName", "mail", "userType"))


async def look_up(replies: Replies, *queries: TargetQuery) -> tuple[LookUp, FakeGraph]:
    graph = FakeGraph({**HEALTHY, **replies})
    async with target(graph) as directory:
        return await directory.look_up(queries or [QUERY]), graph


async def test_the_linked_object_and_the_others_that_hold_the_address_are_found() -> None:
    answer, _ = await look_up({})

    found = answer.found["s"]
    assert found.known
    assert found.linked is not None
    assert found.linked.created == datetime(2025, 6, 1, 8, 0, 0, 123456, tzinfo=UTC)
    assert found.linked.attributes["otherMails"] == ("a@contoso.com",)
    assert [(holder.id, holder.deleted) for holder in found.holders] == [("d", True), ("h", False)]
    assert answer.policy_allows is True
    assert answer.date == datetime(2026, 1, 1, tzinfo=UTC)


async def test_holders_are_asked_for_by_every_form_of_the_address() -> None:
    _, graph = await look_up({})

    asked = {item.url.partition("?")[0]: item.options.get("$filter") for item in graph.items}
    address = (
        "mail eq 'o''neil@contoso.com' or otherMails/any(x:x eq 'o''neil@contoso.com') "
        "or proxyAddresses/any(x:x eq 'SMTP:o''neil@contoso.com') "
        "or proxyAddresses/any(x:x eq 'smtp:o''neil@contoso.com')"
    )
    name = "userPrincipalName eq 'o''neil_contoso.com#EXT#@fabrikam.onmicrosoft.com'"
    assert asked["/users"] == f"{name} or {address}"
    assert asked["/directory/deletedItems/microsoft.graph.user"] == address


GONE = {"id": "t", "deletedDateTime": "2026-05-01T08:00:00Z"}


async def test_an_object_that_is_gone_is_looked_for_in_deleted_items() -> None:
    deleted = {"GET /users/t": MISSING, "GET /directory/deletedItems/t": Reply(body=GONE)}

    answer, graph = await look_up(deleted)

    linked = answer.found["s"].linked
    assert linked is not None
    assert (linked.deleted, linked.deleted_at) == (True, datetime(2026, 5, 1, 8, tzinfo=UTC))
    assert "deletedDateTime" in graph.items[-1].url + graph.items[-2].url
    assert len(graph.requests) == 3
    assert POLICY.removeprefix("GET ") in {item.url for item in graph.items[-2:]}


async def test_an_object_that_is_nowhere_is_known_to_be_none() -> None:
    answer, _ = await look_up({"GET /users/t": MISSING, "GET /directory/deletedItems/t": MISSING})

    assert answer.found["s"].known
    assert answer.found["s"].linked is None


async def test_only_what_is_asked_for_is_read() -> None:
    _, graph = await look_up({}, TargetQuery(source_id="s", target_id="t"))

    assert sorted(item.url.partition("?")[0] for item in graph.items) == sorted(
        [POLICY.removeprefix("GET "), "/users/t"]
    )
    assert len(graph.requests) == 1


async def test_what_was_not_answered_of_a_value_is_not_known() -> None:
    query = TargetQuery(source_id="s", unique=(("mailNickname", "Ada"),))

    answer, _ = await look_up({"GET /users": Reply(status=500)}, query)

    assert not answer.found["s"].known


async def test_the_policy_can_be_asked_for_alone() -> None:
    graph = FakeGraph(HEALTHY)

    async with target(graph) as directory:
        answer = await directory.look_up([])

    assert (answer.policy_allows, answer.found) == (True, {})


ODD_PARTS: Mapping[str, Replies] = {
    "the linked object fails": {"GET /users/t": error(500, "x")},
    "the linked object is left out": {"GET /users/t": Reply(left_out=True)},
    "the linked object is another": {"GET /users/t": Reply(body={"id": "x"})},
    "a 404 that is not Graph's": {"GET /users/t": error(404, "NotFound")},
    "deleted items fail": {"GET /users/t": MISSING, "GET /directory/deletedItems/t": error(503, "x")},
    "deleted items are left out": {"GET /users/t": MISSING, "GET /directory/deletedItems/t": Reply(left_out=True)},
    "the filter is throttled": {"GET /users": error(429, "TooManyRequests")},
    "the filter has no value": {"GET /users": Reply(body={})},
    "a holder has no id": {"GET /users": Reply(body={"value": [{}]})},
    "a later page fails": {
        "GET /users": [Reply(body={"value": [], "@odata.nextLink": f"{BASE}/users?$skiptoken=1"}), error(500, "x")]
    },
    "the deleted holders fail": {DELETED_HOLDERS: error(400, "Request_UnsupportedQuery")},
    "an odd attribute": {"GET /users/t": Reply(body={"id": "t", "mail": 5})},
}


@pytest.mark.parametrize("replies", ODD_PARTS.values(), ids=ODD_PARTS.keys())
async def test_a_part_that_is_not_read_makes_the_entry_unknown(replies: Replies) -> None:
    answer, _ = await look_up(replies)

    assert answer.found["s"] == Found(source_id="s", known=False)


async def test_one_unknown_entry_leaves_the_others_known() -> None:
    query = TargetQuery(source_id="s2", target_id="u")

    answer, _ = await look_up({"GET /users/u": error(500, "x")}, TargetQuery(source_id="s1", target_id="t"), query)

    assert {key: found.known for key, found in answer.found.items()} == {"s1": True, "s2": False}


POLICIES = {
    "allowed": (HEALTHY[POLICY], True),
    "not allowed": (Reply(body={"userSyncInbound": {"isSyncAllowed": False}}), False),
    "nothing about users": (Reply(body={"userSyncInbound": None}), False),
    "no policy": (MISSING, False),
    "an odd value": (Reply(body={"userSyncInbound": {"isSyncAllowed": "true"}}), False),
    "a failure": (error(500, "x"), None),
    "throttled": (error(429, "TooManyRequests"), None),
    "left out": (Reply(left_out=True), None),
    "a 404 that is not Graph's": (error(404, "x"), None),
    "no object": (Reply(body=[]), None),
}


@pytest.mark.parametrize(("reply", "allows"), POLICIES.values(), ids=POLICIES.keys())
async def test_the_policy_allows_only_if_it_says_so(reply: Reply, allows: bool | None) -> None:
    answer, _ = await look_up({POLICY: reply})

    assert answer.policy_allows is allows


@pytest.mark.parametrize(("first", "second", "allows"), [(500, 200, True), (200, 500, True), (500, 500, None)], ids=str)
async def test_one_policy_that_was_read_is_enough(first: int, second: int, allows: bool | None) -> None:
    def policy(status: int) -> Reply:
        return HEALTHY[POLICY] if status == 200 else error(status, "x")

    replies: Replies = {
        POLICY: [policy(first), policy(second)],
        "GET /users/t": MISSING,
        "GET /directory/deletedItems/t": MISSING,
    }

    answer, _ = await look_up(replies)

    assert answer.policy_allows is allows


async def test_one_policy_that_says_no_is_a_no() -> None:
    replies: Replies = {
        POLICY: [Reply(body={"userSyncInbound": {"isSyncAllowed": False}}), HEALTHY[POLICY]],
        "GET /users/t": MISSING,
        "GET /directory/deletedItems/t": MISSING,
    }

    answer, _ = await look_up(replies)

    assert answer.policy_allows is False


@pytest.mark.parametrize(
    ("replies", "raised"),
    [
        ({"POST /$batch": error(429, "TooManyRequests", Retry_After="3")}, Throttled),
        ({"POST /$batch": error(504, "x")}, Unavailable),
        ({"GET /users/t": error(403, "Authorization_RequestDenied")}, Forbidden),
        ({"GET /organization": error(401, "InvalidAuthenticationToken")}, Forbidden),
    ],
)
async def test_a_look_up_that_fails_as_a_whole_raises_what_it_means(replies: Replies, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        await look_up(replies)


@pytest.mark.parametrize(
    "read",
    [lambda directory: directory.look_up([QUERY]), lambda directory: directory.role_holders(["t"])],
    ids=["look-up", "roles"],
)
async def test_reads_that_are_throttled_close_the_tenant_to_writes(
    read: Callable[[GraphTargetDirectory], Awaitable[object]],
) -> None:
    graph = FakeGraph({**HEALTHY, "POST /$batch": error(429, "TooManyRequests", Retry_After="30")})

    async with target(graph) as directory:
        with pytest.raises(Throttled):
            await read(directory)
        sent = len(graph.requests)
        results = await directory.write([Write(source_id="s", kind=WriteKind.DELETE, target_id="t")], LATE)

    assert (results["s"].status, len(graph.requests)) == (WriteStatus.NOT_SENT, sent)
    assert (results["s"].retry_after or timedelta(0)) >= timedelta(seconds=30)


async def test_holders_of_roles_are_told_from_others() -> None:
    replies = {
        "GET /roleManagement/directory/roleAssignments?$filter=principalId%20eq%20%27a%27&$top=1": Reply(
            body={"value": [{"id": "r"}]}
        ),
        "GET /roleManagement/directory/roleAssignments?$filter=principalId%20eq%20%27b%27&$top=1": Reply(
            body={"value": []}
        ),
        "GET /roleManagement/directory/roleAssignments?$filter=principalId%20eq%20%27c%27&$top=1": error(500, "x"),
        "GET /roleManagement/directory/roleAssignments?$filter=principalId%20eq%20%27d%27&$top=1": Reply(body={}),
    }

    async with target(FakeGraph(replies)) as directory:
        holders = await directory.role_holders(["a", "b", "c", "d"])
        nobody = await directory.role_holders([])

    assert holders == {"a": True, "b": False, "c": None, "d": None}
    assert nobody == {}
