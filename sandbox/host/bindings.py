"""What does a function want from the host? Its trigger and its outputs, as types.

The host of the platform sees each binding as JSON; these are the kinds that the app uses.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.host.settings import SettingsError, resolve

RETURN = "$return"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerTrigger:
    argument: str
    schedule: str
    run_on_startup: bool
    use_monitor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTrigger:
    argument: str
    queue: str
    connection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTrigger:
    argument: str
    route: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOutput:
    argument: str
    queue: str
    connection: str


Trigger = TimerTrigger | QueueTrigger | HttpTrigger


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedFunction:
    """One function of the app: what starts it, what it sends, what is called."""

    name: str
    trigger: Trigger
    outputs: tuple[QueueOutput, ...]
    handler: Callable[..., Any]
    wants_context: bool


def parse(name: str, raw: Iterable[str], settings: Mapping[str, str]) -> tuple[Trigger, tuple[QueueOutput, ...]]:
    """The trigger and the outputs in a function's bindings."""
    documents = [json.loads(text) for text in raw]
    triggers = [_trigger(name, item, settings) for item in documents if item["type"].endswith("Trigger")]
    if len(triggers) != 1:
        raise SettingsError(f"{name} has {len(triggers)} triggers; a function has one.")
    outputs = [_output(name, item, settings) for item in documents if _is_output(item)]
    return triggers[0], tuple(outputs)


def _is_output(document: Mapping[str, Any]) -> bool:
    # The answer of an HTTP function is a binding as well; it is not sent anywhere.
    return bool(document["direction"] == "OUT" and document["type"] != "http")


def _trigger(function: str, document: Mapping[str, Any], settings: Mapping[str, str]) -> Trigger:
    match document["type"]:
        case "timerTrigger":
            return TimerTrigger(
                argument=document["name"],
                schedule=resolve(document["schedule"], settings),
                run_on_startup=bool(document.get("runOnStartup", False)),
                use_monitor=document.get("useMonitor") is not False,
            )
        case "queueTrigger":
            return QueueTrigger(
                argument=document["name"],
                queue=resolve(document["queueName"], settings),
                connection=document["connection"],
            )
        case "httpTrigger":
            return HttpTrigger(
                argument=document["name"],
                route=resolve(document.get("route") or function, settings),
                methods=tuple(document.get("methods") or ()),
            )
        case other:
            raise SettingsError(f"{function}: the local host does not run {other}.")


def _output(function: str, document: Mapping[str, Any], settings: Mapping[str, str]) -> QueueOutput:
    if document["type"] != "queue":
        raise SettingsError(f"{function}: the local host does not write to {document['type']}.")
    return QueueOutput(
        argument=document["name"],
        queue=resolve(document["queueName"], settings),
        connection=document["connection"],
    )
