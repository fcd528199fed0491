"""What do the app settings say? Read once, at first use; every problem at once.

Storage is reached either by a connection string (Azurite) or by the identity-based settings of the Functions host:
https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.configuration.clouds import ENDPOINTS
from shared.configuration.configuration import Cloud

STORAGE: Final = "AzureWebJobsStorage"
QUEUE_URI: Final = "AzureWebJobsStorage__queueServiceUri"
TABLE_URI: Final = "AzureWebJobsStorage__tableServiceUri"
STORAGE_CLIENT_ID: Final = "AzureWebJobsStorage__clientId"
APPLICATION_ID: Final = "TENANTSYNC_APPLICATION_ID"
MANAGED_IDENTITY: Final = "TENANTSYNC_MANAGED_IDENTITY_CLIENT_ID"
CLOUD: Final = "TENANTSYNC_CLOUD"
GRAPH_ENDPOINT: Final = "TENANTSYNC_GRAPH_ENDPOINT"
CREDENTIAL: Final = "TENANTSYNC_CREDENTIAL"
CLOCK_SCALE: Final = "TENANTSYNC_CLOCK_SCALE"
CLOCK_ORIGIN: Final = "TENANTSYNC_CLOCK_ORIGIN"
READ_ONLY: Final = "TENANTSYNC_READ_ONLY"
AUTHENTICATION: Final = "WEBSITE_AUTH_ENABLED"

KEYS: Final = (
    STORAGE,
    QUEUE_URI,
    TABLE_URI,
    STORAGE_CLIENT_ID,
    APPLICATION_ID,
    MANAGED_IDENTITY,
    CLOUD,
    GRAPH_ENDPOINT,
    CREDENTIAL,
    CLOCK_SCALE,
    CLOCK_ORIGIN,
    READ_ONLY,
    AUTHENTICATION,
)
"""All keys that are read; `local.settings.example.json` names the same ones."""


_YES: Final = frozenset({"true", "1"})
_NO: Final = frozenset({"", "false", "0"})


class SettingsError(Exception):
    """The app settings are not usable; the message names each key and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings, checked as far as each stands alone."""

    storage: str
    queue_uri: str
    table_uri: str
    storage_client_id: str
    application_id: str
    managed_identity_client_id: str
    cloud: Cloud
    graph_endpoint: str
    sandbox_credential: bool
    clock_scale: float
    clock_origin: float
    read_only: bool
    """Nothing is written to any target tenant, whatever the switch of the API says."""
    platform_authentication: bool
    """App Service Authentication is in front; only then is its principal header believed."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings; raises SettingsError that names every problem."""
    problems: list[str] = []
    storage = environment.get(STORAGE, "")
    if not storage and not (environment.get(QUEUE_URI) and environment.get(TABLE_URI)):
        problems.append(f"{STORAGE} is missing: give a connection string, or {QUEUE_URI} and {TABLE_URI}.")
    credential = environment.get(CREDENTIAL, "") or "managedIdentity"
    if credential not in {"managedIdentity", "sandbox"}:
        problems.append(f"{CREDENTIAL} is '{credential}': it is 'managedIdentity' or 'sandbox'.")
    if credential == "managedIdentity":
        problems += [f"{key} is missing." for key in (APPLICATION_ID, MANAGED_IDENTITY) if not environment.get(key)]
    read_only = environment.get(READ_ONLY, "").casefold()
    if read_only not in _YES | _NO:
        problems.append(f"{READ_ONLY} is '{environment[READ_ONLY]}': it is 'true' or 'false'.")
    cloud = _cloud(environment, problems)
    scale = _number(environment, CLOCK_SCALE, 1.0, problems)
    origin = _number(environment, CLOCK_ORIGIN, 0.0, problems)
    if problems:
        raise SettingsError("The app settings are not usable. " + " ".join(problems))
    return Settings(
        storage=storage,
        queue_uri=environment.get(QUEUE_URI, ""),
        table_uri=environment.get(TABLE_URI, ""),
        storage_client_id=environment.get(STORAGE_CLIENT_ID, ""),
        application_id=environment.get(APPLICATION_ID, ""),
        managed_identity_client_id=environment.get(MANAGED_IDENTITY, ""),
        cloud=cloud,
        graph_endpoint=environment.get(GRAPH_ENDPOINT, "") or ENDPOINTS[cloud].graph,
        sandbox_credential=credential == "sandbox",
        clock_scale=scale,
        clock_origin=origin,
        read_only=read_only in _YES,
        platform_authentication=environment.get(AUTHENTICATION, "").casefold() == "true",
    )


def _cloud(environment: Mapping[str, str], problems: list[str]) -> Cloud:
    """Return the cloud; an endpoint beside it is for simulated tenants, or it is that cloud's own."""
    text = environment.get(CLOUD, "") or Cloud.GLOBAL
    if text not in set(Cloud):
        problems.append(f"{CLOUD} is '{text}': it is one of {', '.join(Cloud)}.")
        return Cloud.GLOBAL
    cloud = Cloud(text)
    endpoint = environment.get(GRAPH_ENDPOINT, "").rstrip("/")
    of_another = {each.graph for each in ENDPOINTS.values()} - {ENDPOINTS[cloud].graph}
    if endpoint in of_another:
        problems.append(
            f"{GRAPH_ENDPOINT} is {endpoint}, but in {cloud} Graph is at {ENDPOINTS[cloud].graph}; leave it out."
        )
    return cloud


def _number(environment: Mapping[str, str], key: str, default: float, problems: list[str]) -> float:
    text = environment.get(key, "")
    try:
        number = float(text) if text else default
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf") or (key == CLOCK_SCALE and number == 0):
        problems.append(f"{key} is '{text}': give a number above 0.")
        return default
    return number
