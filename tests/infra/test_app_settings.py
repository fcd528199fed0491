"""Do the templates give the app what it reads, and nothing that nobody reads?"""

import json
from typing import Final

import pytest

from shared.configuration.configuration import Cloud
from shared.settings import KEYS, read_settings
from shared.telemetry.exporters import AUTHENTICATION_STRING, CONNECTION_STRING, QUIET
from shared.wiring import IMPORT_QUEUE, PROVISIONING_QUEUE
from tests.infra.bicep import INFRA, properties, read, text, walk

ROOT: Final = INFRA.parent
APP: Final = read(INFRA / "modules" / "app.bicep")
STORAGE: Final = read(INFRA / "modules" / "storage.bicep")

# Read by the Functions host or by App Service Authentication, not by us:
# https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
OF_THE_PLATFORM: Final = {
    "AzureWebJobsDisableHomepage",
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__credential",
    "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
    "WEBSITE_AUTH_AAD_ALLOWED_TENANTS",
}
# For the local world, set by the platform, or with a default that is right in Azure.
NOT_GIVEN: Final = {
    "AzureWebJobsStorage",
    "TENANTSYNC_GRAPH_ENDPOINT",
    "TENANTSYNC_CREDENTIAL",
    "TENANTSYNC_CLOCK_SCALE",
    "TENANTSYNC_CLOCK_ORIGIN",
    "WEBSITE_AUTH_ENABLED",
}
TELEMETRY: Final = {CONNECTION_STRING, AUTHENTICATION_STRING, *QUIET}

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
ROLES: Final = {
    "storageBlobDataOwner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "storageQueueDataContributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "storageTableDataContributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "monitoringMetricsPublisher": "3913510d-42f4-4e42-8a64-420c390055eb",
}


def given() -> dict[str, str]:
    settings = APP.of("resource")["settings"]
    return {name: text(node) for name, node in properties(properties(settings.body)["properties"]).items()}


def literal(value: str) -> str:
    """What a value comes to, with a word for what is only known in Azure."""
    return value.strip("'") if value.startswith("'") and "${" not in value else "known-in-azure"


def test_every_setting_is_read_by_somebody() -> None:
    assert set(given()) == (set(KEYS) - NOT_GIVEN) | OF_THE_PLATFORM | TELEMETRY


def test_what_is_not_given_is_a_setting_all_the_same() -> None:
    assert set(KEYS) >= NOT_GIVEN


def test_the_app_can_start_with_what_it_is_given() -> None:
    values = {name: literal(value) for name, value in given().items()}

    settings = read_settings(values | {"TENANTSYNC_CLOUD": "china", "TENANTSYNC_READ_ONLY": "true"})

    assert settings.storage == ""
    assert not settings.sandbox_credential
    assert (settings.cloud, settings.read_only) == (Cloud.CHINA, True)


def test_the_exporter_talks_to_nobody_but_its_endpoint() -> None:
    assert {name: literal(given()[name]) for name in QUIET} == QUIET


def test_the_clouds_of_the_templates_are_those_of_the_app() -> None:
    main = (INFRA / "main.bicep").read_text("utf-8")

    assert f"@allowed([{', '.join(repr(cloud.value) for cloud in Cloud)}])\nparam cloud" in main


@pytest.mark.parametrize(("name", "role"), ROLES.items())
def test_role_ids_are_those_of_the_roles_that_they_are_called(name: str, role: str) -> None:
    said = "\n".join(path.read_text("utf-8") for path in (INFRA / "modules").glob("*.bicep"))

    assert f"{name}: '{role}'" in said or f"var {name} = '{role}'" in said


def test_there_are_no_roles_beside_those() -> None:
    said = "\n".join(path.read_text("utf-8") for path in INFRA.rglob("*.bicep"))

    assert {word for word in said.replace("'", " ").split() if word.count("-") == 4 and len(word) == 36} == set(
        ROLES.values()
    )


def test_queues_are_those_that_the_functions_listen_to() -> None:
    declared = STORAGE.of("var")["queues"].node
    names = {text(node) for node in walk(declared) if node.type == "string_content"}

    assert names == {f"{queue}{suffix}" for queue in (IMPORT_QUEUE, PROVISIONING_QUEUE) for suffix in ("", "-poison")}


def test_storage_has_no_keys_and_its_state_a_lock() -> None:
    account = text(STORAGE.of("resource")["account"].node)
    lock = text(STORAGE.of("resource")["lock"].node)

    assert "allowSharedKeyAccess: false" in account
    assert "allowBlobPublicAccess: false" in account
    assert "scope: account" in lock
    assert "level: 'CanNotDelete'" in lock


def test_nobody_sends_telemetry_with_a_key() -> None:
    monitoring = (INFRA / "modules" / "monitoring.bicep").read_text("utf-8")

    assert "DisableLocalAuth: true" in monitoring
    assert "disableLocalAuth: true" in monitoring
    assert "Authorization=AAD" in given()[AUTHENTICATION_STRING]


def test_nothing_answers_before_somebody_has_signed_in() -> None:
    authentication = properties(APP.of("resource")["authentication"].body)["properties"]
    validation = {name: text(node) for name, node in properties(properties(authentication)["globalValidation"]).items()}

    assert validation["requireAuthentication"] == "true"
    assert "excludedPaths" not in validation


def test_the_python_of_the_templates_is_one_that_the_app_runs_on() -> None:
    version = text(read(INFRA / "main.bicep").of("param")["pythonVersion"].node).split("'")[-2]
    major, minor = map(int, version.split("."))

    assert (3, 11) <= (major, minor) < (3, 14)


def test_azd_deploys_the_root_as_the_service_that_the_site_is_tagged_with() -> None:
    described = (ROOT / "azure.yaml").read_text("utf-8")

    assert "\nservices:\n  api:\n    project: .\n    language: python\n    host: function\n" in described
    assert "{ 'azd-service-name': 'api' }" in text(APP.of("resource")["site"].node)


def test_only_what_runs_is_deployed() -> None:
    ignored = (ROOT / ".funcignore").read_text("utf-8").split()
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    deployed = {name for name in there if name not in ignored and not name.endswith(".md")}

    assert deployed - {"build", "tenantsync.egg-info", "__pycache__"} == {
        "function_app.py",
        "functions",
        "host.json",
        "requirements.txt",
        "shared",
    }
    assert json.loads((ROOT / "host.json").read_text("utf-8"))["version"] == "2.0"
