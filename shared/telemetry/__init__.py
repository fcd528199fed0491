"""How do traces and measures leave the process? Through OpenTelemetry, where a standard variable names a receiver."""

from shared.telemetry.engine_telemetry import EngineTelemetry
from shared.telemetry.tracing import span

__all__ = ["EngineTelemetry", "span"]
