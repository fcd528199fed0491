"""Do the stores read to the end where there is more than the service returns at once, 1,000 rows?

https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.configurations import STATE as STATE_ROW
from shared.adapters.tables.configurations import STATES, TableConfigurationStore
from shared.adapters.tables.entry_keys import link_key, partition_key
from shared.adapters.tables.entry_rows import LINK, staged_operations
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.parallel import in_parallel
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.row_limits import batches
from shared.adapters.tables.rows import Operation, Rows, Upsert
from shared.configuration.document import parse
from shared.cycles.pending import DueClass, PendingState, WorkKind
from tests.shared.adapters.tables.values import HOUR, NOW, ONE_SHARD, link, pending, record

MANY = 1_050
CONFIGURATION = ONE_SHARD.configuration_id
SHARD = partition_key(CONFIGURATION, 0)
IDS = [f"person{number:04}" for number in range(MANY)]


async def write(rows: Rows, partition: str, operations: Sequence[Operation]) -> None:
    """In transactions of a hundred."""
    await in_parallel(rows.commit(partition, batch) for batch in batches(partition, operations))


async def test_open_work_of_more_than_a_page_is_staged_found_counted_and_purged(rows: Rows, clock: ManualClock) -> None:
    store = TableEntryStore(rows, clock, "slot")
    removal = pending("", kind=WorkKind.REMOVE, state=PendingState.STAGED, source=None, staged_cycle=1)
    await store.stage(ONE_SHARD, [replace(removal, source_id=each) for each in IDS])

    assert sorted([each async for each in store.pending_ids(CONFIGURATION, 0)]) == IDS
    assert sorted(row.source_id for row in await store.staged(ONE_SHARD)) == IDS
    assert (await store.workload(ONE_SHARD, NOW)).staged == MANY
    due = await store.due(CONFIGURATION, 0, DueClass.STAGED, NOW + HOUR, 2 * MANY)
    assert sorted(entry.source_id for entry in due) == IDS

    await store.forget_due(CONFIGURATION, 0, due)
    assert await store.due(CONFIGURATION, 0, DueClass.STAGED, NOW + HOUR, 2 * MANY) == []
    assert await store.purge(CONFIGURATION, 0, 1_020) == 1_020
    assert await store.purge(CONFIGURATION, 0, 5_000) == MANY - 1_020


async def test_links_of_more_than_a_page_are_read_to_their_end(rows: Rows, clock: ManualClock) -> None:
    store = TableEntryStore(rows, clock, "slot")
    await write(rows, SHARD, [Upsert(key=link_key(each), values=LINK.columns(link(each))) for each in IDS])
    await write(rows, SHARD, staged_operations(pending("person0000")))

    assert sorted([each.source_id async for each in store.links(CONFIGURATION, 0)]) == IDS


async def test_states_of_more_than_a_page_are_read_to_their_end(rows: Rows) -> None:
    await write(rows, STATES, [Upsert(key=each, values=STATE_ROW.columns(ONE_SHARD)) for each in IDS])

    states = TableConfigurationStore(rows, parse).states()

    assert sorted([state.configuration_id async for state in states]) == IDS


async def test_a_day_with_more_records_than_a_page_is_read_page_after_page(rows: Rows) -> None:
    index = TableProvisioningLogIndex(rows, rows, ManualClock(NOW + timedelta(days=1)))
    records = [record(each, started=NOW + timedelta(seconds=number)) for number, each in enumerate(IDS)]
    await index.add(records)

    first = await index.page([CONFIGURATION], 1_020, "")
    second = await index.page([CONFIGURATION], 1_020, first.next)

    assert [each.source.id for each in (*first.records, *second.records)] == IDS[::-1]
    assert (len(first.records), second.next) == (1_020, "")
