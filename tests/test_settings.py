"""Are the app settings read, all their problems told at once, and the example usable?"""

import json
from pathlib import Path

import pytest

from sandbox.azurite import Azurite
from shared.orchestration.start_cycles import tick
from shared.settings import KEYS, SettingsError, read_settings
from shared.wiring import open_engine

EXAMPLE = Path(__file__).resolve().parent.parent / "local.settings.example.json"
# What the Functions host reads, and not we.
OF_THE_HOST = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsDisableHomepage"}

AZURE = {
    "AzureWebJobsStorage__queueServiceUri": "https://a.queue.core.windows.net",
    "AzureWebJobsStorage__tableServiceUri": "https://a.table.core.windows.net",
    "TENANTSYNC_APPLICATION_ID": "application",
    "TENANTSYNC_MANAGED_IDENTITY_CLIENT_ID": "identity",
}
LOCAL = {"AzureWebJobsStorage": "UseDevelopmentStorage=true", "TENANTSYNC_CREDENTIAL": "sandbox"}


def example() -> dict[str, str]:
    values: dict[str, str] = json.loads(EXAMPLE.read_text(encoding="utf-8"))["Values"]
    return values


def problems_of(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as raised:
        read_settings(environment)
    return str(raised.value)


def test_the_example_names_every_key_that_is_read_and_no_other() -> None:
    assert set(example()) == set(KEYS) | OF_THE_HOST


def test_the_example_can_be_used_as_it_is() -> None:
    settings = read_settings(example())

    assert settings.storage == "UseDevelopmentStorage=true"
    assert settings.sandbox_credential
    assert settings.graph_endpoint.startswith("http://127.0.0.1:")
    assert (settings.clock_scale, settings.clock_origin) == (1.0, 0.0)
    assert not settings.platform_authentication


async def test_the_example_starts_the_app_on_azurite(azurite: Azurite) -> None:
    # Its own ports instead of the usual ones, which another emulator may have.
    values = example() | {"AzureWebJobsStorage": azurite.connection_string}

    async with open_engine(values) as engine:
        await tick(engine)

        assert [state async for state in engine.configurations.states()] == []


def test_the_example_holds_no_secret_and_is_not_encrypted() -> None:
    document = json.loads(EXAMPLE.read_text(encoding="utf-8"))

    assert document["IsEncrypted"] is False
    assert not any("key" in value.lower() or "secret" in value.lower() for value in document["Values"].values())


def test_in_azure_everything_else_has_a_default() -> None:
    settings = read_settings(AZURE)

    assert (settings.storage, settings.queue_uri) == ("", "https://a.queue.core.windows.net")
    assert settings.table_uri == "https://a.table.core.windows.net"
    assert (settings.application_id, settings.managed_identity_client_id) == ("application", "identity")
    assert settings.graph_endpoint == "https://graph.microsoft.com"
    assert (settings.sandbox_credential, settings.platform_authentication) == (False, False)
    assert (settings.clock_scale, settings.clock_origin, settings.storage_client_id) == (1.0, 0.0, "")


def test_the_sandbox_needs_no_application() -> None:
    assert read_settings(LOCAL).sandbox_credential


def test_empty_values_are_the_same_as_none() -> None:
    assert read_settings({**dict.fromkeys(KEYS, ""), **AZURE}) == read_settings(AZURE)


@pytest.mark.parametrize(
    ("text", "on"), [("true", True), ("True", True), ("TRUE", True), ("false", False), ("1", False), ("", False)]
)
def test_the_platform_is_believed_only_where_it_says_it_is_on(text: str, on: bool) -> None:
    assert read_settings({**AZURE, "WEBSITE_AUTH_ENABLED": text}).platform_authentication is on


def test_an_empty_environment_lacks_storage_and_identity_at_once() -> None:
    message = problems_of({})

    for key in ("AzureWebJobsStorage", "TENANTSYNC_APPLICATION_ID", "TENANTSYNC_MANAGED_IDENTITY_CLIENT_ID"):
        assert f"{key} is missing" in message


def test_every_problem_is_told_at_once() -> None:
    message = problems_of(
        {
            "TENANTSYNC_CREDENTIAL": "password",
            "TENANTSYNC_CLOCK_SCALE": "fast",
            "TENANTSYNC_CLOCK_ORIGIN": "-1",
        }
    )

    for key in ("AzureWebJobsStorage", "TENANTSYNC_CREDENTIAL", "TENANTSYNC_CLOCK_SCALE", "TENANTSYNC_CLOCK_ORIGIN"):
        assert key in message
    assert all(value in message for value in ("password", "fast", "-1"))


@pytest.mark.parametrize("missing", ["AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__tableServiceUri"])
def test_storage_by_identity_needs_both_addresses(missing: str) -> None:
    assert missing in problems_of({key: value for key, value in AZURE.items() if key != missing})


@pytest.mark.parametrize("missing", ["TENANTSYNC_APPLICATION_ID", "TENANTSYNC_MANAGED_IDENTITY_CLIENT_ID"])
@pytest.mark.parametrize("credential", ["", "managedIdentity"])
def test_the_managed_identity_needs_an_application(missing: str, credential: str) -> None:
    environment = {**AZURE, "TENANTSYNC_CREDENTIAL": credential, missing: ""}

    assert problems_of(environment) == f"The app settings are not usable. {missing} is missing."


@pytest.mark.parametrize(("text", "number"), [("60", 60.0), ("0.5", 0.5), ("", 1.0), ("1e3", 1000.0)])
def test_the_clock_may_run_faster_or_slower(text: str, number: float) -> None:
    assert read_settings({**LOCAL, "TENANTSYNC_CLOCK_SCALE": text}).clock_scale == number


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "-inf", "1e999", "one", "1,5", "0x10", " "])
def test_a_scale_that_is_no_speed_is_refused(text: str) -> None:
    assert "TENANTSYNC_CLOCK_SCALE" in problems_of({**LOCAL, "TENANTSYNC_CLOCK_SCALE": text})


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "yesterday"])
def test_an_origin_that_is_no_time_is_refused(text: str) -> None:
    assert "TENANTSYNC_CLOCK_ORIGIN" in problems_of({**LOCAL, "TENANTSYNC_CLOCK_ORIGIN": text})


