"""Is nobody called absent who is not, and nobody present who was not read whole?"""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from shared.adapters.graph.organization import Organization
from shared.adapters.graph.source_directory import GraphSourceDirectory
from shared.adapters.memory.clock import ManualClock
from shared.configuration.configuration import SourceTenant
from shared.orchestration.ports import (
    Assignment,
    AssignmentsPage,
    Examination,
    Forbidden,
    Presence,
    PrincipalType,
    UnexpectedAnswer,
)
from tests.shared.adapters.graph.fake_graph import (
    APPLICATION,
    BASE,
    SOURCE,
    TARGET,
    FakeGraph,
    Reply,
    connected,
    error,
    organization,
)

TENANT = SourceTenant(tenant_id=SOURCE, service_principal_id=APPLICATION)
MISSING = error(404, "Request_ResourceNotFound")
ASSIGNED_TO = f"GET /servicePrincipals/{APPLICATION}/appRoleAssignedTo"
HEALTHY = {
    "GET /organization": organization(SOURCE),
    "GET /users": Reply(body={"value": [{"id": "somebody"}]}),
    "GET /directory/deletedItems/microsoft.graph.user": Reply(body={"value": []}),
    "GET /users/known": Reply(body={"id": "known"}),
    "GET /users/a": Reply(body={"id": "a", "mail": "a@contoso.com"}),
    "GET /users/a/appRoleAssignments": Reply(body={"value": [{"resourceId": APPLICATION.upper()}]}),
    "GET /users/a/memberOf": Reply(body={"value": [{"id": "g"}]}),
}


async def examine(
    replies: Mapping[str, Reply], *, scope: bool = True, known: tuple[str, ...] = ("known",)
) -> Examination:
    async with connected(FakeGraph({**HEALTHY, **replies})) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        examinations = await directory.examine(["a"], scope=scope, known_users=known)
    return examinations["a"]


async def test_a_person_is_read_with_assignments_and_groups() -> None:
    examined = await examine({})

    assert examined.presence is Presence.PRESENT
    assert examined.entry is not None
    assert examined.entry.attributes == {"mail": "a@contoso.com"}
    assert examined.assigned is True
    assert examined.group_ids == frozenset({"g"})


@pytest.mark.parametrize(
    ("body", "manager"),
    [({"manager": {"@odata.type": "#microsoft.graph.user", "id": "m"}}, "m"), ({"manager": None}, ""), ({}, "")],
)
async def test_a_person_is_read_with_the_manager_in_the_same_request(body: dict[str, object], manager: str) -> None:
    graph = FakeGraph({**HEALTHY, "GET /users/a": Reply(body={"id": "a", **body})})
    async with connected(graph) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail", "manager"))
        examined = (await directory.examine(["a"], scope=False, known_users=()))["a"]

    assert examined.entry is not None
    assert examined.entry.manager == manager
    assert [item.options for item in graph.items if item.url.startswith("/users/a")] == [
        {"$select": "id,mail", "$expand": "manager($select=id)"}
    ]


@pytest.mark.parametrize("odd", ["m", [], {}, {"id": 5}])
async def test_a_person_with_an_odd_manager_is_unknown(odd: object) -> None:
    async with connected(FakeGraph({**HEALTHY, "GET /users/a": Reply(body={"id": "a", "manager": odd})})) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "manager"))
        examined = await directory.examine(["a"], scope=False, known_users=())

    assert examined["a"].presence is Presence.UNKNOWN


async def test_without_scope_neither_assignments_nor_groups_are_read() -> None:
    examined = await examine({"GET /users/a/memberOf": error(500, "x")}, scope=False)

    assert (examined.presence, examined.assigned, examined.group_ids) == (Presence.PRESENT, None, None)


async def test_an_assignment_to_another_application_is_none() -> None:
    examined = await examine({"GET /users/a/appRoleAssignments": Reply(body={"value": [{"resourceId": TARGET}]})})

    assert examined.assigned is False


async def test_a_404_that_the_controls_prove_is_absence() -> None:
    examined = await examine({"GET /users/a": MISSING, "GET /users/a/memberOf": MISSING})

    assert examined.presence is Presence.ABSENT


NOT_PROVEN = {
    "another tenant answers": {"GET /organization": organization(TARGET)},
    "the organization is empty": {"GET /organization": Reply(body={"value": []})},
    "the organization is not answered": {"GET /organization": Reply(left_out=True)},
    "the organization is throttled": {"GET /organization": error(429, "TooManyRequests")},
    "the organization is odd": {"GET /organization": Reply(body={"value": [{"id": 5}]})},
    "nobody known is found": {"GET /users/known": MISSING},
    "nobody known is answered": {"GET /users/known": Reply(left_out=True)},
}


@pytest.mark.parametrize("replies", NOT_PROVEN.values(), ids=NOT_PROVEN.keys())
@pytest.mark.parametrize("user", [MISSING, HEALTHY["GET /users/a"]], ids=["absent", "present"])
async def test_without_its_control_a_batch_says_nothing(replies: Mapping[str, Reply], user: Reply) -> None:
    examined = await examine({**replies, "GET /users/a": user})

    assert examined == Examination(source_id="a", presence=Presence.UNKNOWN)


