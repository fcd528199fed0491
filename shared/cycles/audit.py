"""What does the audit keep of an act: who, when, why, and what was before and after?

Words are those of Graph's directoryAudit and of Entra's provisioning activities; what Entra has no act for has a name
in their style. https://learn.microsoft.com/graph/api/resources/directoryaudit
https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Activity(StrEnum):
    """Graph's activityDisplayName."""

    ADD = "Add provisioning configuration"
    UPDATE_SETTING = "Update provisioning setting or credentials"
    UPDATE_MAPPING = "Update attribute mappings or scope"
    START = "Enable/start provisioning configuration"
    PAUSE = "Disable/pause provisioning configuration"
    RESTART = "Enable/restart provisioning configuration"
    DELETE = "Delete provisioning configuration"
    QUARANTINE = "Quarantine"
    APPROVE = "Approve held changes"
    REJECT = "Reject held changes"
    RELEASE = "Release departures"
    PROVISION_ON_DEMAND = "Provision on demand"
    DOWNLOAD = "Download provisioning logs"
    NOTIFICATION = "Send notification"
    READ_ONLY = "Update read-only mode"


class AuditResult(StrEnum):
    """Graph's operationResult. TIMEOUT: nobody wrote down how it ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedValue:
    """One thing that an act changes, before and after; None is nothing."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One act, written down before it takes effect, and never changed."""

    id: str
    configuration_id: str
    """Empty: it concerns all of them."""
    when: datetime
    activity: Activity
    initiated_by: str = ""
    """Who; empty for the engine itself."""
    reason: str = ""
    """Why, in the words of whoever did it."""
    display_name: str = ""
    changes: tuple[AuditedValue, ...] = ()
    people: tuple[str, ...] = ()
    """Source ids of those whom it is about, where it names any."""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOutcome:
    """How an act ended; written down once, after it."""

    when: datetime
    result: AuditResult
    reason: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """An act, and how it ended if that is known."""

    record: AuditRecord
    outcome: AuditOutcome | None
