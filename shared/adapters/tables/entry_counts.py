"""How much is open in a shard, and how did the entries of a cycle end?"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from shared.adapters.tables.entry_keys import LINKS, PENDING, counters_of, source_id_of
from shared.adapters.tables.entry_rows import counts_of
from shared.adapters.tables.key_order import within
from shared.adapters.tables.row_format import VERSION, RowFormat, check_version
from shared.adapters.tables.rows import Row, Rows
from shared.cycles.pending import DueClass, Pending, PendingState, Verdict, WorkKind
from shared.cycles.statement import Statement, drift_reason, joins, leaves, reason_of
from shared.orchestration.ports import Unsettled
from shared.provisioning.link import Departure, LinkState
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningStatus

# What is counted needs no source values, and those are nearly all of a pending row.
_COUNTED = [VERSION, "kind", "state", "due", "staged_cycle", "verdict", "reason"]
_OPEN = RowFormat(Pending, keyed=["source_id"])
# What others have changed there may be long, and is not counted.
_STANDING = [VERSION, "state", "departure", "drifted_since"]
_REST = {"cycle": 0, "configuration_version": 0, "source": None}
_STAGED = frozenset({DueClass.DISABLE, DueClass.STAGED})


async def count_ends(
    rows: Rows, partition: str, cycle: int
) -> Mapping[tuple[ProvisioningAction, ProvisioningStatus], int]:
    """The counters of all slots, summed."""
    first, before = counters_of(cycle)
    total: Counter[tuple[ProvisioningAction, ProvisioningStatus]] = Counter()
    async for row in rows.scan(partition, first=first, before=before):
        total.update(counts_of(row))
    return total


async def count_open(rows: Rows, partition: str, released_cycle: int, now: datetime) -> Counter[str]:
    """Open entries as `due`, `waiting`, `staged`, `escrowed` and `delayed`."""
    return Counter([_standing_of(pending, released_cycle, now) async for pending in _open(rows, partition)])


async def statement(rows: Rows, partition: str) -> Statement:
    """How the people of a shard stand. What is open is held in memory, and the links are read past it."""
    open_ = {pending.source_id: pending async for pending in _open(rows, partition)}
    reasons = Counter(map(reason_of, open_.values()))
    linked = gone = equal = leaving = 0
    first, before = LINKS
    async for row in rows.scan(partition, first=first, before=before, select=_STANDING):
        check_version(row)
        if row.values["state"] != LinkState.ACTIVE:
            continue
        linked += 1
        pending, departure = open_.pop(source_id_of(row.key), None), _departure(row)
        gone += departure is Departure.DELETED
        equal += pending is None and departure is None
        leaving += pending is not None and leaves(pending)
        if pending is None and departure is not None:
            reasons[drift_reason(departure)] += 1
    joining = sum(map(joins, open_.values()))
    exceptions = dict(reasons)
    return Statement(in_scope=linked - leaving + joining, present=linked - gone, equal=equal, exceptions=exceptions)


def _departure(row: Row) -> Departure | None:
    """What others did to the object as a whole; None where no drift is left in it."""
    return Departure(str(row.values.get("departure", ""))) if "drifted_since" in row.values else None


async def staged(rows: Rows, partition: str) -> list[Pending]:
    """Entries of the classes DISABLE and STAGED that nobody has decided about, without their source values.

    The due index is asked first: mostly it says that there are none. It may name rows that have changed since, so where
    it names any the pending rows themselves are counted.
    """
    for due_class in _STAGED:
        first, before = within("due", due_class)
        if await rows.page(partition, first=first, before=before, limit=1, select=[VERSION]):
            return [pending async for pending in _open(rows, partition) if _is_undecided(pending)]
    return []


def _is_undecided(pending: Pending) -> bool:
    return pending.due_class in _STAGED and pending.verdict is Verdict.NONE


async def unsettled(rows: Rows, partition: str, released_cycle: int, now: datetime) -> Unsettled:
    """Whose rows have a stamp that no guard has released, without being staged; and whose delayed removal is due."""
    undecided, mature = list[str](), list[str]()
    async for pending in _open(rows, partition):
        stamped = pending.staged_cycle > released_cycle and pending.verdict is Verdict.NONE
        if stamped and pending.due_class not in _STAGED:
            undecided.append(pending.source_id)
        if pending.due_class is DueClass.DELAYED and pending.due <= now:
            mature.append(pending.source_id)
    return Unsettled(undecided=tuple(undecided), mature=tuple(mature))


async def _open(rows: Rows, partition: str) -> AsyncIterator[Pending]:
    first, before = PENDING
    async for row in rows.scan(partition, first=first, before=before, select=_COUNTED):
        yield _OPEN.value(row, source_id=source_id_of(row.key), **_REST)


def _standing_of(pending: Pending, released_cycle: int, now: datetime) -> str:
    if pending.state in {PendingState.ESCROWED, PendingState.DELAYED}:
        return pending.state.value
    held = pending.state is PendingState.STAGED or pending.kind is WorkKind.DISABLE
    released = pending.verdict is Verdict.APPROVED or (
        pending.verdict is Verdict.NONE and 0 < pending.staged_cycle <= released_cycle
    )
    if held and not released:
        return "staged"
    return "due" if pending.due <= now else "waiting"
