"""How does the command line connect to an address? Past any proxy on this machine; certificates are read once."""

import ipaddress
import ssl
from collections.abc import Mapping
from functools import cache

import httpx


def is_loopback(host: str) -> bool:
    """Say whether only this machine can answer there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def open_client(base: httpx.URL, timeout: httpx.Timeout, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """Return a client of this address; proxies of the environment are for other machines than this one."""
    outside = not is_loopback(base.host)
    return httpx.Client(
        base_url=base, headers=headers, timeout=timeout, trust_env=outside, verify=_certificates(outside)
    )


@cache
def _certificates(trust_env: bool) -> ssl.SSLContext:  # noqa: FBT001  the key of what is kept
    # reading them takes longer than most requests, and a setup opens a client for each tenant and step
    return httpx.create_ssl_context(trust_env=trust_env)
