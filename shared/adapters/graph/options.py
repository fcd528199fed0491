"""Where is Graph, and as whom do we call it?"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from shared.configuration.clouds import ENDPOINTS
from shared.configuration.configuration import Cloud

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class CredentialKind(StrEnum):
    """MANAGED_IDENTITY: federated to the app registration. SANDBOX: a name as token, for simulated tenants only."""

    MANAGED_IDENTITY = "managedIdentity"
    SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphOptions:
    """How the tenants are reached; `request_timeout` is engine time, but never less than five seconds of real time."""

    endpoint: str = ENDPOINTS[Cloud.GLOBAL].graph
    application_id: str = ""
    managed_identity_client_id: str = ""
    authority: str = ENDPOINTS[Cloud.GLOBAL].authority
    exchange: str = ENDPOINTS[Cloud.GLOBAL].exchange
    """The audience of the managed identity's token; each cloud has its own, and no token crosses to another."""
    credential_kind: CredentialKind = CredentialKind.MANAGED_IDENTITY
    request_timeout: timedelta = timedelta(seconds=100)

    def __post_init__(self) -> None:
        """Refuse an endpoint that a token must not be sent to."""
        parts = urlsplit(self.endpoint)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            raise ValueError(f"The Graph endpoint '{self.endpoint}' is not a URL of a host; give https://<host>.")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError(f"The Graph endpoint '{self.endpoint}' is not https; only a loopback host may be http.")
        if self.credential_kind is CredentialKind.SANDBOX and parts.hostname not in LOOPBACK:
            raise ValueError(f"Sandbox tokens are for a loopback host only, not for '{parts.hostname}'.")

    @property
    def host(self) -> str:
        """The only host that gets a token."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def base_url(self) -> str:
        return self.endpoint.rstrip("/") + "/v1.0"
