"""Which configuration does a document declare, and which document declares a configuration?"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from shared.configuration.configuration import (
    Adoption,
    Cloud,
    Configuration,
    Departures,
    DriftPolicy,
    DriftRules,
    Guard,
    Guards,
    Notifications,
    Removal,
    RemovalAction,
    Scope,
    ScopeKind,
    SourceTenant,
    TargetTenant,
)
from shared.configuration.drift_document_rules import drift_problems
from shared.configuration.durations import format_duration, parse_duration
from shared.configuration.json_reading import read_json
from shared.configuration.problems import ConfigurationError, Problem, one_per_place
from shared.configuration.rules import rule_problems
from shared.configuration.schema_json import read_schema, write_schema
from shared.configuration.schema_rules import schema_problems
from shared.configuration.shape import shape_problems
from shared.configuration.synchronization_schema import SynchronizationSchema

SCHEMA_PATH: Final = "/schema"


def parse(document: bytes | str | Mapping[str, object]) -> Configuration:
    """Return the configuration with every default filled in, or raise ConfigurationError with every problem."""
    value, unreadable = read_json(document)
    found = one_per_place((*unreadable, *shape_problems(value)))
    unfit = {problem.path for problem in found}
    problems = one_per_place(
        (*found, *rule_problems(value, unfit), *_schema_problems(value, unfit), *drift_problems(value, unfit))
    )
    if problems or not isinstance(value, dict):
        raise ConfigurationError(problems)
    return _configuration(value)


def _schema_problems(value: object, unfit: Collection[str]) -> Iterator[Problem]:
    """Judge the schema of a document as soon as all of it has the right shape."""
    schema = value.get("schema") if isinstance(value, dict) else None
    if isinstance(schema, dict) and not any(each.startswith(SCHEMA_PATH) for each in unfit):
        yield from schema_problems(schema, SCHEMA_PATH)


def serialize(configuration: Configuration) -> bytes:
    """Write the canonical document: every default spelled out, names in order, no white space, UTF-8."""
    document = _document(configuration)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _configuration(value: dict[str, Any]) -> Configuration:
    return Configuration(
        id=value["id"],
        display_name=value["displayName"],
        source=_source(value["source"]),
        target=_target(value["target"]),
        scope=_scope(value.get("scope", {})),
        interval=parse_duration(value.get("interval", "PT40M")),
        adoption=Adoption(value.get("adoption", Adoption.REVIEW)),
        guards=_guards(value.get("guards", {})),
        removal=_removal(value.get("removal", {})),
        drift=_drift(value.get("drift")),
        notifications=_notifications(value.get("notifications")),
        log_retention=parse_duration(value.get("logRetention", "P30D")),
        schema=_schema(value.get("schema")),
    )


def _source(value: dict[str, Any]) -> SourceTenant:
    return SourceTenant(
        tenant_id=value["tenantId"].lower(),
        service_principal_id=value["servicePrincipalId"].lower(),
        cloud=Cloud(value.get("cloud", Cloud.GLOBAL)),
    )


def _target(value: dict[str, Any]) -> TargetTenant:
    return TargetTenant(
        tenant_id=value["tenantId"].lower(),
        invite_redirect_url=value["inviteRedirectUrl"],
        cloud=Cloud(value.get("cloud", Cloud.GLOBAL)),
    )


def _scope(value: dict[str, Any]) -> Scope:
    return Scope(
        kind=ScopeKind(value.get("kind", ScopeKind.ALL)),
        nested_groups=value.get("nestedGroups", False),
        internal_guests=value.get("internalGuests", False),
    )


def _guards(value: dict[str, Any]) -> Guards:
    creates, rewrites = value.get("creates"), value.get("rewrites")
    return Guards(
        removals=_guard(value.get("removals", {})),
        disables=_guard(value.get("disables", {})),
        creates=None if creates is None else _guard(creates),
        rewrites=None if rewrites is None else _guard(rewrites),
    )


def _guard(value: dict[str, Any]) -> Guard:
    default = Guard()
    return Guard(
        count=int(value.get("count", default.count)),
        share=float(value.get("share", default.share)),
        window=parse_duration(value["window"]) if "window" in value else default.window,
    )


def _removal(value: dict[str, Any]) -> Removal:
    action = RemovalAction(value.get("action", RemovalAction.DELETE))
    return Removal(action=action, after_days=int(value.get("afterDays", 0)))


def _drift(value: dict[str, Any] | None) -> DriftRules | None:
    if value is None:
        return None
    return DriftRules(
        default=DriftPolicy(value.get("default", DriftPolicy.REPORT)),
        enforce=tuple(value.get("enforce", ())),
        report=tuple(value.get("report", ())),
        target_owned=tuple(value.get("targetOwned", ())),
        departures=Departures(value.get("departures", Departures.STICKY)),
    )


def _notifications(value: dict[str, Any] | None) -> Notifications | None:
    if value is None:
        return None
    return Notifications(recipients=tuple(value["recipients"]), sender=value["sender"])


def _schema(value: dict[str, Any] | None) -> SynchronizationSchema | None:
    return None if value is None else read_schema(value)


def _document(configuration: Configuration) -> dict[str, object]:
    notifications, schema = configuration.notifications, configuration.schema
    document: dict[str, object] = {
        "id": configuration.id,
        "displayName": configuration.display_name,
        "source": {
            "tenantId": configuration.source.tenant_id,
            "servicePrincipalId": configuration.source.service_principal_id,
            "cloud": configuration.source.cloud,
        },
        "target": {
            "tenantId": configuration.target.tenant_id,
            "cloud": configuration.target.cloud,
            "inviteRedirectUrl": configuration.target.invite_redirect_url,
        },
        "scope": {
            "kind": configuration.scope.kind,
            "nestedGroups": configuration.scope.nested_groups,
            "internalGuests": configuration.scope.internal_guests,
        },
        "interval": format_duration(configuration.interval),
        "adoption": configuration.adoption,
        "guards": _guards_document(configuration.guards),
        "removal": {"action": configuration.removal.action, "afterDays": configuration.removal.after_days},
        "drift": configuration.drift and _drift_document(configuration.drift),
        "notifications": notifications
        and {"recipients": list(notifications.recipients), "sender": notifications.sender},
        "logRetention": format_duration(configuration.log_retention),
    }
    return document if schema is None else {**document, "schema": write_schema(schema)}


def _guards_document(guards: Guards) -> dict[str, object]:
    return {
        "removals": _guard_document(guards.removals),
        "disables": _guard_document(guards.disables),
        "creates": guards.creates and _guard_document(guards.creates),
        "rewrites": guards.rewrites and _guard_document(guards.rewrites),
    }


def _drift_document(drift: DriftRules) -> dict[str, object]:
    return {
        "default": drift.default,
        "enforce": sorted(drift.enforce),
        "report": sorted(drift.report),
        "targetOwned": sorted(drift.target_owned),
        "departures": drift.departures,
    }


def _guard_document(guard: Guard) -> dict[str, object]:
    return {"count": guard.count, "share": guard.share, "window": format_duration(guard.window)}
