"""A storage account that misbehaves: a reverse proxy between the functions hosts and Azurite.

Every fault is one that a real account and its network have; what the proxy lets through is Azurite's own.
"""

from sandbox.storage_proxy.faults import RATES, StorageFault, StorageFaults
from sandbox.storage_proxy.proxy import storage_proxy

__all__ = ["RATES", "StorageFault", "StorageFaults", "storage_proxy"]
