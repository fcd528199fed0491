"""Is everybody counted once, under what they are?"""

import pytest

from shared.adapters.memory.clock import ManualClock
from shared.adapters.tables.entry_keys import link_key, partition_key, shard_of
from shared.adapters.tables.entry_rows import LINK
from shared.adapters.tables.entry_store import TableEntryStore
from shared.adapters.tables.rows import Insert, Rows
from shared.cycles.pending import PendingState, Verdict, WorkKind
from shared.cycles.statement import Statement
from shared.provisioning.link import Departure, Drift, LinkState
from shared.provisioning.provisioning_log import ModifiedProperty
from tests.shared.adapters.tables.values import NOW, STATE, link, pending

ACTIVE = ("equal", "again", "failing", "going", "kept", "let go")


@pytest.fixture
def store(rows: Rows, clock: ManualClock) -> TableEntryStore:
    return TableEntryStore(rows, clock, "slot")


async def test_nobody_is_nobody(store: TableEntryStore) -> None:
    assert await store.statement(STATE) == Statement()


async def test_everybody_is_counted_once(rows: Rows, store: TableEntryStore) -> None:
    states = {**dict.fromkeys(ACTIVE, LinkState.ACTIVE), "gone": LinkState.DELETED, "released": LinkState.RELEASED}
    for name, state in states.items():
        partition = partition_key(STATE.configuration_id, shard_of(name, STATE.shards))
        columns = LINK.columns(link(name, state=state))
        await rows.commit(partition, [Insert(key=link_key(name), values=columns)])
    staged = {"kind": WorkKind.REMOVE, "state": PendingState.STAGED}
    await store.stage(
        STATE,
        [
            pending("again", kind=WorkKind.UPDATE),
            pending("failing", kind=WorkKind.UPDATE, state=PendingState.ESCROWED, reason="Conflict"),
            pending("going", **staged),
            pending("kept", **staged, verdict=Verdict.REJECTED),
            pending("let go", **staged, verdict=Verdict.APPROVED),
            pending("new"),
            pending("refused", state=PendingState.ESCROWED, reason="Conflict"),
            pending("looked at", kind=WorkKind.EVALUATE),
            pending("gone", kind=WorkKind.CREATE, reason="TooManyRequests"),
        ],
    )

    statement = await store.statement(STATE)

    assert statement == Statement(
        in_scope=6,  # equal, again, failing; new, refused, gone
        present=6,
        equal=1,
        exceptions={
            "Approved": 1,
            "Conflict": 2,
            "Pending": 3,
            "Rejected": 1,
            "StagedDelete": 1,
            "TooManyRequests": 1,
        },
    )


async def test_in_whose_object_drift_is_left_is_not_equal_and_whom_the_target_deleted_is_not_present(
    rows: Rows, store: TableEntryStore
) -> None:
    changed = (ModifiedProperty(name="city", current="Gera", desired="Jena"),)
    found = {
        "equal": None,
        "changed": Drift(since=NOW, attributes=changed),
        "blocked": Drift(since=NOW, departure=Departure.BLOCKED, attributes=changed),
        "deleted": Drift(since=NOW, departure=Departure.DELETED),
        "released": Drift(since=NOW, departure=Departure.DELETED),
    }
    for name, drift in found.items():
        partition = partition_key(STATE.configuration_id, shard_of(name, STATE.shards))
        columns = LINK.columns(link(name).with_drift(drift))
        await rows.commit(partition, [Insert(key=link_key(name), values=columns)])
    await store.stage(STATE, [pending("released", kind=WorkKind.DRIFT)])

    assert await store.statement(STATE) == Statement(
        in_scope=5,
        present=3,
        equal=1,
        exceptions={"BlockedInTarget": 1, "DeletedInTarget": 1, "DriftReported": 1, "Pending": 1},
    )
