"""Does every store leave alone what a newer version of the app wrote, whatever is asked of it?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.claims import TableClaimStore, claim_keys
from shared.adapters.tables.cycles import TableCycleStore
from shared.adapters.tables.entry_keys import partition_key
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.provisioning_logs import TableProvisioningLogIndex
from shared.adapters.tables.row_format import FORMAT_VERSION, VERSION
from shared.adapters.tables.rows import Row, Rows, Upsert
from shared.adapters.tables.watermarks import TableWatermarkStore
from shared.cycles.claim import Claim, ClaimKind
from shared.cycles.pending import DueClass
from shared.orchestration.ports import Closing, NewerRow, Watermark
from tests.shared.adapters.tables.values import NOW, ONE_SHARD, cycle, pending, record, work

CONFIGURATION = ONE_SHARD.configuration_id
CLAIM = Claim(tenant_id="t", kind=ClaimKind.MAIL, subject="a@b.example", configuration_id="c", source_id="s")

Ask = Callable[[Rows], Awaitable[object]]


def entries(rows: Rows) -> TableEntryStore:
    return TableEntryStore(rows, ManualClock(), "slot")


def log_index(rows: Rows) -> TableProvisioningLogIndex:
    return TableProvisioningLogIndex(rows, rows, ManualClock(NOW))


async def links(rows: Rows) -> object:
    return [each async for each in entries(rows).links(CONFIGURATION, 0)]


async def leased_and_closed(rows: Rows) -> None:
    store = entries(rows)
    await store.stage(ONE_SHARD, [pending("a")])
    (won,) = await store.lease(ONE_SHARD, [work("a")])
    await store.close(ONE_SHARD, [Closing(pending=None, work=won, log=record("a"), keep_intent=True)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is written, in which partition it stands, and what is asked when a newer version has rewritten it."""

    write: Ask
    partition: str
    ask: Ask


SHARD = partition_key(CONFIGURATION, 0)
CASES = {
    "cycle": Case(
        write=lambda rows: TableCycleStore(rows).create(cycle(1)),
        partition=CONFIGURATION,
        ask=lambda rows: TableCycleStore(rows).get(CONFIGURATION, 1),
    ),
    "cycle created again": Case(
        write=lambda rows: TableCycleStore(rows).create(cycle(1)),
        partition=CONFIGURATION,
        ask=lambda rows: TableCycleStore(rows).create(cycle(1)),
    ),
    "newest cycles": Case(
        write=lambda rows: TableCycleStore(rows).create(cycle(1)),
        partition=CONFIGURATION,
        ask=lambda rows: TableCycleStore(rows).newest(CONFIGURATION, 5),
    ),
    "claim": Case(
        write=lambda rows: TableClaimStore(rows).take(CLAIM),
        partition=claim_keys(CLAIM)[0],
        ask=lambda rows: TableClaimStore(rows).take(CLAIM),
    ),
    "watermark": Case(
        write=lambda rows: TableWatermarkStore(rows).save("c", Watermark(chain="users", link="l", issued=NOW)),
        partition="c",
        ask=lambda rows: TableWatermarkStore(rows).all("c"),
    ),
    "log": Case(
        write=lambda rows: log_index(rows).add([record("a")]),
        partition=f"{CONFIGURATION}:2026-01-01",
        ask=lambda rows: log_index(rows).page([CONFIGURATION], 5, ""),
    ),
    "pending": Case(
        write=lambda rows: entries(rows).stage(ONE_SHARD, [pending("a")]),
        partition=SHARD,
        ask=lambda rows: entries(rows).read(ONE_SHARD, ["a"]),
    ),
    "due": Case(
        write=lambda rows: entries(rows).stage(ONE_SHARD, [pending("a")]),
        partition=SHARD,
        ask=lambda rows: entries(rows).due(CONFIGURATION, 0, DueClass.CREATE, NOW, 5),
    ),
    "workload": Case(
        write=lambda rows: entries(rows).stage(ONE_SHARD, [pending("a")]),
        partition=SHARD,
        ask=lambda rows: entries(rows).workload(ONE_SHARD, NOW),
    ),
    "work": Case(
        write=lambda rows: entries(rows).lease(ONE_SHARD, [work("a")]),
        partition=SHARD,
        ask=lambda rows: entries(rows).lease(ONE_SHARD, [work("a", "other")]),
    ),
    "open works": Case(
        write=lambda rows: entries(rows).lease(ONE_SHARD, [work("a")]),
        partition=SHARD,
        ask=lambda rows: entries(rows).open_works(CONFIGURATION, 0),
    ),
    "record": Case(
        write=leased_and_closed,
        partition=SHARD,
        ask=lambda rows: entries(rows).log_records(ONE_SHARD, "a", 5),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_row_of_a_newer_version_is_neither_read_nor_replaced(rows: Rows, case: Case) -> None:
    await case.write(rows)
    await rows.commit(
        case.partition,
        [Upsert(key=row.key, values={**row.values, VERSION: FORMAT_VERSION + 1}) for row in await all_of(rows, case)],
    )
    before = await all_of(rows, case)
    assert before

    with pytest.raises(NewerRow):
        await case.ask(rows)

    assert await all_of(rows, case) == before


async def all_of(rows: Rows, case: Case) -> list[Row]:
    return [row async for row in rows.scan(case.partition)]
