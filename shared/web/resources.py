"""How are the parts written that several of Graph's resources share?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

Resource = dict[str, object]

UNSET: Final = "0001-01-01T00:00:00Z"
"""A time that Graph has no value for."""


def time_text(time: datetime | None) -> str:
    """Write a time as Graph does."""
    if time is None:
        return UNSET
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def cycle_id(configuration_id: str, number: int) -> str:
    """Name a cycle as logs and status do; the same cycle always has the same name."""
    return str(uuid5(NAMESPACE_URL, f"{configuration_id}/cycle/{number}"))


def part_of(resource: Mapping[str, object], path: str) -> object:
    """Follow names joined by slashes into a resource; what is not there is None."""
    value: object = resource
    for name in path.split("/"):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def error_resource(code: str, message: str) -> Resource | None:
    """Return Graph's synchronizationError; None where there is none."""
    if not code:
        return None
    return {"code": code, "message": message, "tenantActionable": True}
