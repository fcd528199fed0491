"""Which Microsoft clouds are there, where are their endpoints, and which go together?

https://learn.microsoft.com/graph/deployments
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.configuration.configuration import Cloud


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The hosts of one cloud. `exchange` is the audience that a managed identity's token needs to be exchanged there:
    https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
    """

    graph: str
    authority: str
    exchange: str


ENDPOINTS: Final[Mapping[Cloud, Endpoints]] = {
    Cloud.GLOBAL: Endpoints(
        graph="https://graph.microsoft.com",
        authority="https://login.microsoftonline.com",
        exchange="api://AzureADTokenExchange",
    ),
    Cloud.US_GOV: Endpoints(
        graph="https://graph.microsoft.us",
        authority="https://login.microsoftonline.us",
        exchange="api://AzureADTokenExchangeUSGov",
    ),
    Cloud.US_GOV_DOD: Endpoints(
        graph="https://dod-graph.microsoft.us",
        authority="https://login.microsoftonline.us",
        exchange="api://AzureADTokenExchangeUSGov",
    ),
    Cloud.CHINA: Endpoints(
        graph="https://microsoftgraph.chinacloudapi.cn",
        authority="https://login.chinacloudapi.cn",
        exchange="api://AzureADTokenExchangeChina",
    ),
}

_NAMES: Final[Mapping[Cloud, str]] = {
    Cloud.GLOBAL: "the commercial cloud",
    Cloud.US_GOV: "Azure Government",
    Cloud.US_GOV_DOD: "Azure Government (DoD)",
    Cloud.CHINA: "the cloud of 21Vianet",
}

_GOVERNMENT: Final = frozenset({Cloud.US_GOV, Cloud.US_GOV_DOD})

# https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-overview
_ALLOWED_BY_ENTRA: Final = frozenset(
    {
        *((Cloud.GLOBAL, government) for government in _GOVERNMENT),
        *((government, Cloud.GLOBAL) for government in _GOVERNMENT),
        (Cloud.GLOBAL, Cloud.CHINA),
    }
)


def refusal(source: Cloud, target: Cloud) -> str:
    """Return why people cannot be synchronized from one cloud into the other; empty where they can.

    | pair | |
    |---|---|
    | one and the same cloud | yes |
    | commercial to Government or 21Vianet, Government to commercial | Entra allows it, our credential does not reach |
    | the two Government clouds | tokens go to one host of Graph only |
    | any other | Entra does not allow it |
    """
    if source is target:
        return ""
    between = f"from {_NAMES[source]} into {_NAMES[target]}"
    if source in _GOVERNMENT and target in _GOVERNMENT:
        return f"nothing is synchronized {between}: each has a host of Graph of its own, and this app calls one only"
    if (source, target) in _ALLOWED_BY_ENTRA:
        return (
            f"this app does not synchronize {between}: its managed identity gives no token in another cloud; "
            "Entra's own cross-cloud synchronization can"
        )
    return f"Entra does not allow synchronization {between}"
