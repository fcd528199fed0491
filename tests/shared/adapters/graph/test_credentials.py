"""Does a token go to whom it is meant for, and to nobody else?"""

import os
from collections.abc import Callable
from typing import Any, Self

import pytest
from azure.core.credentials import AccessToken

from shared.adapters.graph import credentials
from shared.adapters.graph.credentials import FederatedCredential, RenewableCredential, tenant_credential
from shared.adapters.graph.options import CredentialKind, GraphOptions
from shared.configuration.configuration import Cloud
from shared.settings import read_settings
from shared.wiring import _graph
from tests.shared.adapters.graph.fake_graph import OPTIONS, SOURCE

REFUSED = [
    {"endpoint": "http://graph.microsoft.com"},
    {"endpoint": "graph.microsoft.com"},
    {"endpoint": "ftp://127.0.0.1"},
    {"endpoint": ""},
    {"endpoint": "https://user@graph.microsoft.com"},
    {"endpoint": "https://graph.microsoft.com", "credential_kind": CredentialKind.SANDBOX},
    {"endpoint": "https://127.0.0.1.evil.example", "credential_kind": CredentialKind.SANDBOX},
    {"endpoint": "http://127.0.0.1@evil.example", "credential_kind": CredentialKind.SANDBOX},
]


@pytest.mark.parametrize("arguments", REFUSED, ids=lambda arguments: str(arguments["endpoint"]))
def test_an_endpoint_that_a_token_must_not_be_sent_to_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Graph endpoint|Sandbox tokens"):
        GraphOptions(**arguments)


@pytest.mark.parametrize("host", ["http://127.0.0.1:7090", "http://localhost:1", "http://[::1]:7090"])
def test_sandbox_tokens_are_for_loopback(host: str) -> None:
    options = GraphOptions(endpoint=host, credential_kind=CredentialKind.SANDBOX)

    assert options.base_url == f"{host}/v1.0"


async def test_a_sandbox_token_names_the_tenant() -> None:
    async with tenant_credential(SOURCE, OPTIONS) as credential:
        token = await credential.get_token("x/.default", claims=None, enable_cae=True)

    assert token.token == f"sandbox.{SOURCE}"


@pytest.mark.parametrize(
    ("cloud", "login", "audience"),
    [
        (Cloud.GLOBAL, "https://login.microsoftonline.com", "api://AzureADTokenExchange"),
        (Cloud.US_GOV, "https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
        (Cloud.CHINA, "https://login.chinacloudapi.cn", "api://AzureADTokenExchangeChina"),
    ],
)
async def test_the_managed_identity_is_exchanged_for_the_application(
    monkeypatch: pytest.MonkeyPatch, cloud: Cloud, login: str, audience: str
) -> None:
    seen: list[Any] = []

    class Identity:
        def __init__(self, **arguments: object) -> None:
            seen.append(arguments)

        async def get_token(self, scope: str) -> AccessToken:
            seen.append(scope)
            return AccessToken("assertion", 0)

        async def close(self) -> None:
            seen.append("closed")

    class Application(Identity):
        def __init__(self, tenant_id: str, client_id: str, func: Callable[[], str], **arguments: object) -> None:
            super().__init__(tenant_id=tenant_id, client_id=client_id, **arguments)
            self.assertion = func

        async def get_token(self, *scopes: str, **arguments: object) -> AccessToken:
            seen.append((scopes, arguments["claims"], self.assertion()))
            return AccessToken("token", 0)

    monkeypatch.setattr(credentials, "ManagedIdentityCredential", Identity)
    monkeypatch.setattr(credentials, "ClientAssertionCredential", Application)
    options = _graph(
        read_settings(
            {
                "AzureWebJobsStorage": "UseDevelopmentStorage=true",
                "TENANTSYNC_APPLICATION_ID": "app",
                "TENANTSYNC_MANAGED_IDENTITY_CLIENT_ID": "identity",
                "TENANTSYNC_CLOUD": cloud.value,
            }
        )
    )

    async with tenant_credential(SOURCE, options) as credential:
        token = await credential.get_token("https://graph.microsoft.com/.default", claims="c")

    assert token.token == "token"
    assert seen == [
        {"client_id": "identity"},
        {"tenant_id": SOURCE, "client_id": "app", "authority": login},
        f"{audience}/.default",
        (("https://graph.microsoft.com/.default",), "c", "assertion"),
        "closed",
        "closed",
    ]


async def test_the_real_credentials_open_and_close_without_calling_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AZURE_", "IDENTITY_", "MSI_"))]:
        monkeypatch.delenv(name)

    credential = FederatedCredential(SOURCE, GraphOptions(application_id=SOURCE, managed_identity_client_id=SOURCE))

    await credential.close()


class Numbered:
    """A credential that knows how often it was closed."""

    def __init__(self) -> None:
        self.closed = 0

    async def get_token(self, *_scopes: str, **_: object) -> AccessToken:
        return AccessToken("x", 0)

    async def close(self) -> None:
        self.closed += 1

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def test_each_renewed_credential_is_closed_once_at_the_latest_with_the_last() -> None:
    opened: list[Numbered] = []

    def open_credential() -> Numbered:
        opened.append(Numbered())
        return opened[-1]

    credential = RenewableCredential(open_credential)
    await credential.renew()
    await credential.renew()
    closed_early = [each.closed for each in opened]
    await credential.close()

    assert closed_early == [1, 0, 0]
    assert [each.closed for each in opened] == [1, 1, 1]