ODD_PARTS = {
    "the user fails": {"GET /users/a": error(503, "x")},
    "the user is throttled": {"GET /users/a": error(429, "TooManyRequests")},
    "the user is left out": {"GET /users/a": Reply(left_out=True)},
    "a 404 that is not Graph's": {"GET /users/a": error(404, "NotFound")},
    "a 404 without a body": {"GET /users/a": Reply(status=404)},
    "another user": {"GET /users/a": Reply(body={"id": "b"})},
    "a user that is no object": {"GET /users/a": Reply(body=[])},
    "a user with an odd mail": {"GET /users/a": Reply(body={"id": "a", "mail": 5})},
    "the assignments fail": {"GET /users/a/appRoleAssignments": error(500, "x")},
    "the assignments are left out": {"GET /users/a/appRoleAssignments": Reply(left_out=True)},
    "the assignments are missing": {"GET /users/a/appRoleAssignments": MISSING},
    "the assignments have no value": {"GET /users/a/appRoleAssignments": Reply(body={})},
    "an assignment has no resource": {"GET /users/a/appRoleAssignments": Reply(body={"value": [{}]})},
    "the groups fail": {"GET /users/a/memberOf": error(409, "Directory_ConcurrencyViolation")},
    "the groups have no value": {"GET /users/a/memberOf": Reply(body={"value": None})},
    "a group has no id": {"GET /users/a/memberOf": Reply(body={"value": [{}]})},
}


@pytest.mark.parametrize("replies", ODD_PARTS.values(), ids=ODD_PARTS.keys())
async def test_a_part_that_is_not_read_makes_the_person_unknown(replies: Mapping[str, Reply]) -> None:
    examined = await examine(replies)

    assert examined == Examination(source_id="a", presence=Presence.UNKNOWN)


async def test_groups_are_read_over_all_their_pages_each_with_a_control() -> None:
    first = Reply(body={"value": [{"id": "g"}], "@odata.nextLink": f"{BASE}/users/a/memberOf?$skiptoken=2"})
    graph = FakeGraph({**HEALTHY, "GET /users/a/memberOf": [first, Reply(body={"value": [{"id": "h"}]})]})

    async with connected(graph) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        examined = (await directory.examine(["a"], scope=True, known_users=["known"]))["a"]

    assert examined.group_ids == frozenset({"g", "h"})
    assert [item["url"] for item in graph.requests[1].body["requests"]] == [
        "/organization?$select=id,verifiedDomains",
        "/users/known?$select=id",
        "/users/a/memberOf?$skiptoken=2",
    ]


async def examine_nested(**replies: Reply) -> Examination:
    graph = FakeGraph({**HEALTHY, **({"GET /users/a/transitiveMemberOf": replies["every"]} if replies else {})})
    async with connected(graph) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"), nested=True)
        return (await directory.examine(["a"], scope=True, known_users=["known"]))["a"]


async def test_with_nested_groups_all_groups_of_a_person_are_read_beside_the_direct_ones() -> None:
    examined = await examine_nested(every=Reply(body={"value": [{"id": "g"}, {"id": "outer"}]}))

    assert (examined.group_ids, examined.nested_in) == (frozenset({"g"}), frozenset({"g", "outer"}))


async def test_without_nested_groups_they_are_not_read() -> None:
    assert (await examine({"GET /users/a/transitiveMemberOf": error(500, "x")})).nested_in is None


@pytest.mark.parametrize("reply", [error(500, "x"), Reply(body={"value": [{}]}), MISSING, Reply(left_out=True)])
async def test_a_person_whose_nested_groups_are_not_read_is_unknown(reply: Reply) -> None:
    assert (await examine_nested(every=reply)).presence is Presence.UNKNOWN


async def test_of_each_group_the_groups_above_it_are_told_or_that_they_are_not_known() -> None:
    replies = {
        "GET /groups/g/memberOf": Reply(body={"value": [{"id": "outer"}]}),
        "GET /groups/top/memberOf": Reply(body={"value": []}),
        "GET /groups/gone/memberOf": MISSING,
        "GET /groups/odd/memberOf": Reply(body={"value": [{}]}),
        "GET /groups/down/memberOf": error(503, "x"),
    }
    async with connected(FakeGraph({**HEALTHY, **replies})) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        above = await directory.groups_of(["g", "top", "gone", "odd", "down"])
        none = await directory.groups_of([])

    assert none == {}
    assert above == {"g": frozenset({"outer"}), "top": frozenset(), "gone": frozenset(), "odd": None, "down": None}


async def test_the_groups_above_are_not_known_where_another_tenant_answers() -> None:
    replies = {"GET /groups/g/memberOf": MISSING, "GET /organization": organization(TARGET)}
    async with connected(FakeGraph({**HEALTHY, **replies})) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))

        assert await directory.groups_of(["g"]) == {"g": None}


async def test_a_known_person_who_is_examined_is_not_the_control() -> None:
    graph = FakeGraph(HEALTHY)

    async with connected(graph) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        await directory.examine(["a"], scope=False, known_users=["a", "known"])

    controls = [item.url for item in graph.items if item.options.get("$select") == "id"]
    assert controls == ["/users/known?$select=id"]


