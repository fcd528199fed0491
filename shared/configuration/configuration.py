"""What is a configuration: one source tenant, one target tenant, and the rules of the way between them?"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from shared.configuration.synchronization_schema import SynchronizationSchema


class Cloud(StrEnum):
    """The Microsoft cloud that a tenant lives in; see `shared.configuration.clouds`."""

    GLOBAL = "global"
    US_GOV = "usGov"
    US_GOV_DOD = "usGovDoD"
    CHINA = "china"


class ScopeKind(StrEnum):
    """Entra's "Sync all" and "Sync only assigned users and groups"."""

    ALL = "all"
    ASSIGNED = "assigned"


class Adoption(StrEnum):
    """What happens to a B2B user of the target that somebody else invited and that matches a person of the source."""

    NONE = "none"
    REVIEW = "review"
    AUTOMATIC = "automatic"


class RemovalAction(StrEnum):
    """What happens in the target to a person we created who left the scope."""

    DELETE = "delete"
    DISABLE = "disable"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTenant:
    """Where people come from; the assignments of the service principal (the enterprise application) are the scope."""

    tenant_id: str
    service_principal_id: str
    cloud: Cloud = Cloud.GLOBAL


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTenant:
    """Where people appear; an invitation needs a redirect address even when nobody is sent one."""

    tenant_id: str
    invite_redirect_url: str
    cloud: Cloud = Cloud.GLOBAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Who is in scope at all, before any filter."""

    kind: ScopeKind = ScopeKind.ALL
    nested_groups: bool = False
    """With `assigned`: members of groups within assigned groups are entitled too, at any depth."""
    internal_guests: bool = False
    """Guests who sign in to the source itself are in scope like members; external users never are."""

    @property
    def reads_nesting(self) -> bool:
        return self.nested_groups and self.kind is ScopeKind.ASSIGNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Trips at `count` people, or at `share` (0 to 1) of the population, whichever comes first, within `window`."""

    # 500 is the default of Entra's accidental deletion prevention:
    # https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
    count: int = 500
    share: float = 0.2
    window: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Removals and disables are always guarded; creates and rewrites only when the operator says so."""

    removals: Guard = field(default_factory=Guard)
    disables: Guard = field(default_factory=Guard)
    creates: Guard | None = None
    rewrites: Guard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What becomes of those who leave; with a delay, an object is disabled at once and deleted so many days later."""

    action: RemovalAction = RemovalAction.DELETE
    after_days: int = 0

    @property
    def delay(self) -> timedelta:
        return timedelta(days=self.after_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """Who hears of a quarantine, and the mailbox (address or object id) that the message is sent from."""

    recipients: tuple[str, ...]
    sender: str


class DriftPolicy(StrEnum):
    """What happens where the target's value of an attribute is not the wanted one, and the source has not changed.

    ENFORCE: it is written again. REPORT: it is reported. TARGET_OWNED: nothing; it is written on create only.
    """

    ENFORCE = "enforce"
    REPORT = "report"
    TARGET_OWNED = "targetOwned"


class Departures(StrEnum):
    """What happens when the target blocks or deletes somebody, or they leave it themselves.

    STICKY: that counts until somebody releases it. ENFORCE: they are enabled, restored or created again.
    """

    STICKY = "sticky"
    ENFORCE = "enforce"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRules:
    """What becomes of what others do in the target to people whom we provision; attributes by Graph's names."""

    default: DriftPolicy = DriftPolicy.REPORT
    enforce: tuple[str, ...] = ()
    report: tuple[str, ...] = ()
    target_owned: tuple[str, ...] = ()
    departures: Departures = Departures.STICKY

    def policy(self, name: str) -> DriftPolicy:
        """Return what counts for an attribute."""
        if name in self.target_owned:
            return DriftPolicy.TARGET_OWNED
        if name in self.enforce:
            return DriftPolicy.ENFORCE
        return DriftPolicy.REPORT if name in self.report else self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One push from one source tenant to one target tenant; its id is also the id of its synchronization job."""

    id: str
    display_name: str
    source: SourceTenant
    target: TargetTenant
    scope: Scope = field(default_factory=Scope)
    # Entra's fixed interval: https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschedule
    interval: timedelta = timedelta(minutes=40)
    adoption: Adoption = Adoption.REVIEW
    guards: Guards = field(default_factory=Guards)
    removal: Removal = field(default_factory=Removal)
    drift: DriftRules | None = None
    """None: the target is not looked at, but for whom there is work."""
    notifications: Notifications | None = None
    # Entra keeps provisioning logs for 30 days: https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention
    log_retention: timedelta = timedelta(days=30)
    schema: SynchronizationSchema | None = None
    """The mapping, the scoping filter and the directories that they are about; None is the default template."""
