"""Under which names do ids and counts leave the process?

What OpenTelemetry has a name for gets that one: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
"""

from collections.abc import Mapping
from typing import Final

from shared.orchestration.ports import Attributes

Exported = Mapping[str, str | int]

NAMES: Final[Mapping[str, str]] = {
    "method": "http.request.method",
    "status_code": "http.response.status_code",
    "operation": "url.template",
} | {
    key: f"tenantsync.{key}"
    for key in sorted(Attributes.__required_keys__ | Attributes.__optional_keys__)
    if key not in {"method", "status_code", "operation"}
}
"""All names there are; what has none here cannot be told."""


PATH: Final = "url.full"
"""The template once more: Application Insights names a request by the path of this one, and by "/" without it."""


def exported(attributes: Mapping[str, object]) -> Exported:
    """Return the attributes under their names; raises KeyError for one that has none."""
    return {NAMES[key]: value if isinstance(value, int) else str(value) for key, value in attributes.items()}


def exported_of_span(attributes: Mapping[str, object]) -> Exported:
    """Return the same for a span."""
    operation = attributes.get("operation")
    return {**exported(attributes), **({PATH: str(operation)} if operation else {})}
