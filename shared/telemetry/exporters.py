"""Who receives traces and measures? Whoever the standard variables name; nobody without them.

| variable | receiver |
|---|---|
| `OTEL_EXPORTER_OTLP_ENDPOINT`, or that of a signal | OTLP over HTTP, with `OTEL_EXPORTER_OTLP_HEADERS` and the like |
| `APPLICATIONINSIGHTS_CONNECTION_STRING` | Application Insights |

With `APPLICATIONINSIGHTS_AUTHENTICATION_STRING` (`Authorization=AAD;ClientId=...`) the latter is reached as the managed
identity: https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

CONNECTION_STRING: Final = "APPLICATIONINSIGHTS_CONNECTION_STRING"
AUTHENTICATION_STRING: Final = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"
QUIET: Final = {
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
    "APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED": "true",
}
"""What keeps the exporter of Application Insights from telling of itself, also to others; the templates set it."""

OTLP: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
OTLP_TRACES: Final = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
OTLP_METRICS: Final = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"
OTLP_PROTOCOL: Final = "OTEL_EXPORTER_OTLP_PROTOCOL"

PROTOCOL: Final = "http/protobuf"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporters:
    """Where spans and measures go."""

    spans: "tuple[SpanExporter, ...]" = ()
    metrics: "tuple[MetricExporter, ...]" = ()


Opening = Callable[[Mapping[str, str], "TracerProvider | None"], Exporters]


def open_exporters(environment: Mapping[str, str], provider: "TracerProvider | None" = None) -> Exporters:
    """Return the exporters that the variables ask for; one that cannot be set up is left out with a warning."""
    wanted = {opening: any(environment.get(name) for name in names) for opening, names in _WANTED.items()}
    found = [_opened(opening, environment, provider) for opening, is_wanted in wanted.items() if is_wanted]
    return Exporters(
        spans=tuple(span for each in found for span in each.spans),
        metrics=tuple(metric for each in found for metric in each.metrics),
    )


def _opened(opening: Opening, environment: Mapping[str, str], provider: "TracerProvider | None") -> Exporters:
    try:
        return opening(environment, provider)
    except ValueError:
        # not its message, which quotes the connection string
        _log.warning("exporter left out", extra={"action": "open_exporter", "exporter": opening.__name__.strip("_")})
        return Exporters()


def _otlp_spans(environment: Mapping[str, str], _: "TracerProvider | None") -> Exporters:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

    _check_protocol(environment)
    return Exporters(spans=(OTLPSpanExporter(),))


def _otlp_metrics(environment: Mapping[str, str], _: "TracerProvider | None") -> Exporters:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415

    _check_protocol(environment)
    return Exporters(metrics=(OTLPMetricExporter(),))


def _check_protocol(environment: Mapping[str, str]) -> None:
    protocol = environment.get(OTLP_PROTOCOL) or PROTOCOL
    if protocol != PROTOCOL:
        raise ValueError(f"{OTLP_PROTOCOL} is '{protocol}'; '{PROTOCOL}' is what this app can speak.")


def _application_insights(environment: Mapping[str, str], provider: "TracerProvider | None") -> Exporters:
    from azure.monitor.opentelemetry.exporter import (  # noqa: PLC0415
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
    )

    # it logs each of its requests at level INFO, into the log of the app itself
    logging.getLogger("azure.core.pipeline.policies.http_logging_policy").setLevel(logging.WARNING)
    connection = environment[CONNECTION_STRING]
    # kept in memory only: what could not be sent is worth less than a full disk
    options = {"connection_string": connection, "disable_offline_storage": True}
    # it looks for a global provider otherwise, and complains with each export that there is none
    spans = AzureMonitorTraceExporter(tracer_provider=provider, **options)
    return Exporters(spans=(spans,), metrics=(AzureMonitorMetricExporter(**options),))


_WANTED: Final = {
    _otlp_spans: (OTLP, OTLP_TRACES),
    _otlp_metrics: (OTLP, OTLP_METRICS),
    _application_insights: (CONNECTION_STRING,),
}
