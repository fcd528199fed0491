"""How is the engine put together? Built at first use, never at import: the worker imports us to find the functions."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from random import SystemRandom
from typing import TYPE_CHECKING
from uuid import uuid4

from shared.adapters.clock import StorageClock
from shared.adapters.graph.directories import GraphDirectories
from shared.adapters.graph.options import CredentialKind, GraphOptions
from shared.adapters.queues.azure_queue import AzureQueues
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables.audits import TableAuditLog
from shared.adapters.tables.azure_rows import AzureTables
from shared.adapters.tables.budgets import TableBudgetStore
from shared.adapters.tables.claims import TableClaimStore
from shared.adapters.tables.configurations import TableConfigurationStore
from shared.adapters.tables.cycles import TableCycleStore
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.rows import Rows
from shared.adapters.tables.snapshots import TableSnapshotStore
from shared.adapters.tables.watermarks import TableWatermarkStore
from shared.configuration.clouds import ENDPOINTS
from shared.configuration.document import parse
from shared.orchestration.engine import Engine
from shared.orchestration.ports import Clock, Directories, MessageQueue
from shared.settings import Settings, read_settings
from shared.telemetry import EngineTelemetry

if TYPE_CHECKING:
    from fastapi import FastAPI

IMPORT_QUEUE = "import"
PROVISIONING_QUEUE = "provisioning"

_engines: dict[asyncio.AbstractEventLoop, Engine] = {}
_open = AsyncExitStack()
_building = asyncio.Lock()


async def engine() -> Engine:
    """Return the engine of this process and event loop, built from the app settings when first asked for."""
    loop = asyncio.get_running_loop()
    if loop not in _engines:
        async with _building:
            if loop not in _engines:
                _engines[loop] = await _open.enter_async_context(open_engine(os.environ))
    return _engines[loop]


@asynccontextmanager
async def open_engine(environment: Mapping[str, str]) -> AsyncIterator[Engine]:
    """Build the engine on Azure Storage and Microsoft Graph, for the length of the block. Raises SettingsError."""
    settings = read_settings(environment)
    clock = StorageClock(scale=settings.clock_scale, origin=settings.clock_origin)
    async with (
        AzureTables(_account(settings, settings.table_uri, clock.observe)) as tables,
        AzureQueues(_account(settings, settings.queue_uri, clock.observe), clock) as queues,
    ):
        rows = tables.rows("budgets")
        await clock.synchronize(lambda: rows.get("clock", "clock"))
        budgets = TableBudgetStore(rows, always_read_only=settings.read_only)
        await budgets.take_over_switch()
        directories = GraphDirectories(_graph(settings), budgets, clock, SystemRandom(), telemetry=EngineTelemetry())
        assembled = assemble(
            rows=tables.rows,
            clock=clock,
            directories=directories,
            import_queue=queues.queue(IMPORT_QUEUE),
            provisioning_queue=queues.queue(PROVISIONING_QUEUE),
        )
        yield replace(assembled, budgets=budgets, cloud=settings.cloud)
        await directories.aclose()


def assemble(
    *,
    rows: Callable[[str], Rows],
    clock: Clock,
    directories: Directories,
    import_queue: MessageQueue,
    provisioning_queue: MessageQueue,
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> Engine:
    """Put the stores onto their tables; tests give tables, queues and clock in memory."""
    return Engine(
        clock=clock,
        configurations=TableConfigurationStore(rows("configurations"), parse),
        cycles=TableCycleStore(rows("cycles")),
        entries=TableEntryStore(rows("entries"), clock, new_id()),
        claims=TableClaimStore(rows("claims")),
        budgets=TableBudgetStore(rows("budgets")),
        snapshots=TableSnapshotStore(rows("snapshots")),
        watermarks=TableWatermarkStore(rows("watermarks")),
        log_index=TableProvisioningLogIndex(rows("provisioninglogs"), rows("entries"), clock),
        audits=TableAuditLog(rows("audits")),
        directories=directories,
        import_queue=import_queue,
        provisioning_queue=provisioning_queue,
        telemetry=EngineTelemetry(),
        new_owner=new_id,
        random=SystemRandom().randrange,
        new_guid=new_id,
    )


def _account(settings: Settings, endpoint: str, on_date: Callable[[datetime], None]) -> StorageAccount:
    if settings.storage:
        return StorageAccount(connection_string=settings.storage, on_date=on_date)
    # here and not above: with a connection string the identity library is not needed
    from azure.identity.aio import ManagedIdentityCredential  # noqa: PLC0415

    credential = ManagedIdentityCredential(client_id=settings.storage_client_id or None)
    return StorageAccount(endpoint=endpoint, credential=credential, on_date=on_date)


def _graph(settings: Settings) -> GraphOptions:
    return GraphOptions(
        endpoint=settings.graph_endpoint,
        authority=ENDPOINTS[settings.cloud].authority,
        exchange=ENDPOINTS[settings.cloud].exchange,
        application_id=settings.application_id,
        managed_identity_client_id=settings.managed_identity_client_id,
        credential_kind=CredentialKind.SANDBOX if settings.sandbox_credential else CredentialKind.MANAGED_IDENTITY,
    )


@cache
def web_application() -> "FastAPI":
    """Return the HTTP API, built when first asked for: the queue workers never need it."""
    from shared.web.application import AccessSettings, create_app  # noqa: PLC0415

    settings = read_settings(os.environ)
    return create_app(engine, AccessSettings(platform_authentication=settings.platform_authentication))
