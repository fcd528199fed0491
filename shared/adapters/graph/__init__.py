"""Microsoft Graph as two directories: one that is read, one that is written at the pace that Graph allows.

No vendor's exception, type or word leaves this package, and a token goes to the configured host only. Importing it is
cheap: the SDK is loaded when the first tenant is connected.
"""

from shared.adapters.graph.directories import GraphDirectories
from shared.adapters.graph.options import CredentialKind, GraphOptions

__all__ = ["CredentialKind", "GraphDirectories", "GraphOptions"]
