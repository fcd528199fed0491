"""What does the host read in host.json and in app settings?"""

import json
from pathlib import Path

import pytest

from sandbox.host.settings import HostSettings, QueueSettings, SettingsError, read_host_settings, resolve, seconds


def test_an_empty_host_json_means_the_documented_defaults(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')

    assert read_host_settings(tmp_path) == HostSettings(route_prefix="api", queues=QueueSettings())


def test_host_json_is_followed(tmp_path: Path) -> None:
    queues = {
        "batchSize": 8,
        "maxDequeueCount": 3,
        "visibilityTimeout": "00:01:00",
        "maxPollingInterval": "00:00:05",
        "messageEncoding": "none",
    }
    (tmp_path / "host.json").write_text(json.dumps({"extensions": {"http": {"routePrefix": ""}, "queues": queues}}))

    settings = read_host_settings(tmp_path)

    assert settings.route_prefix == ""
    assert settings.queues == QueueSettings(
        batch_size=8,
        new_batch_threshold=4,
        visibility_timeout=60.0,
        max_dequeue_count=3,
        base64=False,
    )


def test_a_project_without_host_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"host\.json is missing"):
        read_host_settings(tmp_path)


def test_settings_are_put_in_for_their_names() -> None:
    assert resolve("%PREFIX%-work-%SUFFIX%", {"PREFIX": "a", "SUFFIX": "z"}) == "a-work-z"


def test_a_setting_that_is_missing_is_named() -> None:
    with pytest.raises(SettingsError, match="names the app setting QUEUE"):
        resolve("%QUEUE%", {})


@pytest.mark.parametrize(
    ("span", "length"),
    [("00:00:30", 30.0), ("00:10:00", 600.0), ("1.00:00:00", 86400.0), ("00:00:00.1", 0.1), ("7.01:02:03", 608523.0)],
)
def test_the_length_of_a_time_span(span: str, length: float) -> None:
    assert seconds(span) == length


@pytest.mark.parametrize("span", ["30", "PT30S", "00:00"])
def test_what_is_no_time_span(span: str) -> None:
    with pytest.raises(SettingsError, match="no time span"):
        seconds(span)
