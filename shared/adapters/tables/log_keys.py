"""Under which keys does a log record stand in the index?

One partition for each configuration and UTC day. The record is under its time; beside it stand rows that only point to
it, under what it may be asked for by: its outcome, its cycle, its target and its id. A bucket is such a group of
pointers that is read as a whole; the partition of the days names which day has which bucket, so that a day without
anything is never looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.adapters.tables.entry_rows import record_columns
from shared.adapters.tables.key_order import inverted_day, inverted_time, number_part
from shared.adapters.tables.row_format import FORMAT_VERSION, VERSION
from shared.adapters.tables.rows import Insert, RowValue, Upsert, escape_key
from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus

# Keys of records, and of days, begin with a digit; whatever has a letter first only points to one.
ALONE = "alone"
POINTED = (VERSION, "action", "status", "cycle")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A record with all its places in the index."""

    record: ProvisioningLogRecord
    alone: bool = False

    @property
    def configuration(self) -> str:
        return escape_key(self.record.configuration_id)

    @property
    def day(self) -> date:
        return day_of(self.record.started)

    @property
    def key(self) -> str:
        return f"{inverted_time(self.record.started)}:{escape_key(self.record.id)}"

    @property
    def buckets(self) -> list[str]:
        """The groups of pointers that are named with their days."""
        found = [outcome_bucket(self.record.action, self.record.status)]
        found.append(cycle_bucket(self.record.cycle, self.record.status))
        return [*found, ALONE] if self.alone else found

    @property
    def pointers(self) -> list[str]:
        """The keys of the rows that point to the record."""
        groups = [*(each for each in self.buckets if each != ALONE), id_group(self.record.id)]
        if self.record.target is not None and self.record.target.id:
            groups.append(target_group(self.record.target.id))
        if self.alone:
            groups.append(source_group(self.record.source.id))
        return [f"{group}:{self.key}" for group in groups]

    def insertions(self) -> list[Insert]:
        """The record first, then what points to it; together they are one transaction."""
        pointed: dict[str, RowValue] = {
            VERSION: FORMAT_VERSION,
            "action": self.record.action.value,
            "status": self.record.status.value,
            "cycle": self.record.cycle,
        }
        rows = [Insert(key=pointer, values=pointed) for pointer in self.pointers]
        return [Insert(key=self.key, values=record_columns(self.record)), *rows]


def outcome_bucket(action: ProvisioningAction, status: ProvisioningStatus) -> str:
    return f"outcome:{action.value}:{status.value}"


def cycle_bucket(number: int, status: ProvisioningStatus) -> str:
    return f"cycle:{number_part(number)}:{status.value}"


def id_group(record_id: str) -> str:
    return f"id:{escape_key(record_id)}"


def source_group(source_id: str) -> str:
    return f"source:{escape_key(source_id)}"


def target_group(target_id: str) -> str:
    return f"target:{escape_key(target_id)}"


def day_of(time: datetime) -> date:
    return time.astimezone(UTC).date()


def day_begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def partition_of(name: str, day: date) -> str:
    return f"{name}:{day.isoformat()}"


def days_of(name: str) -> str:
    """The partition that names the days of a configuration."""
    return f"{name}:days"


def day_keys(day: date, buckets: Sequence[str]) -> list[str]:
    """The rows that name a day, and what it has."""
    part = inverted_day(day)
    return [part, *(f"{bucket}:{part}" for bucket in buckets)]


def naming(key: str) -> Upsert:
    return Upsert(key=key, values={VERSION: FORMAT_VERSION})
