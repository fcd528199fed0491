"""What of the runner's own environment does a host see?"""

from sandbox.runner.functions_host import receivers_of


def test_a_host_is_told_who_receives_telemetry_and_nothing_else() -> None:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "AZURE_CLIENT_SECRET": "x", "OTELX": "x"}

    assert receivers_of(environment) == {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
