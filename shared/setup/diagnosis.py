"""What is amiss, and who repairs it how? Each point is found by itself, so that none hides another.

| point | code |
|---|---|
| token | `InvalidAuthenticationToken`, with Entra's own AADSTS code in the message |
| permission | `InsufficientRights` |
| synchronization not allowed, no redemption from the source | `AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure` |
| no redemption into the target | `AzureDirectoryB2BManagementPolicyCheckFailure` |
| nobody may invite | `AzureActiveDirectoryForbidden` |
| collaboration blocked by a policy | `InvitationCreationFailure` |

https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from shared.configuration.configuration import Configuration, ScopeKind
from shared.setup.permissions import PERMISSIONS, Side
from shared.setup.remedies import REMEDIES, Check, Remedy, Severity
from shared.setup.sights import Sights, SourceSight, TargetSight


class Outcome(StrEnum):
    """FAILED: it is not as it has to be. UNKNOWN: it could not be looked at."""

    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One point that is not well."""

    check: Check
    outcome: Outcome
    severity: Severity
    code: str
    message: str
    remedy: str
    tenant_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """`holds` None: it could not be looked at."""

    check: Check
    holds: bool | None
    detail: str = ""


def diagnose(configuration: Configuration, sights: Sights) -> tuple[Finding, ...]:
    """Return all that is amiss, what stops everything first; nothing if all is well."""
    points = (*_app_points(sights), *_source_points(configuration, sights.source), *_target_points(sights.target))
    return tuple(_finding(each, configuration) for each in points if each.holds is not True)


def storage_finding() -> Finding:
    """Return what is said where not even the configuration can be read."""
    remedy = REMEDIES[Check.TABLES]
    return Finding(
        check=Check.TABLES,
        outcome=Outcome.FAILED,
        severity=remedy.severity,
        code=remedy.code,
        message=f"{remedy.message} configurations",
        remedy=remedy.what_to_do,
    )


def refusals(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings because of which credentials are not valid: failed ones, and no mere warnings."""
    return tuple(each for each in findings if each.outcome is Outcome.FAILED and each.severity is Severity.ERROR)


def _app_points(sights: Sights) -> Iterator[_Point]:
    app = sights.app
    yield _Point(check=Check.TABLES, holds=not app.failing_tables, detail=", ".join(app.failing_tables))
    yield _Point(check=Check.QUEUES, holds=not app.failing_queues, detail=", ".join(app.failing_queues))
    yield _Point(check=Check.READ_ONLY, holds=None if app.read_only is None else not app.read_only)
    yield _Point(
        check=Check.INVITATION_BLOCK, holds=None if app.invitations_blocked is None else not app.invitations_blocked
    )


def _source_points(configuration: Configuration, source: SourceSight) -> Iterator[_Point]:
    yield _Point(check=Check.SOURCE_TOKEN, holds=not source.refused, detail=source.refused)
    yield _permissions(Check.SOURCE_PERMISSIONS, Side.SOURCE, source.granted)
    partner = source.partner
    yield _Point(check=Check.OUTBOUND_REDEMPTION, holds=None if partner is None else partner.outbound_redemption)
    yield _Point(check=Check.OUTBOUND_COLLABORATION, holds=None if partner is None else not partner.outbound_blocked)
    yield _Point(check=Check.ENTERPRISE_APPLICATION, holds=source.application_enabled)
    if configuration.scope.kind is ScopeKind.ASSIGNED:
        yield _Point(check=Check.ASSIGNMENTS, holds=source.anybody_assigned)
    yield _Point(check=Check.MAIL_DOMAINS, holds=source.has_mail_domain)
    yield _Point(check=Check.LICENCE, holds=source.has_premium)


def _target_points(target: TargetSight) -> Iterator[_Point]:
    yield _Point(check=Check.TARGET_TOKEN, holds=not target.refused, detail=target.refused)
    yield _permissions(Check.TARGET_PERMISSIONS, Side.TARGET, target.granted)
    yield _Point(check=Check.INBOUND_SYNCHRONIZATION, holds=target.synchronization_allowed)
    partner = target.partner
    yield _Point(check=Check.INBOUND_REDEMPTION, holds=None if partner is None else partner.inbound_redemption)
    yield _Point(check=Check.INBOUND_COLLABORATION, holds=None if partner is None else not partner.inbound_blocked)
    yield _Point(check=Check.GUEST_INVITATIONS, holds=target.guests_may_be_invited)


def _permissions(check: Check, side: Side, granted: frozenset[str] | None) -> _Point:
    if granted is None:
        return _Point(check=check, holds=None)
    missing = [f"{each.name} ({each.reason})" for each in PERMISSIONS[side] if not each.is_in(granted)]
    return _Point(check=check, holds=not missing, detail=", ".join(missing))


def _finding(point: _Point, configuration: Configuration) -> Finding:
    remedy = REMEDIES[point.check]
    tenants = {Side.SOURCE: configuration.source.tenant_id, Side.TARGET: configuration.target.tenant_id, None: ""}
    unknown = point.holds is None
    return Finding(
        check=point.check,
        outcome=Outcome.UNKNOWN if unknown else Outcome.FAILED,
        severity=remedy.severity,
        code=remedy.code,
        message=f"It could not be checked whether this is so: {remedy.message}" if unknown else _told(remedy, point),
        remedy="Repair what else is named, then check again." if unknown else remedy.what_to_do,
        tenant_id=tenants[remedy.side],
    )


def _told(remedy: Remedy, point: _Point) -> str:
    return f"{remedy.message} {point.detail}".strip()