DELETED = "GET /directory/deletedItems/microsoft.graph.user"
NONE = Reply(body={"value": []})


@pytest.mark.parametrize(
    ("replies", "presence"),
    [
        ({}, Presence.ABSENT),
        ({"GET /users": NONE, DELETED: Reply(body={"value": [{"id": "a"}]})}, Presence.ABSENT),
        ({"GET /users": NONE}, Presence.UNKNOWN),
        ({"GET /users": MISSING, DELETED: MISSING}, Presence.UNKNOWN),
        ({"GET /users": Reply(body={"value": "odd"}), DELETED: Reply(left_out=True)}, Presence.UNKNOWN),
        ({"GET /organization": organization(TARGET)}, Presence.UNKNOWN),
    ],
    ids=["somebody is there", "somebody was deleted", "nobody is seen", "nothing is seen", "odd", "another tenant"],
)
async def test_without_known_people_anybody_at_all_is_the_control(
    replies: Mapping[str, Reply], presence: Presence
) -> None:
    assert (await examine({"GET /users/a": MISSING, **replies}, known=())).presence is presence


async def test_many_people_go_in_batches_of_twenty_with_their_controls() -> None:
    people = {f"GET /users/{number}": Reply(body={"id": str(number)}) for number in range(30)}
    graph = FakeGraph({**HEALTHY, **people})

    async with connected(graph) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        ids = [str(number) for number in range(30)]
        examined = await directory.examine([*ids, "0"], scope=False, known_users=["known"])

    assert {one.presence for one in examined.values()} == {Presence.PRESENT}
    assert [len(sent.body["requests"]) for sent in graph.requests] == [20, 14]


async def test_nobody_to_examine_sends_nothing() -> None:
    graph = FakeGraph({})

    async with connected(graph) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        assert await directory.examine([], scope=True, known_users=[]) == {}

    assert graph.requests == []


async def test_assignments_are_read_page_by_page() -> None:
    value = [{"principalId": "a", "principalType": "User"}, {"principalId": "g", "principalType": "Group"}]
    link = f"{BASE}/servicePrincipals/{APPLICATION}/appRoleAssignedTo?$skiptoken=2"
    graph = FakeGraph({ASSIGNED_TO: [Reply(body={"value": value, "@odata.nextLink": link}), Reply(body={"value": []})]})

    async with connected(graph) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        first = await directory.assignments_page("")
        last = await directory.assignments_page(first.next_link)

    assert first.assignments == (
        Assignment(principal_id="a", principal_type=PrincipalType.USER),
        Assignment(principal_id="g", principal_type=PrincipalType.GROUP),
    )
    assert last == AssignmentsPage(assignments=())
    assert [sent.url.partition("?")[2] for sent in graph.requests] == ["$top=999", "$skiptoken=2"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body={}),
        Reply(body={"value": [{"principalId": "a", "principalType": "Robot"}]}),
        Reply(body={"value": [{"principalType": "User"}]}),
        Reply(body={"value": [], "@odata.nextLink": "https://evil.example/v1.0/x"}),
        MISSING,
    ],
    ids=["no value", "unknown type", "no id", "another host", "no service principal"],
)
async def test_an_odd_page_of_assignments_is_refused(reply: Reply) -> None:
    async with connected(FakeGraph({ASSIGNED_TO: reply})) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        with pytest.raises(UnexpectedAnswer):
            await directory.assignments_page("")


async def test_verified_domains_are_lower_case_and_kept_for_ten_minutes() -> None:
    clock = ManualClock()
    graph = FakeGraph({"GET /organization": organization(SOURCE, "Contoso.onmicrosoft.com", "Contoso.COM")})

    async with connected(graph, clock=clock) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        await directory.verified_domains()
        domains = await directory.verified_domains()
        await clock.advance(timedelta(minutes=10))
        await directory.verified_domains()

    assert domains == frozenset({"contoso.onmicrosoft.com", "contoso.com"})
    assert len(graph.requests) == 2


@pytest.mark.parametrize(
    "reply",
    [
        organization(TARGET),
        Reply(body={"value": [{"id": SOURCE}]}),
        Reply(body={"value": [{"id": SOURCE, "verifiedDomains": [{"name": "contoso.com", "isInitial": False}]}]}),
        Reply(body={"value": [{"id": SOURCE, "verifiedDomains": [{"isInitial": True}]}]}),
    ],
    ids=["another tenant", "no domains", "no initial domain", "a domain without a name"],
)
async def test_an_odd_organization_is_refused(reply: Reply) -> None:
    async with connected(FakeGraph({"GET /organization": reply})) as client:
        directory = GraphSourceDirectory(client, Organization(client, SOURCE), TENANT, ("id", "mail"))
        with pytest.raises(UnexpectedAnswer):
            await directory.verified_domains()


async def test_a_missing_permission_is_not_an_unknown_person() -> None:
    with pytest.raises(Forbidden):
        await examine({"GET /users/a/appRoleAssignments": error(403, "Authorization_RequestDenied")})
