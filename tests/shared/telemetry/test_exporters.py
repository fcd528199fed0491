"""Do the standard variables say who receives telemetry, and nobody without them?"""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.orchestration.ports import Count, Gauge
from shared.telemetry import EngineTelemetry, span
from shared.telemetry.exporters import QUIET, open_exporters
from shared.telemetry.providers import providers
from shared.telemetry.tracing import traceparent
from tests.shared.telemetry.receiver import Receiver, receiving

ROOT = Path(__file__).resolve().parents[3]
SLOW = ("opentelemetry.sdk", "opentelemetry.exporter", "azure.monitor", "azure.identity", "google.protobuf")
KEY = "00000000-0000-4000-8000-00000000000a"


def kinds(environment: dict[str, str]) -> list[str]:
    found = open_exporters(environment)
    names = [type(exporter).__name__ for exporter in (*found.spans, *found.metrics)]
    for spans in found.spans:
        spans.shutdown()
    for metrics in found.metrics:
        metrics.shutdown()
    return names


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, []),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, []),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, ["OTLPSpanExporter", "OTLPMetricExporter"]),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, ["OTLPSpanExporter"]),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://127.0.0.1:1/v1/metrics"}, ["OTLPMetricExporter"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, []),
        ({"APPLICATIONINSIGHTS_CONNECTION_STRING": "nonsense"}, []),
    ],
)
def test_exporters_are_those_that_the_variables_name(environment: dict[str, str], expected: list[str]) -> None:
    assert kinds(environment) == expected


def test_a_variable_that_cannot_be_used_is_told_without_its_value(caplog: pytest.LogCaptureFixture) -> None:
    open_exporters({"APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=secret"})

    (record,) = [each for each in caplog.records if each.name.startswith("shared.")]
    assert (record.getMessage(), record.__dict__["exporter"]) == ("exporter left out", "application_insights")
    assert "secret" not in caplog.text


def test_without_a_receiver_spans_still_tie_messages_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "APPLICATIONINSIGHTS_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)
    providers.cache_clear()

    with span("tick"):
        assert traceparent()
    EngineTelemetry().count(Count.TICKS)
    EngineTelemetry().gauge(Gauge.READ_ONLY, 0)
    providers().close()
    providers.cache_clear()


def test_the_sdk_can_be_switched_off_by_its_own_variable(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    providers.cache_clear()

    with span("tick"):
        EngineTelemetry().count(Count.TICKS)
    providers().flush()

    assert receiver.bodies == []


def test_the_service_has_a_name_that_can_be_changed(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("", "sync-of-lindenhof"):
        monkeypatch.setenv("OTEL_SERVICE_NAME", name)
        providers.cache_clear()
        with span("tick"):
            pass
        providers().close()

    assert [each["service.name"] for each in receiver.resources] == ["tenantsync", "sync-of-lindenhof"]
    assert len({each["service.instance.id"] for each in receiver.resources}) == 2


def test_an_error_is_told_by_its_type_only(receiver: Receiver) -> None:
    with pytest.raises(ValueError, match="ada@lindenhof"), span("worker"):
        raise ValueError("ada@lindenhof.example has the telephone number +49 341 1")
    providers().flush()

    (told,) = receiver.spans
    assert (told.failed, told.message, told.events) == (True, "ValueError", 0)
    assert b"lindenhof" not in b"".join(receiver.bodies)


@pytest.mark.parametrize(("code", "failed"), [(200, False), (404, True), (429, True), (0, True)])
def test_a_status_code_of_a_failure_makes_the_span_one(receiver: Receiver, code: int, failed: bool) -> None:
    with span("write") as current:
        current.note(status_code=code)
        current.part("PATCH /users/{id}", method="PATCH", status_code=code)
    providers().flush()

    part, whole = receiver.spans
    assert (whole.failed, part.failed) == (failed, failed)
    assert (part.parent_id, part.started) == (whole.id, whole.started)
    assert part.started < part.ended <= whole.ended


@pytest.fixture
def ingestion(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Application Insights on loopback; this process sends to it."""
    with receiving() as receiver:
        receiver.reply = json.dumps({"itemsReceived": 9, "itemsAccepted": 9, "errors": []}).encode()
        connection = f"InstrumentationKey={KEY};IngestionEndpoint={receiver.endpoint}"
        for name, value in {**QUIET, "APPLICATIONINSIGHTS_CONNECTION_STRING": connection}.items():
            monkeypatch.setenv(name, value)
        providers.cache_clear()
        yield receiver
        providers().close()
        providers.cache_clear()


def envelopes(ingestion: Receiver) -> list[dict[str, Any]]:
    providers().flush()
    found = [envelope for body in ingestion.bodies for envelope in json.loads(body)]
    assert {each["iKey"] for each in found} == {KEY}
    return [each["data"]["baseData"] for each in found]


def test_application_insights_receives_measures_under_the_names_that_the_queries_ask_for(ingestion: Receiver) -> None:
    telemetry = EngineTelemetry()
    telemetry.count(Count.GRAPH_REQUESTS, 3, tenant_id="t", method="GET", operation="/users/{id}", status_code=403)
    telemetry.gauge(Gauge.OLDEST_DUE, 12.5, configuration_id="c")

    told = {each["metrics"][0]["name"]: each for each in envelopes(ingestion) if "metrics" in each}

    assert {name: each["metrics"][0]["value"] for name, each in told.items()} == {
        "tenantsync.graph.requests": 3,
        "tenantsync.entries.oldest_due": 12.5,
    }
    assert told["tenantsync.entries.oldest_due"]["properties"] == {"tenantsync.configuration_id": "c"}
    assert told["tenantsync.graph.requests"]["properties"] == {
        "tenantsync.tenant_id": "t",
        "http.request.method": "GET",
        "url.template": "/users/{id}",
        "http.response.status_code": "403",
    }


def test_application_insights_names_a_write_as_the_workbook_asks_for_it(
    ingestion: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    with span("write", tenant_id="t", entries=1) as current:
        current.part(
            "PATCH /users/{id}",
            method="PATCH",
            operation="/users/{id}",
            source_id="x",
            outcome="refused",
            status_code=403,
        )

    write = next(each for each in envelopes(ingestion) if each["name"] != "write")

    assert (write["name"], write["type"], write["resultCode"]) == ("PATCH /users/{id}", "HTTP", "403")
    assert write["success"] is False
    assert write["properties"] == {"tenantsync.source_id": "x", "tenantsync.outcome": "refused"}
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_with_the_authentication_string_application_insights_is_reached_as_the_identity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    connection = {"APPLICATIONINSIGHTS_CONNECTION_STRING": f"InstrumentationKey={KEY}"}

    def identities() -> set[str]:
        found = open_exporters(connection)
        return {type(getattr(each, "_credential", None)).__name__ for each in (*found.spans, *found.metrics)}

    assert identities() == {"NoneType"}
    monkeypatch.setenv("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", f"ClientId={KEY};Authorization=AAD")
    assert identities() == {"ManagedIdentityCredential"}


def test_to_find_the_functions_nothing_slow_is_loaded() -> None:
    code = f"import function_app, sys; print([name for name in sys.modules if name.startswith({SLOW!r})])"
    receiver = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=receiver, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
