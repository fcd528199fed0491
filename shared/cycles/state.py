"""What is one configuration doing: its small row that is changed by compare-and-swap only."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.cycles.attention import Attention
from shared.cycles.doubt import Doubt


class JobStatus(StrEnum):
    """Graph's synchronizationStatusCode, as an administrator sees it."""

    NOT_CONFIGURED = "NotConfigured"
    NOT_RUN = "NotRun"
    ACTIVE = "Active"
    PAUSED = "Paused"
    QUARANTINE = "Quarantine"


class QuarantineReason(StrEnum):
    """Graph's quarantineReason, as far as it is used."""

    BASE_ESCROWS = "EncounteredBaseEscrowThreshold"
    ESCROW_PROPORTION = "EncounteredEscrowProportionThreshold"
    EXCEPTION = "EncounteredQuarantineException"
    TOO_MANY_DELETES = "TooManyDeletes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """Why nothing (or no removal) is written at present; see Graph's synchronizationQuarantine."""

    reason: QuarantineReason
    began: datetime
    code: str
    message: str
    refused: bool = False
    """A tenant refused that entries are worked on; it ends as soon as one goes through."""
    series_began: datetime | None = None
    """When the first of a series began: of quarantines without an end in between."""
    series_count: int = 1
    next_attempt: datetime | None = None
    """No cycle starts before; None: the schedule alone decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationState:
    """The state row of a configuration."""

    configuration_id: str
    version: int
    """The version of the document that the next cycle uses."""
    active: bool
    """Started by an operator, and not paused since."""
    ever_started: bool = False
    cycle: int = 0
    """The number of the newest cycle; 0 before the first."""
    running: bool = False
    """The newest cycle has not ended."""
    next_due: datetime | None = None
    full_next: bool = True
    """The next cycle is an initial one."""
    restarted_at: int = 0
    """The newest cycle when somebody asked for a restart: only one after it does what was asked for."""
    proves_links: bool = False
    """The next initial cycle takes no link's digest for granted: each is compared with what the target shows."""
    forgiven_cycle: int = 0
    """Escrows of this cycle, or of one before it, are to be tried again at once; 0: none are."""
    last_full: datetime | None = None
    released_at: int = 0
    """The number of the snapshot of those released within the guard's window; 0 while there is none."""
    released_cycle: int = 0
    """Removals staged in this cycle or before may be carried out once they are proven."""
    population: int = 0
    """People provisioned when the newest completed cycle began; the base of the guard's share."""
    known_users: tuple[str, ...] = ()
    """A few source users that reading saw last: the positive control of a proof of absence."""
    shards: int = 8
    quarantine: Quarantine | None = None
    removed: datetime | None = None
    """When somebody removed the configuration; its rows go once nothing of it is under way."""
    last_completed: int = 0
    doubted_cycle: int = 0
    """The newest full cycle that left people out, as direct reads have shown."""
    steady_since: datetime | None = None
    """When the first cycle completed."""
    oldest_cycle: int = 1
    """Cycles before this one are past their time, and gone."""
    told_quarantine: str = ""
    """The name of the quarantine that people were told of last; see `shared.cycles.events`."""
    told_failure: int = 0
    told_breaker: str = ""
    notification_error: str = ""
    """Why the last mail could not be sent; empty if it was."""
    completed_at: datetime | None = None
    """When the last completed cycle ended."""
    purged: str = ""
    """Of days before this one (ISO 8601) no log record and no cycle is left that is past its time."""
    attention: Attention = field(default_factory=Attention)
    """Does a tick have to look at the shards?"""
    etag: str = ""

    @property
    def status(self) -> JobStatus:
        """Return what an administrator is told."""
        if self.quarantine is not None:
            return JobStatus.QUARANTINE
        if not self.active:
            return JobStatus.PAUSED if self.ever_started else JobStatus.NOT_RUN
        return JobStatus.ACTIVE


def is_held(state: ConfigurationState) -> bool:
    """Does the guard hold what is staged?"""
    return state.quarantine is not None and state.quarantine.reason is QuarantineReason.TOO_MANY_DELETES


SURGES: Final = frozenset({"TooManyCreates", "TooManyRewrites"})
"""Codes of the guards over creates and rewrites; see `shared.cycles.surge`."""


_DOUBTS: Final = frozenset(doubt.value for doubt in Doubt if doubt)


def is_doubted(state: ConfigurationState) -> bool:
    """Is the configuration in quarantine only because a cycle may not have read everything?"""
    return state.quarantine is not None and state.quarantine.code in _DOUBTS


def is_surging(state: ConfigurationState) -> bool:
    """Does a guard over creates or rewrites hold? Removals are not its business."""
    return state.quarantine is not None and state.quarantine.code in SURGES


def holds_removals(state: ConfigurationState) -> bool:
    """Is nobody to be removed or disabled, whatever was released before?"""
    return state.quarantine is not None and not is_surging(state) and not is_doubted(state)
