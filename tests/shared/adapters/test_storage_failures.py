"""Does no failure of storage reach the engine but as `wait` or as `somebody must act`?"""

import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from sandbox.azurite import Azurite
from shared.adapters.memory.clock import ManualClock
from shared.adapters.queues.azure_queue import AzureQueues
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.azure_rows import AzureTables
from shared.adapters.tables.rows import (
    ConflictReason,
    Delete,
    Insert,
    Operation,
    Replace,
    RowConflict,
    Rows,
    StorageOutage,
    StorageRefused,
    Upsert,
)
from shared.orchestration.ports import StorageUnavailable
from tests.shared.adapters.failing_storage import (
    REFUSING,
    UNAVAILABLE,
    Failure,
    account_at,
    answer,
    storage_that,
    storage_that_loses_an_answer,
)


async def scan(rows: Rows) -> object:
    return [row async for row in rows.scan("p")]


REQUESTS: dict[str, Callable[[Rows], Awaitable[object]]] = {
    "get": lambda rows: rows.get("p", "k"),
    "get many": lambda rows: rows.get_many("p", ["k", "l"]),
    "scan": scan,
    "page": lambda rows: rows.page("p", limit=5),
    "insert": lambda rows: rows.commit("p", [Insert(key="k", values={"v": 1})]),
    "replace": lambda rows: rows.commit("p", [Replace(key="k", values={"v": 1}, etag="e")]),
    "upsert": lambda rows: rows.commit("p", [Upsert(key="k", values={"v": 1})]),
    "delete": lambda rows: rows.commit("p", [Delete(key="k", etag="e")]),
    "transaction": lambda rows: rows.commit("p", [Insert(key="k", values={}), Delete(key="l")]),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
@pytest.mark.parametrize("failure", UNAVAILABLE.values(), ids=UNAVAILABLE.keys())
async def test_tables_that_do_not_answer_are_unavailable(
    failure: Failure, request_: Callable[[Rows], Awaitable[object]]
) -> None:
    async with storage_that(failure) as account, AzureTables(account) as tables:
        with pytest.raises(StorageUnavailable):
            await request_(tables.rows("entries"))


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
@pytest.mark.parametrize("failure", REFUSING.values(), ids=REFUSING.keys())
async def test_tables_that_refuse_need_somebody_to_act(
    failure: Failure, request_: Callable[[Rows], Awaitable[object]]
) -> None:
    async with storage_that(failure) as account, AzureTables(account) as tables:
        with pytest.raises(StorageRefused):
            await request_(tables.rows("entries"))


@pytest.mark.parametrize("failure", UNAVAILABLE.values(), ids=UNAVAILABLE.keys())
async def test_a_queue_that_does_not_answer_is_unavailable(failure: Failure) -> None:
    async with storage_that(failure) as account, AzureQueues(account, ManualClock()) as queues:
        with pytest.raises(StorageUnavailable):
            await queues.queue("import").send("text")
        with pytest.raises(StorageUnavailable):
            await queues.queue("import").length()


@pytest.mark.parametrize("failure", REFUSING.values(), ids=REFUSING.keys())
async def test_a_queue_that_refuses_needs_somebody_to_act(failure: Failure) -> None:
    async with storage_that(failure) as account, AzureQueues(account, ManualClock()) as queues:
        with pytest.raises(StorageRefused):
            await queues.queue("import").send("text")
        with pytest.raises(StorageRefused):
            await queues.queue("import").length()


async def test_an_account_that_nobody_listens_at_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        account = account_at(unused.getsockname()[1])
        async with AzureTables(account) as tables, AzureQueues(account, ManualClock()) as queues:
            with pytest.raises(StorageUnavailable):
                await tables.rows("entries").get("p", "k")
            with pytest.raises(StorageUnavailable):
                await queues.queue("import").send("text")


@pytest.mark.parametrize(("header", "expected"), [("Retry-After: 7\r\n", 7.0), ("", None)])
async def test_how_long_storage_asks_to_wait_is_told(header: str, expected: float | None) -> None:
    busy = answer("503 Service Unavailable", headers=header)
    async with storage_that(busy) as account, AzureTables(account) as tables:
        with pytest.raises(StorageOutage) as outage:
            await tables.rows("entries").get("p", "k")

    assert outage.value.retry_after == expected


async def test_the_date_of_every_answer_is_told_also_of_errors() -> None:
    told: list[datetime] = []
    busy = answer("503 Service Unavailable", headers="Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n")
    async with storage_that(busy) as account:
        heard = StorageAccount(
            connection_string=account.connection_string, patience=account.patience, on_date=told.append
        )
        async with AzureTables(heard) as tables, AzureQueues(heard, ManualClock()) as queues:
            for request in REQUESTS.values():
                with pytest.raises(StorageUnavailable):
                    await request(tables.rows("entries"))
            with pytest.raises(StorageUnavailable):
                await queues.queue("import").send("text")

    assert set(told) == {datetime(2026, 11, 23, 10, tzinfo=UTC)}
    assert len(told) >= len(REQUESTS) + 1


@pytest.mark.parametrize(
    ("connection_string", "endpoint"), [("", ""), ("", "https://account"), ("AccountName=a", "https://account")]
)
def test_an_account_is_reached_in_one_way(connection_string: str, endpoint: str) -> None:
    with pytest.raises(ValueError, match="by a connection string, or by an endpoint and a credential"):
        StorageAccount(connection_string=connection_string, endpoint=endpoint)


@pytest.mark.parametrize(
    ("method", "operation", "seen"),
    [
        ("PUT", lambda etag: Replace(key="k", values={"v": 2}, etag=etag), ConflictReason.changed),
        ("DELETE", lambda etag: Delete(key="k", etag=etag), ConflictReason.missing),
        ("PUT", lambda _: Upsert(key="k", values={"v": 2}), None),
    ],
    ids=["replace", "delete", "upsert"],
)
async def test_a_write_whose_answer_was_lost_happened_and_shows_as_a_conflict(
    azurite: Azurite, method: str, operation: Callable[[str], Operation], seen: ConflictReason | None
) -> None:
    lossy_storage = storage_that_loses_an_answer(azurite.connection_string, method)
    async with lossy_storage as account, AzureTables(account) as lossy:
        rows = lossy.rows(f"t{uuid4().hex}")
        etags = await rows.commit("p", [Insert(key="k", values={"v": 1})])

        reason = await conflict_of(rows.commit("p", [operation(etags["k"])]))

        row = await rows.get("p", "k")
    assert reason == seen
    assert (row.values if row else None) == (None if method == "DELETE" else {"v": 2})


async def test_a_transaction_whose_answer_was_lost_happened_and_shows_as_an_outage(azurite: Azurite) -> None:
    table = f"t{uuid4().hex}"
    async with AzureTables(StorageAccount(connection_string=azurite.connection_string)) as tables:
        rows = tables.rows(table)
        await rows.commit("p", [Insert(key="k", values={"v": 1})])

        lossy_storage = storage_that_loses_an_answer(azurite.connection_string, "POST")
        async with lossy_storage as account, AzureTables(account) as lossy:
            with pytest.raises(StorageOutage):
                await lossy.rows(table).commit("p", [Upsert(key="k", values={"v": 2}), Insert(key="l", values={})])

        assert {row.key: row.values async for row in rows.scan("p")} == {"k": {"v": 2}, "l": {}}


async def conflict_of(commit: Awaitable[object]) -> ConflictReason | None:
    try:
        await commit
    except RowConflict as conflict:
        return conflict.reason
    return None
