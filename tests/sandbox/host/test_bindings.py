"""What does the host read in the bindings of a function?"""

import json

import pytest

from sandbox.host.bindings import HttpTrigger, QueueOutput, QueueTrigger, TimerTrigger, Trigger, parse
from sandbox.host.settings import SettingsError

SETTINGS = {"SCHEDULE": "0 * * * * *", "QUEUE": "work"}


def test_a_timer_resolves_its_schedule() -> None:
    trigger, outputs = _parse({"type": "timerTrigger", "name": "timer", "schedule": "%SCHEDULE%"})

    assert trigger == TimerTrigger(argument="timer", schedule="0 * * * * *", run_on_startup=False, use_monitor=True)
    assert outputs == ()


def test_a_queue_function_has_its_queue_and_its_outputs() -> None:
    trigger, outputs = _parse(
        {"type": "queueTrigger", "name": "message", "queueName": "%QUEUE%", "connection": "Storage"},
        {"type": "queue", "direction": "OUT", "name": "$return", "queueName": "done", "connection": "Storage"},
    )

    assert trigger == QueueTrigger(argument="message", queue="work", connection="Storage")
    assert outputs == (QueueOutput(argument="$return", queue="done", connection="Storage"),)


def test_an_http_function_without_route_has_its_name_as_route() -> None:
    trigger, outputs = _parse(
        {"type": "httpTrigger", "name": "req", "authLevel": "ANONYMOUS"},
        {"type": "http", "direction": "OUT", "name": "$return"},
    )

    assert trigger == HttpTrigger(argument="req", route="function", methods=())
    assert outputs == ()


@pytest.mark.parametrize(
    ("bindings", "reason"),
    [
        ([], "has 0 triggers"),
        ([{"type": "blobTrigger", "name": "blob"}], "does not run blobTrigger"),
        (
            [
                {"type": "httpTrigger", "name": "req"},
                {"type": "blob", "direction": "OUT", "name": "blob"},
            ],
            "does not write to blob",
        ),
    ],
)
def test_what_the_host_cannot_do_is_refused(bindings: list[dict[str, str]], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        _parse(*bindings)


def _parse(*bindings: dict[str, str]) -> tuple[Trigger, tuple[QueueOutput, ...]]:
    return parse("function", [json.dumps({"direction": "IN", **binding}) for binding in bindings], SETTINGS)
