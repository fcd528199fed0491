"""What does the engine keep of what was done, and which of it does somebody ask for?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from shared.provisioning.provisioning_log import ProvisioningAction, ProvisioningLogRecord, ProvisioningStatus


def every_record(_: ProvisioningLogRecord) -> bool:
    """Accept whatever record there is."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """Which records, and in which order? Each condition narrows; one that is None, or empty, asks for nothing.

    All but `matches` are looked up; `matches` is asked of each record that the others leave.
    """

    since: datetime | None = None
    before: datetime | None = None
    oldest_first: bool = False
    record_id: str = ""
    source_id: str = ""
    target_id: str = ""
    cycles: Mapping[str, int] | None = None
    """The number of the cycle by configuration; a configuration that is not in it has none."""
    actions: frozenset[ProvisioningAction] = frozenset(ProvisioningAction)
    statuses: frozenset[ProvisioningStatus] = frozenset(ProvisioningStatus)
    shards: Mapping[str, int] = field(default_factory=dict)
    """How many shards the entries of a configuration have; needed where `source_id` is asked for."""
    matches: Callable[[ProvisioningLogRecord], bool] = every_record

    def admits(self, record: ProvisioningLogRecord) -> bool:
        """Does the record fulfil every condition?"""
        return all(
            (
                self.since is None or record.started >= self.since,
                self.before is None or record.started < self.before,
                not self.record_id or record.id == self.record_id,
                not self.source_id or record.source.id == self.source_id,
                not self.target_id or (record.target is not None and record.target.id == self.target_id),
                self.cycles is None or self.cycles.get(record.configuration_id) == record.cycle,
                record.action in self.actions,
                record.status in self.statuses,
            )
        ) and self.matches(record)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """A part of the answer; it may be short, or empty, and still have a next one."""

    records: tuple[ProvisioningLogRecord, ...]
    next: str
    """Opaque; empty at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredLogs:
    """Records of the oldest day that is past its time; none of a day of which nothing is left but its name."""

    day: date
    records: tuple[ProvisioningLogRecord, ...]


class ProvisioningLogIndex(Protocol):
    """All records of a configuration by time: copies of the records in the entries' partitions."""

    async def add(self, records: Sequence[ProvisioningLogRecord], *, alone: bool = False) -> None:
        """Insert; a record that is there already is left as it is. `alone`: they stand nowhere else."""
        ...

    async def page(self, configuration_ids: Sequence[str], top: int, skip: str, query: LogQuery = ...) -> LogPage:
        """Return up to `top` records behind a skip token ("" is the beginning); raises ValueError for a bad token.

        It ends early, with a next page, before it costs more than a bounded number of requests.
        """
        ...

    async def expired(self, configuration_id: str, before: date, limit: int) -> ExpiredLogs | None:
        """Return up to `limit` records of the oldest day before a day; None if there is no such day."""
        ...

    async def forget(self, configuration_id: str, expired: ExpiredLogs, limit: int) -> int:
        """Delete the records or, if there are none, up to `limit` rows that are left of the day; returns how many."""
        ...

    async def keep_for(self, configuration_id: str, days: int) -> None:
        """Note for how long the records of a configuration that is being removed are kept."""
        ...

    async def kept(self) -> Mapping[str, int]:
        """Return which removed configurations have records left, and for how many days they are kept."""
        ...

    async def keep_no_longer(self, configuration_id: str) -> None:
        """Forget what `keep_for` noted."""
        ...
