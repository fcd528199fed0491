"""What does the provisioning log say of one pass over one entry? Words are Graph's provisioningObjectSummary.

https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.provisioning.entry import AttributeValue


class ProvisioningAction(StrEnum):
    """Graph's provisioningAction."""

    CREATE = "create"
    UPDATE = "update"
    DISABLE = "disable"
    DELETE = "delete"
    STAGED_DELETE = "stagedDelete"
    OTHER = "other"


class ProvisioningStatus(StrEnum):
    """Graph's provisioningResult."""

    SUCCESS = "success"
    FAILURE = "failure"
    SKIPPED = "skipped"
    WARNING = "warning"


class StepType(StrEnum):
    """Graph's provisioningStepType."""

    IMPORT = "import"
    SCOPING = "scoping"
    MATCHING = "matching"
    PROCESSING = "processing"
    REFERENCE_RESOLUTION = "referenceResolution"
    EXPORT = "export"


class ErrorCategory(StrEnum):
    """Graph's provisioningStatusErrorCategory."""

    FAILURE = "failure"
    NON_SERVICE_FAILURE = "nonServiceFailure"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningStep:
    """One step of a pass; names are Entra's (`EntryImport`, `EntrySynchronizationScoping`, `EntryExportAdd`...)."""

    name: str
    type: StepType
    status: ProvisioningStatus
    description: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifiedProperty:
    """One attribute of the target before and after."""

    name: str
    current: AttributeValue
    desired: AttributeValue


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorInformation:
    """Why an entry failed or was skipped, and what an administrator can do."""

    code: str
    reason: str
    category: ErrorCategory
    recommended_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person as the log names them."""

    id: str
    display_name: str = ""
    user_principal_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningLogRecord:
    """One record. `id` derives from configuration, source id and `started`: a repeated pass writes the same record."""

    id: str
    configuration_id: str
    cycle: int
    started: datetime
    duration_milliseconds: int
    action: ProvisioningAction
    status: ProvisioningStatus
    source: Identity
    target: Identity | None
    steps: tuple[ProvisioningStep, ...] = ()
    modified: tuple[ModifiedProperty, ...] = ()
    error: ErrorInformation | None = None
    initiated_by: str = ""
    """The person who asked for it; empty for the engine itself."""
