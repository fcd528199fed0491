"""How do rows reach Azure Tables?"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, NoReturn, Self, assert_never

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.data.tables import TableTransactionError, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from shared.adapters.storage_account import Answer, StorageAccount
from shared.adapters.storage_errors import answered_error, error_code, translated_errors
from shared.adapters.tables.entities import entity_of, row_of
from shared.adapters.tables.row_limits import PAGE_ROWS, check_commit, check_key, check_limit, check_range
from shared.adapters.tables.rows import (
    ConflictReason,
    Delete,
    Insert,
    Operation,
    Replace,
    Row,
    RowConflict,
    RowTooLarge,
    StorageOutage,
    Upsert,
)

# Point reads side by side; Azure Tables answers a partition 2,000 times a second.
_PARALLEL_READS = 16
_QUIET = {"response_preference": "return-no-content"}


class AzureTables:
    """The tables of one storage account, over one connection pool."""

    def __init__(self, account: StorageAccount) -> None:
        self._account = account
        self._service = _service_client(account)

    def rows(self, name: str) -> "AzureRows":
        return AzureRows(self._service.get_table_client(name), self._account)

    async def close(self) -> None:
        await self._service.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AzureRows:
    """One table; it is created when the first write finds it missing, and reads find it empty until then."""

    def __init__(self, client: TableClient, account: StorageAccount) -> None:
        self._client = client
        self._account = account
        self._creating = asyncio.Lock()
        self._created = 0

    async def get(self, partition: str, key: str) -> Row | None:
        check_key(partition)
        check_key(key)
        with translated_errors():
            try:
                return row_of(await self._client.get_entity(partition, key))
            except HttpResponseError as error:
                if error.status_code == 404:
                    return None
                raise

    async def get_many(self, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        slots = asyncio.Semaphore(_PARALLEL_READS)

        async def read(key: str) -> Row | None:
            async with slots:
                return await self.get(partition, key)

        try:
            async with asyncio.TaskGroup() as group:
                reads = [group.create_task(read(key)) for key in dict.fromkeys(keys)]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        return {row.key: row for row in (task.result() for task in reads) if row is not None}

    async def scan(
        self, partition: str, *, first: str = "", before: str | None = None, select: Sequence[str] | None = None
    ) -> AsyncIterator[Row]:
        check_range(partition, first, before)
        async for row in self._read(_filter(partition, first, before), select, PAGE_ROWS):
            yield row

    async def page(
        self,
        partition: str,
        *,
        first: str = "",
        before: str | None = None,
        limit: int,
        select: Sequence[str] | None = None,
    ) -> list[Row]:
        check_range(partition, first, before)
        check_limit(limit)
        reading = self._read(_filter(partition, first, before), select, min(limit, PAGE_ROWS))
        async with aclosing(reading):
            return [row async for row in _first(limit, reading)]

    async def commit(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        check_commit(partition, operations)
        left = list(operations)
        while left:
            try:
                return await self._commit_in_table(partition, left)
            except RowConflict as conflict:
                if conflict.reason is not ConflictReason.missing or not _may_be_missing(left, conflict.key):
                    raise
                left = await self._without_missing_deletes(partition, left)
        return {}

    async def _without_missing_deletes(self, partition: str, operations: Sequence[Operation]) -> list[Operation]:
        # A transaction fails as a whole on a delete of nothing, where a single request does not.
        unconditional = [operation.key for operation in operations if _may_be_missing((operation,), operation.key)]
        there = await self.get_many(partition, unconditional)
        return [operation for operation in operations if operation.key in there or operation.key not in unconditional]

    async def _commit_in_table(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        created = self._created
        try:
            return await self._send(partition, operations)
        except _TableMissing:
            await self._create_table(created)
            return await self._send(partition, operations)

    async def _create_table(self, created: int) -> None:
        async with self._creating:
            if self._created != created:
                return  # another writer of this process was faster
            with translated_errors(), suppress(ResourceExistsError):
                await self._client.create_table()
            self._created += 1

    async def _send(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        with translated_errors():
            try:
                if len(operations) == 1:
                    return await self._send_one(partition, operations[0])
                answers = await self._client.submit_transaction(_part(partition, each) for each in operations)
            except HttpResponseError as error:
                index = error.index if isinstance(error, TableTransactionError) else 0
                _raise_conflict(partition, operations[index].key, error)
        return {
            operation.key: answer["etag"]
            for operation, answer in zip(operations, answers, strict=True)
            if not isinstance(operation, Delete)
        }

    async def _send_one(self, partition: str, operation: Operation) -> Mapping[str, str]:
        key = operation.key
        match operation:
            case Insert(values=values):
                answer = await self._insert(entity_of(partition, key, values))
            case Replace(values=values, etag=etag):
                answer = await self._client.update_entity(
                    entity_of(partition, key, values), UpdateMode.REPLACE, **_matching(etag)
                )
            case Upsert(values=values):
                answer = await self._client.upsert_entity(entity_of(partition, key, values), UpdateMode.REPLACE)
            case Delete(etag=etag):
                await self._delete(partition, key, etag)
                return {}
            case _:
                assert_never(operation)
        return {key: str(answer["etag"])}

    async def _insert(self, entity: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await self._client.create_entity(entity, **_QUIET)
        except AttributeError as error:  # the library's own handler trips over an answer that was cut off
            raise StorageOutage from error

    async def _delete(self, partition: str, key: str, etag: str | None) -> None:
        statuses: list[int] = []

        def hear(answer: Answer) -> None:
            self._account.answered(answer)
            statuses.append(answer.http_response.status_code)

        # The library takes 404 for success whatever the condition.
        await self._client.delete_entity(partition, key, raw_response_hook=hear, **_matching(etag))
        if etag is not None and statuses[-1] == 404:
            raise RowConflict(partition, key, ConflictReason.missing)

    async def _read(self, query: str, select: Sequence[str] | None, page_size: int) -> AsyncGenerator[Row]:
        names = None if select is None else ["PartitionKey", "RowKey", *select]
        with translated_errors():
            try:
                async for entity in self._client.query_entities(query, select=names, results_per_page=page_size):
                    yield row_of(entity)
            except HttpResponseError as error:
                if error_code(error) != "TableNotFound":
                    raise


class _TableMissing(Exception):
    """The table of a write does not exist yet."""


def _service_client(account: StorageAccount) -> TableServiceClient:
    patience = account.patience
    options: dict[str, Any] = {
        "retry_total": patience.retries,
        "retry_backoff_factor": patience.backoff_seconds,
        "connection_timeout": patience.connect_seconds,
        "read_timeout": patience.read_seconds,
        # proxies and .netrc would be looked up in a thread before each request, and storage is not behind either
        "use_env_settings": False,
        "raw_response_hook": account.answered,
    }
    if account.connection_string:
        return TableServiceClient.from_connection_string(account.connection_string, **options)
    return TableServiceClient(account.endpoint, credential=account.credential, **options)


def _filter(partition: str, first: str, before: str | None) -> str:
    conditions = [f"PartitionKey eq {_quoted(partition)}"]
    if first:
        conditions.append(f"RowKey ge {_quoted(first)}")
    if before is not None:
        conditions.append(f"RowKey lt {_quoted(before)}")
    return " and ".join(conditions)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


async def _first(count: int, rows: AsyncIterator[Row]) -> AsyncIterator[Row]:
    async for row in rows:
        yield row
        count -= 1
        if not count:
            return


def _part(partition: str, operation: Operation) -> tuple[str, dict[str, Any], dict[str, Any]]:
    key = operation.key
    match operation:
        case Insert(values=values):
            return "create", entity_of(partition, key, values), dict(_QUIET)
        case Replace(values=values, etag=etag):
            return "update", entity_of(partition, key, values), {"mode": UpdateMode.REPLACE, **_matching(etag)}
        case Upsert(values=values):
            return "upsert", entity_of(partition, key, values), {"mode": UpdateMode.REPLACE}
        case Delete(etag=etag):
            return "delete", entity_of(partition, key, {}), _matching(etag)
        case _:
            assert_never(operation)


def _matching(etag: str | None) -> dict[str, Any]:
    if etag is None:
        return {}
    return {"etag": etag, "match_condition": MatchConditions.IfNotModified}


def _may_be_missing(operations: Sequence[Operation], key: str) -> bool:
    return any(isinstance(each, Delete) and each.etag is None and each.key == key for each in operations)


def _raise_conflict(partition: str, key: str, error: HttpResponseError) -> NoReturn:
    code = error_code(error)
    if code == "TableNotFound":
        raise _TableMissing from error
    if code == "EntityAlreadyExists":
        raise RowConflict(partition, key, ConflictReason.exists) from error
    if code in {"UpdateConditionNotSatisfied", "ConditionNotMet"}:
        raise RowConflict(partition, key, ConflictReason.changed) from error
    if code in {"ResourceNotFound", "EntityNotFound"}:
        raise RowConflict(partition, key, ConflictReason.missing) from error
    if error.status_code == 413 or code in {"EntityTooLarge", "PropertyValueTooLarge", "RequestBodyTooLarge"}:
        raise RowTooLarge(f"Row {key!r} or its commit is too large for a table ({code}).") from error
    raise answered_error(error) from error
