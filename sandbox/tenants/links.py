"""How does a tenant put the state of a read into a link, so that only it can read it again?

Tokens are opaque and signed: nobody can build one or change one.
"""

import base64
import binascii
import hashlib
import hmac
from typing import TypeVar
from urllib.parse import quote

import msgspec

from sandbox.tenants import errors

#: https://learn.microsoft.com/graph/delta-query-overview: tokens of directory objects expire after seven days.
LIVES_SECONDS = 7 * 86_400.0

_SIGNATURE_BYTES = 12


class DeltaCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a delta round stands. `since` is where it began (0: everything), `position` what it has shown."""

    kind: str
    select: tuple[str, ...]
    ids: tuple[str, ...]
    since: int
    position: int
    issued: float
    #: Length of the log when the round began: a removal noted later must be shown even in a first round.
    began: int
    #: Of the tenant's tokens, when this one was issued.
    generation: int
    #: True in the link that ends a round.
    closing: bool = False


class ListCursor(msgspec.Struct, frozen=True, array_like=True):
    """The number of the last row that a page of a plain list has shown."""

    path: str
    last: int


Token = TypeVar("Token", DeltaCursor, ListCursor)


class Links:
    """Seals and opens the tokens of one tenant."""

    __slots__ = ("_key",)

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def seal(self, token: DeltaCursor | ListCursor) -> str:
        payload = msgspec.msgpack.encode(token)
        return base64.urlsafe_b64encode(self._sign(payload) + payload).decode().rstrip("=")

    def open(self, text: str, kind: type[Token]) -> Token:
        """The token, or 400 if this tenant did not issue it."""
        try:
            sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            payload = sealed[_SIGNATURE_BYTES:]
            if not hmac.compare_digest(self._sign(payload), sealed[:_SIGNATURE_BYTES]):
                raise errors.bad_request("Badly formed token.")
            return msgspec.msgpack.decode(payload, type=kind)
        except (binascii.Error, msgspec.DecodeError, ValueError) as error:
            raise errors.bad_request("Badly formed token.") from error

    def _sign(self, payload: bytes) -> bytes:
        return hashlib.blake2b(payload, key=self._key[:64], digest_size=_SIGNATURE_BYTES).digest()


def link(base: str, path: str, **options: str) -> str:
    """An absolute link with these query options."""
    query = "&".join(f"${name}={quote(value, safe='')}" for name, value in options.items())
    return f"{base}/{path}?{query}"
