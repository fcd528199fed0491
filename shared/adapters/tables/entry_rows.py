"""What do the rows of an entry look like?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from shared.adapters.tables.entry_keys import due_key, due_of, log_key, pending_key, source_id_of
from shared.adapters.tables.row_format import FORMAT_VERSION, VERSION, RowFormat, check_version
from shared.adapters.tables.rows import Delete, Insert, Operation, Replace, Row, RowValue, Upsert
from shared.cycles.counters import Counted
from shared.cycles.pending import Pending
from shared.cycles.work import Work
from shared.provisioning.link import Link
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What the row of a log record holds, in the entries as in the index: the record as JSON."""

    record: ProvisioningLogRecord


LINK = RowFormat(Link, keyed=["source_id"])
PENDING_ROW = RowFormat(Pending, keyed=["source_id"])
WORK = RowFormat(Work, keyed=["source_id"])
LOGGED = RowFormat(Logged)

Counts = Mapping[tuple[ProvisioningAction, ProvisioningStatus], int]


def link_of(row: Row) -> Link:
    return LINK.value(row, source_id=source_id_of(row.key), etag=row.etag)


def pending_of(row: Row) -> Pending:
    return PENDING_ROW.value(row, source_id=source_id_of(row.key), etag=row.etag)


def work_of(row: Row) -> Work:
    return WORK.value(row, source_id=source_id_of(row.key), etag=row.etag)


def record_of(row: Row) -> ProvisioningLogRecord:
    return LOGGED.value(row).record


def record_columns(record: ProvisioningLogRecord) -> dict[str, RowValue]:
    return LOGGED.columns(Logged(record=record))


def record_key(record: ProvisioningLogRecord) -> str:
    return log_key(record.source.id, record.started)


def staged_operations(pending: Pending) -> list[Operation]:
    """The pending row and its due row, over whatever stands there."""
    return [Upsert(key=pending_key(pending.source_id), values=PENDING_ROW.columns(pending)), due_operation(pending)]


def exchange_operations(read: Pending | None, following: Pending) -> list[Operation]:
    """The pending row and its due row instead of those that were read, if they are unchanged."""
    key, values = pending_key(following.source_id), PENDING_ROW.columns(following)
    if read is None:
        return [Insert(key=key, values=values), due_operation(following)]
    operations = [Replace(key=key, values=values, etag=read.etag), due_operation(following)]
    if due_of(read) != due_of(following):
        operations.append(Delete(key=due_key(due_of(read))))
    return operations


def due_operation(pending: Pending) -> Operation:
    """The due row of a pending row; all it says is in its key."""
    return Upsert(key=due_key(due_of(pending)), values={VERSION: FORMAT_VERSION})


def counts_of(row: Row | None) -> dict[tuple[ProvisioningAction, ProvisioningStatus], int]:
    """Counters stand in columns `<action>_<status>`."""
    if row is None:
        return {}
    check_version(row)
    counts: dict[tuple[ProvisioningAction, ProvisioningStatus], int] = {}
    for name, value in row.values.items():
        action, _, status = name.partition("_")
        if status and isinstance(value, int):
            counts[ProvisioningAction(action), ProvisioningStatus(status)] = value
    return counts


def counts_columns(counts: Counts) -> dict[str, RowValue]:
    columns = {f"{action}_{status}": count for (action, status), count in counts.items()}
    return {VERSION: FORMAT_VERSION, **columns}


def added(counts: Counts, counted: Iterable[Counted]) -> Counts:
    """The counts with each of `counted` added."""
    total = dict(counts)
    for one in counted:
        total[one.action, one.status] = total.get((one.action, one.status), 0) + 1
    return total


def same_work(row: Row | None, work: Work) -> bool:
    """Does the row hold this work, whatever its etag?"""
    return row is not None and replace(work_of(row), etag="") == replace(work, etag="")


def same_pending(row: Row, pending: Pending) -> bool:
    """Does the row hold this pending work, whatever its etag?"""
    return replace(pending_of(row), etag="") == replace(pending, etag="")
