"""What can be seen of two tenants and of the app's own storage? Whatever could not be read is None, never a guess."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSight:
    """What a tenant's cross-tenant access policy says of the other one, with what it inherits from its default."""

    inbound_redemption: bool = False
    outbound_redemption: bool = False
    inbound_blocked: bool = False
    outbound_blocked: bool = False
    """B2B collaboration is blocked for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSight:
    """The source tenant as the application sees it."""

    refused: str = ""
    """Why there is no token, in Entra's words; empty if there is one."""
    granted: frozenset[str] | None = None
    partner: PartnerSight | None = None
    application_enabled: bool | None = None
    """The enterprise application is there and not disabled."""
    anybody_assigned: bool | None = None
    has_mail_domain: bool | None = None
    """A verified domain takes mail."""
    has_premium: bool | None = None
    """A licence with Microsoft Entra ID P1 or P2 is enabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSight:
    """The target tenant as the application sees it."""

    refused: str = ""
    granted: frozenset[str] | None = None
    partner: PartnerSight | None = None
    synchronization_allowed: bool | None = None
    guests_may_be_invited: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSight:
    """The app's own surroundings."""

    failing_tables: tuple[str, ...] = ()
    failing_queues: tuple[str, ...] = ()
    read_only: bool | None = None
    invitations_blocked: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sights:
    source: SourceSight
    target: TargetSight
    app: AppSight
