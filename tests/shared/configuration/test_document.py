"""Does a valid document become the configuration it declares, and the other way round?"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.configuration import (
    Adoption,
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
from shared.configuration.document import parse, serialize
from shared.configuration.document_schema import DOCUMENT_SCHEMA
from tests.shared.configuration.documents import SERVICE_PRINCIPAL, SOURCE, TARGET, document

SMALLEST = Configuration(
    id="contoso-fabrikam",
    display_name="Contoso to Fabrikam",
    source=SourceTenant(tenant_id=SOURCE, service_principal_id=SERVICE_PRINCIPAL),
    target=TargetTenant(tenant_id=TARGET, invite_redirect_url="https://myapps.microsoft.com"),
)


def test_the_smallest_document_has_every_default() -> None:
    configuration = parse(document())

    assert configuration == SMALLEST
    assert configuration.scope == Scope(kind=ScopeKind.ALL, nested_groups=False, internal_guests=False)
    assert configuration.interval == timedelta(minutes=40)
    assert configuration.adoption is Adoption.REVIEW
    assert configuration.guards.removals == Guard(count=500, share=0.2, window=timedelta(hours=24))
    assert configuration.guards.disables == configuration.guards.removals
    assert (configuration.guards.creates, configuration.guards.rewrites) == (None, None)
    assert configuration.removal == Removal(action=RemovalAction.DELETE, after_days=0)
    assert configuration.drift is None
    assert configuration.log_retention == timedelta(days=30)


def test_every_declared_value_arrives() -> None:
    declared = document(
        {
            "/scope": {"kind": "assigned", "nestedGroups": True, "internalGuests": True},
            "/interval": "PT10M",
            "/adoption": "automatic",
            "/guards": {"removals": {"count": 20}, "creates": {"share": 1, "window": "P7D"}, "rewrites": None},
            "/removal": {"action": "none", "afterDays": 0},
            "/notifications": {"recipients": ["o'neil@contoso.com"], "sender": SERVICE_PRINCIPAL},
            "/drift": {"enforce": ["city"], "targetOwned": ["jobTitle"], "departures": "enforce"},
            "/logRetention": "P90D",
            "/schema": None,
        }
    )

    configuration = parse(declared)

    assert configuration.scope == Scope(kind=ScopeKind.ASSIGNED, nested_groups=True, internal_guests=True)
    assert (configuration.interval, configuration.log_retention) == (timedelta(minutes=10), timedelta(days=90))
    assert configuration.adoption is Adoption.AUTOMATIC
    assert configuration.guards == Guards(removals=Guard(count=20), creates=Guard(share=1.0, window=timedelta(days=7)))
    assert configuration.removal.action is RemovalAction.NONE
    assert configuration.drift == DriftRules(
        enforce=("city",), target_owned=("jobTitle",), departures=Departures.ENFORCE
    )
    assert configuration.notifications == Notifications(recipients=("o'neil@contoso.com",), sender=SERVICE_PRINCIPAL)


@pytest.mark.parametrize(
    "form",
    [
        json.dumps(document()),
        json.dumps(document()).encode(),
        b"\xef\xbb\xbf" + json.dumps(document()).encode(),
        "\ufeff" + json.dumps(document()),
        document({"/$schema": "./configuration.schema.json"}),
    ],
    ids=["text", "bytes", "bytes with a mark", "text with a mark", "object that names its schema"],
)
def test_a_document_may_come_in_any_of_these_forms(form: bytes | str | dict[str, Any]) -> None:
    assert parse(form) == SMALLEST


def test_a_document_that_only_mentions_drift_has_it_looked_at_and_overwrites_nothing() -> None:
    drift = parse(document({"/drift": {}})).drift

    assert drift == DriftRules(default=DriftPolicy.REPORT, departures=Departures.STICKY)


def test_each_attribute_has_one_policy_and_the_others_the_default() -> None:
    lists = {"enforce": ["city"], "report": ["country"], "targetOwned": ["jobTitle"]}
    drift = parse(document({"/drift": {"default": "enforce", **lists}})).drift
    assert drift is not None

    found = {name: drift.policy(name).value for name in ("city", "country", "jobTitle", "department")}

    assert found == {"city": "enforce", "country": "report", "jobTitle": "targetOwned", "department": "enforce"}


def test_ids_of_tenants_are_compared_in_lower_case() -> None:
    configuration = parse(document({"/source/tenantId": SOURCE.upper()}))

    assert configuration.source.tenant_id == SOURCE


def test_the_published_schema_is_the_one_that_validates() -> None:
    published = Path(__file__).parents[3] / "docs" / "configuration.schema.json"

    assert json.loads(published.read_text("utf-8")) == DOCUMENT_SCHEMA


def test_the_defaults_that_the_schema_states_are_those_that_apply() -> None:
    stated = _stated_defaults(DOCUMENT_SCHEMA)

    assert parse({**document(), **stated}) == SMALLEST
    assert stated["guards"]["removals"] == {"count": 500, "share": 0.2, "window": "PT24H"}


def _stated_defaults(schema: dict[str, Any]) -> dict[str, Any]:
    """Collect what each property says applies when it is left out; properties that must be there say nothing."""
    found = {}
    for name, each in schema["properties"].items():
        if "default" in each:
            found[name] = each["default"]
        elif "properties" in each and "required" not in each:
            found[name] = _stated_defaults(each)
    return found


def test_the_canonical_document_is_the_same_for_every_spelling() -> None:
    spelled = document({"/interval": "PT2400S", "/guards": {"removals": {"count": 500.0, "share": 0.20}}})

    assert serialize(parse(spelled)) == serialize(SMALLEST)


WHOLE_SECONDS = st.integers(min_value=300, max_value=86400).map(lambda each: timedelta(seconds=each))
GUARDS = st.builds(
    Guard,
    count=st.integers(1, 1_000_000_000),
    share=st.floats(0, 1, exclude_min=True),
    window=WHOLE_SECONDS,
)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=256).filter(str.strip)
CONFIGURATIONS = st.builds(
    Configuration,
    id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True),
    display_name=NAMES,
    source=st.just(SMALLEST.source),
    target=st.just(SMALLEST.target),
    scope=st.builds(Scope, kind=st.sampled_from(ScopeKind), nested_groups=st.booleans(), internal_guests=st.booleans()),
    interval=WHOLE_SECONDS,
    adoption=st.sampled_from(Adoption),
    guards=st.builds(Guards, removals=GUARDS, disables=GUARDS, creates=st.none() | GUARDS, rewrites=st.none() | GUARDS),
    removal=st.builds(
        Removal,
        action=st.sampled_from(RemovalAction),
        after_days=st.integers(0, 3650),
    ),
    drift=st.none()
    | st.builds(
        DriftRules,
        default=st.sampled_from([DriftPolicy.REPORT, DriftPolicy.ENFORCE]),
        enforce=st.sampled_from([(), ("city",), ("city", "manager")]),
        report=st.sampled_from([(), ("accountEnabled", "country")]),
        target_owned=st.sampled_from([(), ("jobTitle",)]),
        departures=st.sampled_from(Departures),
    ),
    notifications=st.none()
    | st.builds(
        Notifications,
        recipients=st.lists(st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.com", fullmatch=True), min_size=1, unique=True).map(
            lambda each: tuple(each[:50])
        ),
        sender=st.just("sync@contoso.com"),
    ),
    log_retention=st.integers(1, 3650).map(lambda each: timedelta(days=each)),
)


@given(CONFIGURATIONS)
def test_a_configuration_survives_being_written_and_read(configuration: Configuration) -> None:
    written = serialize(configuration)

    assert parse(written) == configuration
    assert serialize(parse(written)) == written
