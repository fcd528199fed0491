"""Is each write sent as it should be, told apart when it fails, and held back after a 429?"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest

from shared.adapters.graph.target_writes import TargetWrites
from shared.adapters.graph.throttling import WriteGate
from shared.adapters.memory.clock import ManualClock
from shared.cycles.write_budget import SETTLED
from shared.orchestration.ports import StorageUnavailable, Write, WriteKind, WriteResult, WriteStatus
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
    settled,
)

INVITATION = {"mail": "ann@contoso.com", "displayName": "Ann"}
INVITE = Write(source_id="s", kind=WriteKind.INVITE, attributes=INVITATION)
UPDATE = Write(source_id="s", kind=WriteKind.UPDATE, target_id="t", attributes={"city": "Rome"})
DELETE = Write(source_id="s", kind=WriteKind.DELETE, target_id="t")
RESTORE = Write(source_id="s", kind=WriteKind.RESTORE, target_id="t")
ASSIGN = Write(source_id="s", kind=WriteKind.ASSIGN_MANAGER, target_id="t", manager_id="m")
UNASSIGN = Write(source_id="s", kind=WriteKind.REMOVE_MANAGER, target_id="t")
MISSING = error(404, "Request_ResourceNotFound")
NO_CONTENT = Reply(status=204)


class Setting:
    """A target with a clock to turn and a store of budgets to look into."""

    def __init__(self, graph: FakeGraph) -> None:
        self.graph = graph
        self.clock = ManualClock()
        self.budgets = FakeBudgets()

    @asynccontextmanager
    async def writes(self) -> AsyncIterator[TargetWrites]:
        async with connected(self.graph, clock=self.clock, tenant_id=TARGET) as client:
            gate = WriteGate(TARGET, self.budgets, self.clock, Random(1))
            yield TargetWrites(client, gate, SOURCE, "https://myapps.microsoft.com")


async def send(
    replies: Mapping[str, Reply | Sequence[Reply]], *writes: Write
) -> tuple[dict[str, WriteResult], FakeGraph]:
    setting = Setting(FakeGraph(replies))
    async with setting.writes() as target:
        return await target.send(writes, LATE), setting.graph


SENT: Mapping[str, tuple[Write, Reply, str, Any]] = {
    "invite": (
        INVITE,
        Reply(status=201, body={"invitedUser": {"id": "t"}}),
        "POST /invitations",
        {
            "invitedUserEmailAddress": "ann@contoso.com",
            "invitedUserDisplayName": "Ann",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "invitedUserType": "Guest",
            "sendInvitationMessage": False,
        },
    ),
    "update": (
        Write(
            source_id="s",
            kind=WriteKind.UPDATE,
            target_id="t",
            attributes={"city": None, "businessPhones": (), "otherMails": ("a", "b"), "accountEnabled": False},
        ),
        NO_CONTENT,
        "PATCH /users/t",
        {"city": None, "businessPhones": [], "otherMails": ["a", "b"], "accountEnabled": False},
    ),
    "delete": (DELETE, NO_CONTENT, "DELETE /users/t", None),
    "restore": (RESTORE, Reply(body={"id": "t"}), "POST /directory/deletedItems/t/restore", None),
    "assign a manager": (ASSIGN, NO_CONTENT, "PUT /users/t/manager/$ref", {"@odata.id": f"{BASE}/users/m"}),
    "remove a manager": (UNASSIGN, NO_CONTENT, "DELETE /users/t/manager/$ref", None),
}


@pytest.mark.parametrize(("write", "reply", "call", "body"), SENT.values(), ids=SENT.keys())
async def test_a_write_is_sent_as_graph_wants_it(write: Write, reply: Reply, call: str, body: object) -> None:
    results, graph = await send({call: reply}, write)

    assert results == {"s": WriteResult(status=WriteStatus.DONE, target_id="t")}
    assert [f"{item.method} {item.url}" for item in graph.items] == [call]
    assert graph.items[0].body == body


async def test_an_invitation_without_a_name_names_nobody() -> None:
    write = Write(source_id="s", kind=WriteKind.INVITE, attributes={"mail": "a@contoso.com", "displayName": None})

    _, graph = await send({"POST /invitations": Reply(status=201, body={"invitedUser": {"id": "t"}})}, write)

    assert "invitedUserDisplayName" not in graph.items[0].body


FAILED = {
    "throttled": (UPDATE, error(429, "TooManyRequests", Retry_After="5"), WriteStatus.THROTTLED),
    "500": (UPDATE, error(500, "x"), WriteStatus.AMBIGUOUS),
    "502": (INVITE, error(502, "x"), WriteStatus.AMBIGUOUS),
    "503": (INVITE, error(503, "x"), WriteStatus.AMBIGUOUS),
    "504": (INVITE, error(504, "x"), WriteStatus.AMBIGUOUS),
    "no answer": (INVITE, Reply(left_out=True), WriteStatus.AMBIGUOUS),
    "an invitation of nobody": (INVITE, Reply(status=201, body={}), WriteStatus.AMBIGUOUS),
    "an odd invitation": (INVITE, Reply(status=201, body=[]), WriteStatus.AMBIGUOUS),
    "an invitation with an odd id": (INVITE, Reply(status=201, body={"invitedUser": {"id": 5}}), WriteStatus.AMBIGUOUS),
    "concurrency": (UPDATE, error(409, "Directory_ConcurrencyViolation"), WriteStatus.BUSY),
    "another conflict": (RESTORE, error(409, "Conflict"), WriteStatus.REFUSED),
    "an update of nobody": (UPDATE, MISSING, WriteStatus.NOT_FOUND),
    "a restore of nobody": (RESTORE, MISSING, WriteStatus.NOT_FOUND),
    "a delete of nobody": (DELETE, MISSING, WriteStatus.DONE),
    "a delete with a 404 that is not Graph's": (DELETE, error(404, "x"), WriteStatus.NOT_FOUND),
    "a manager who is not there": (ASSIGN, MISSING, WriteStatus.NOT_FOUND),
    "a manager who is too new": (
        ASSIGN,
        error(400, "Request_BadRequest", "Not a valid reference update."),
        WriteStatus.NOT_FOUND,
    ),
    "another bad reference": (ASSIGN, error(400, "Request_BadRequest", "no"), WriteStatus.REFUSED),
    "no manager to remove": (UNASSIGN, MISSING, WriteStatus.DONE),
    "nobody known yet to remove a manager from": (
        UNASSIGN,
        error(404, "Directory_ObjectNotFound"),
        WriteStatus.NOT_FOUND,
    ),
    "a bad request": (UPDATE, error(400, "Request_BadRequest", "no"), WriteStatus.REFUSED),
    "not implemented": (UPDATE, error(501, "NotImplemented"), WriteStatus.REFUSED),
    "no permission": (UPDATE, error(403, "Authorization_RequestDenied"), WriteStatus.FORBIDDEN),
    "no permission to invite": (INVITE, error(403, "Unauthorized", "Insufficient"), WriteStatus.FORBIDDEN),
    "no token": (UPDATE, error(401, "InvalidAuthenticationToken"), WriteStatus.FORBIDDEN),
    "blocked": (INVITE, error(403, "Forbidden", "Invitations are blocked for this directory"), WriteStatus.BLOCKED),
    "dependency": (UPDATE, error(424, "FailedDependency"), WriteStatus.NOT_SENT),
}
CALLS = {
    WriteKind.INVITE: "POST /invitations",
    WriteKind.UPDATE: "PATCH /users/t",
    WriteKind.DELETE: "DELETE /users/t",
    WriteKind.RESTORE: "POST /directory/deletedItems/t/restore",
    WriteKind.ASSIGN_MANAGER: "PUT /users/t/manager/$ref",
    WriteKind.REMOVE_MANAGER: "DELETE /users/t/manager/$ref",
}


@pytest.mark.parametrize(("write", "reply", "status"), FAILED.values(), ids=FAILED.keys())
async def test_a_failed_item_is_told_apart(write: Write, reply: Reply, status: WriteStatus) -> None:
    results, _ = await send({CALLS[write.kind]: reply}, write)

    assert results["s"].status is status


async def test_a_refusal_carries_what_graph_said() -> None:
    results, _ = await send({"PATCH /users/t": error(400, "Request_BadRequest", "Invalid value.")}, UPDATE)

    assert (results["s"].code, results["s"].message) == ("Request_BadRequest", "Invalid value.")


WHOLE = {
    "cut": (Reply(fails=httpx.ReadError("cut")), WriteStatus.AMBIGUOUS),
    "late": (Reply(fails=httpx.ReadTimeout("late")), WriteStatus.AMBIGUOUS),
    "504": (error(504, "x"), WriteStatus.AMBIGUOUS),
    "no batch": (Reply(body={}), WriteStatus.AMBIGUOUS),
    "a web page": (Reply(body=b"<html>"), WriteStatus.AMBIGUOUS),
    "throttled": (error(429, "TooManyRequests"), WriteStatus.THROTTLED),
    "no token": (error(401, "InvalidAuthenticationToken"), WriteStatus.FORBIDDEN),
    "no permission": (error(403, "Authorization_RequestDenied"), WriteStatus.FORBIDDEN),
    "a bad request": (error(400, "BadRequest"), WriteStatus.REFUSED),
    "nowhere": (MISSING, WriteStatus.NOT_FOUND),
}


@pytest.mark.parametrize(("reply", "status"), WHOLE.values(), ids=WHOLE.keys())
async def test_a_batch_that_fails_as_a_whole_fails_each_write(reply: Reply, status: WriteStatus) -> None:
    other = Write(source_id="s2", kind=WriteKind.DELETE, target_id="t2")

    results, _ = await send({"POST /$batch": reply}, UPDATE, other)

    assert {key: result.status for key, result in results.items()} == {"s": status, "s2": status}


def updates(count: int) -> list[Write]:
    return [
        Write(source_id=str(number), kind=WriteKind.UPDATE, target_id=str(number), attributes={"city": "Rome"})
        for number in range(count)
    ]


async def test_writes_go_twenty_at_a_time() -> None:
    results, graph = await send({f"PATCH /users/{number}": NO_CONTENT for number in range(45)}, *updates(45))

    assert [len(sent.body["requests"]) for sent in graph.requests] == [20, 20, 5]
    assert {result.status for result in results.values()} == {WriteStatus.DONE}
    assert len(results) == 45


async def test_no_writes_send_nothing() -> None:
    results, graph = await send({})

    assert results == {}
    assert graph.requests == []


async def test_after_a_429_the_rest_is_not_sent_and_the_hold_is_stored() -> None:
    replies = {f"PATCH /users/{number}": NO_CONTENT for number in range(45)}
    setting = Setting(FakeGraph({**replies, "PATCH /users/3": error(429, "TooManyRequests", Retry_After="30")}))

    async with setting.writes() as target:
        results = await target.send(updates(45), LATE)

    assert len(setting.graph.requests) == 1
    assert results["3"].status is WriteStatus.THROTTLED
    assert results["4"].status is WriteStatus.DONE
    assert {results[str(number)].status for number in range(20, 45)} == {WriteStatus.NOT_SENT}
    assert all((results[key].retry_after or timedelta(0)) >= timedelta(seconds=30) for key in ("3", "20", "44"))
    held = await setting.budgets.not_before(TARGET)
    assert held is not None
    assert held >= setting.clock.now() + timedelta(seconds=30)


@pytest.mark.parametrize(("passed", "sent"), [(29, 1), (30, 1), (33, 2)])
async def test_no_write_leaves_before_the_longest_retry_after_has_passed(passed: int, sent: int) -> None:
    replies = {
        "PATCH /users/0": [error(429, "TooManyRequests", Retry_After="5"), NO_CONTENT],
        "PATCH /users/1": [error(429, "TooManyRequests", Retry_After="30"), NO_CONTENT],
    }
    setting = Setting(FakeGraph(replies))

    async with setting.writes() as target:
        await target.send(updates(2), LATE)
        await setting.clock.advance(timedelta(seconds=passed))
        await target.send(updates(2), LATE)

    assert len(setting.graph.requests) == sent


@pytest.mark.parametrize(
    ("told", "share"),
    [("1.25", 0.8), ("0.97", 1.0), ("1.0", 1.0), ("", 1.0), ("many", 1.0), ("nan", 1.0), ("1e9", 1.0)],
)
async def test_the_pace_falls_where_graph_says_again_that_more_is_used_than_there_is(told: str, share: float) -> None:
    answer = Reply(status=204, headers={"x-ms-throttle-limit-percentage": told})
    setting = Setting(FakeGraph({"PATCH /users/t": answer}))

    async with setting.writes() as target:
        for _ in range(2):
            result = await target.send([UPDATE], LATE)
            await setting.clock.advance(SETTLED)

    now = setting.clock.now()
    assert result["s"].status is WriteStatus.DONE
    assert (await setting.budgets.writes(TARGET)).share_at(now) == pytest.approx(share)


async def test_a_hold_of_another_process_is_kept() -> None:
    setting = Setting(FakeGraph({"PATCH /users/t": NO_CONTENT}))
    await setting.budgets.hold_until(TARGET, setting.clock.now() + timedelta(seconds=7))

    async with setting.writes() as target:
        held = await target.send([UPDATE], LATE)
        await setting.clock.advance(timedelta(seconds=7))
        sent = await target.send([UPDATE], LATE)

    assert held["s"].status is WriteStatus.NOT_SENT
    assert held["s"].retry_after == timedelta(seconds=7)
    assert sent["s"].status is WriteStatus.DONE


async def test_only_one_batch_is_under_way_and_a_429_stops_those_behind_it() -> None:
    class Slow(FakeGraph):
        gate = asyncio.Event()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await super().handle_async_request(request)
            await self.gate.wait()
            return response

    setting = Setting(Slow({"PATCH /users/t": error(429, "TooManyRequests", Retry_After="5")}))

    async with setting.writes() as target:
        first, second = (
            asyncio.create_task(target.send([UPDATE], LATE)),
            asyncio.create_task(target.send([UPDATE], LATE)),
        )
        await settled()
        under_way = len(setting.graph.requests)
        Slow.gate.set()
        results = [(await first)["s"].status, (await second)["s"].status]

    assert under_way == 1
    assert results == [WriteStatus.THROTTLED, WriteStatus.NOT_SENT]
    assert len(setting.graph.requests) == 1


async def test_without_the_stored_mark_nothing_is_sent() -> None:
    setting = Setting(FakeGraph({}))
    setting.budgets.failure = StorageUnavailable()

    async with setting.writes() as target:
        results = await target.send([UPDATE], LATE)

    assert results["s"].status is WriteStatus.NOT_SENT
    assert setting.graph.requests == []