def test_an_origin_of_zero_is_a_time() -> None:
    assert read_settings({**LOCAL, "TENANTSYNC_CLOCK_ORIGIN": "0"}).clock_origin == 0.0


@pytest.mark.parametrize(
    ("text", "read_only"), [("", False), ("false", False), ("true", True), ("TRUE", True), ("1", True)]
)
def test_the_app_is_read_only_where_the_setting_says_so(text: str, read_only: bool) -> None:
    assert read_settings({**LOCAL, "TENANTSYNC_READ_ONLY": text}).read_only is read_only


def test_a_setting_that_may_mean_either_is_refused() -> None:
    assert "TENANTSYNC_READ_ONLY is 'yes please'" in problems_of({**LOCAL, "TENANTSYNC_READ_ONLY": "yes please"})


@pytest.mark.parametrize(
    ("cloud", "endpoint"),
    [
        ("", "https://graph.microsoft.com"),
        ("global", "https://graph.microsoft.com"),
        ("usGov", "https://graph.microsoft.us"),
        ("usGovDoD", "https://dod-graph.microsoft.us"),
        ("china", "https://microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_each_cloud_has_its_own_graph(cloud: str, endpoint: str) -> None:
    assert read_settings({**AZURE, "TENANTSYNC_CLOUD": cloud}).graph_endpoint == endpoint


def test_a_cloud_that_does_not_exist_is_refused() -> None:
    assert "TENANTSYNC_CLOUD is 'mars'" in problems_of({**AZURE, "TENANTSYNC_CLOUD": "mars"})


def test_the_graph_of_another_cloud_is_refused() -> None:
    endpoint = {"TENANTSYNC_CLOUD": "china", "TENANTSYNC_GRAPH_ENDPOINT": "https://graph.microsoft.com/"}

    assert "leave it out" in problems_of({**AZURE, **endpoint})
