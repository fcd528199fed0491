"""What do host.json and the app settings say?

https://learn.microsoft.com/azure/azure-functions/functions-host-json
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#hostjson-settings
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SETTING = re.compile(r"%([^%]+)%")
_TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)")


class SettingsError(ValueError):
    """The app cannot be hosted as it is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """``extensions.queues`` of host.json; spans in engine seconds.

    ``maxPollingInterval`` is left out: how often the local host looks is its own option.
    """

    batch_size: int = 16
    new_batch_threshold: int = 8
    visibility_timeout: float = 0.0
    max_dequeue_count: int = 5
    base64: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSettings:
    """What this host follows of host.json."""

    route_prefix: str = "api"
    queues: QueueSettings = QueueSettings()


def read_host_settings(project: Path) -> HostSettings:
    """The settings in the project's host.json."""
    file = project / "host.json"
    if not file.is_file():
        raise SettingsError(f"{file} is missing: every function app has one.")
    extensions = json.loads(file.read_text(encoding="utf-8")).get("extensions", {})
    return HostSettings(
        route_prefix=extensions.get("http", {}).get("routePrefix", "api").strip("/"),
        queues=_queue_settings(extensions.get("queues", {})),
    )


def resolve(value: str, settings: Mapping[str, str]) -> str:
    """The value with each ``%NAME%`` replaced by the app setting of that name."""

    def setting(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in settings:
            raise SettingsError(f"{value!r} names the app setting {name}, which is not set.")
        return settings[name]

    return _SETTING.sub(setting, value)


def seconds(time_span: str) -> float:
    """The length of a .NET TimeSpan, ``[d.]hh:mm:ss``."""
    match = _TIME_SPAN.fullmatch(time_span)
    if match is None:
        raise SettingsError(f"{time_span!r} is no time span: hh:mm:ss.")
    days, hours, minutes, rest = match.groups(default="0")
    return int(days) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(rest)


def _queue_settings(document: Mapping[str, Any]) -> QueueSettings:
    batch_size = document.get("batchSize", 16)
    return QueueSettings(
        batch_size=batch_size,
        new_batch_threshold=document.get("newBatchThreshold", batch_size // 2),
        visibility_timeout=seconds(document.get("visibilityTimeout", "00:00:00")),
        max_dequeue_count=document.get("maxDequeueCount", 5),
        base64=document.get("messageEncoding", "base64") == "base64",
    )
