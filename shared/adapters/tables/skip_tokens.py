"""Where does the next page of the provisioning log begin?

We hand out the place as an opaque token, and believe what comes back only as far as we check it.
"""

import base64
import binascii
import re

import msgspec

from shared.adapters.tables.key_order import inverted_time_of
from shared.adapters.tables.rows import unescape_key

TOKEN_VERSION = 1
_LONGEST = 2048
_TIME = re.compile("[0-9]{18}")


class Position(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last record of a page, by its keys; records are ordered by (time, configuration, id)."""

    time: str
    configuration: str
    id: str
    version: int = TOKEN_VERSION


def write_token(position: Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def read_token(token: str) -> Position:
    """The position that `write_token` was given; ValueError for anything else."""
    if len(token) > _LONGEST:
        raise ValueError(f"The skip token has {len(token)} characters; ours are shorter.")
    try:
        content = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        position = msgspec.json.decode(content, type=Position)
        _check(position)
    except (binascii.Error, msgspec.MsgspecError, UnicodeError, OverflowError, ValueError) as error:
        raise ValueError("The skip token is not one that we handed out.") from error
    return position


def _check(position: Position) -> None:
    if position.version != TOKEN_VERSION or not _TIME.fullmatch(position.time):
        raise ValueError("version or time")
    inverted_time_of(position.time)
    unescape_key(position.configuration)
    unescape_key(position.id)
