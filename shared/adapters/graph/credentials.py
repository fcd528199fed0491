"""How do we prove to a tenant who we are?

One multi-tenant app registration, with the function app's user-assigned managed identity as its federated credential:
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import ClientAssertionCredential, ManagedIdentityCredential

from shared.adapters.graph.options import CredentialKind, GraphOptions

_NEVER = 4_102_444_800  # 2100: a name does not expire


class _Credential:
    """The parts of a credential that ours share."""

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


class FederatedCredential(_Credential):
    """Exchanges the managed identity's token for one of the app registration in the given tenant."""

    def __init__(self, tenant_id: str, options: GraphOptions) -> None:
        self._assertion = ""
        self._exchange = f"{options.exchange}/.default"
        self._identity = ManagedIdentityCredential(client_id=options.managed_identity_client_id)
        self._application = ClientAssertionCredential(
            tenant_id, options.application_id, lambda: self._assertion, authority=options.authority
        )

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: object,
    ) -> AccessToken:
        # the exchange asks for its assertion by a plain call, so it is fetched before; both cache their tokens
        self._assertion = (await self._identity.get_token(self._exchange)).token
        return await self._application.get_token(*scopes, claims=claims, tenant_id=tenant_id, enable_cae=enable_cae)

    async def close(self) -> None:
        await self._application.close()
        await self._identity.close()


class SandboxCredential(_Credential):
    """Names the tenant; simulated tenants believe it, and nobody else gets it (see GraphOptions)."""

    def __init__(self, tenant_id: str) -> None:
        self._token = AccessToken(f"sandbox.{tenant_id}", _NEVER)

    async def get_token(self, *_scopes: str, **_: object) -> AccessToken:
        return self._token


class RenewableCredential(_Credential):
    """A credential that can forget its cached tokens: a token may be refused before it expires."""

    def __init__(self, open_credential: Callable[[], AsyncTokenCredential]) -> None:
        self._open = open_credential
        self._current = open_credential()
        self._retired: AsyncTokenCredential | None = None

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: object,
    ) -> AccessToken:
        return await self._current.get_token(*scopes, claims=claims, tenant_id=tenant_id, enable_cae=enable_cae)

    async def renew(self) -> None:
        """Start without cached tokens. The one before is closed a renewal later: somebody may be waiting for it."""
        closing, self._retired, self._current = self._retired, self._current, self._open()
        if closing is not None:
            await closing.close()

    async def close(self) -> None:
        for credential in (self._current, self._retired):
            if credential is not None:
                await credential.close()


def tenant_credential(tenant_id: str, options: GraphOptions) -> RenewableCredential:
    """Return the credential for a tenant; opening it calls nobody."""
    if options.credential_kind is CredentialKind.SANDBOX:
        return RenewableCredential(lambda: SandboxCredential(tenant_id))
    return RenewableCredential(lambda: FederatedCredential(tenant_id, options))
