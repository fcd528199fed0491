"""Which application permissions does a token hold? Looked at to diagnose only, and never decided by.

https://learn.microsoft.com/graph/resolve-auth-errors looks at the same claim for the same purpose. A token is meant for
Graph and may be in a form that nobody else can read: then nothing is said.
"""

import base64
import binascii

import msgspec


class _Claims(msgspec.Struct):
    roles: list[str] = []


def roles_of(token: str) -> frozenset[str] | None:
    """Return the `roles` claim of a JSON web token, None if this is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=_Claims)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        return None
    return frozenset(claims.roles)
