"""What do our queue messages say? They are hints: a row stands behind each, and losing one loses nothing.

Each format has a version. A message of a newer version is put back with a delay by its reader, never raised.
"""

from typing import Final, TypeVar

import msgspec

MESSAGE_VERSION: Final = 1
_Message = TypeVar("_Message", bound=msgspec.Struct)


class UnreadableMessage(Exception):
    """The message is not one of ours: it is not JSON of the expected shape."""


class NewerMessage(Exception):
    """The message was written by a newer version of the app; put it back and let that one read it."""


class ImportMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Go on reading: the cycle, and the sequence number of the cursor to go on from."""

    configuration_id: str
    cycle: int
    sequence: int
    traceparent: str = ""
    version: int = MESSAGE_VERSION


class ProvisioningMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Work on these entries of one shard (none: on what is most urgent there); those that are not due are left out."""

    configuration_id: str
    shard: int
    source_ids: tuple[str, ...] = ()
    traceparent: str = ""
    version: int = MESSAGE_VERSION


def encode(message: ImportMessage | ProvisioningMessage) -> str:
    """Return the message as JSON text."""
    return msgspec.json.encode(message).decode()


def decode_import(text: str) -> ImportMessage:
    """Return the message; raises UnreadableMessage or NewerMessage."""
    return _decode(text, ImportMessage)


def decode_provisioning(text: str) -> ProvisioningMessage:
    """Return the message; raises UnreadableMessage or NewerMessage."""
    return _decode(text, ProvisioningMessage)


class _Versioned(msgspec.Struct, frozen=True):
    version: int


def _decode(text: str, kind: type[_Message]) -> _Message:
    try:
        if msgspec.json.decode(text, type=_Versioned).version > MESSAGE_VERSION:
            raise NewerMessage(f"version above {MESSAGE_VERSION}")
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise UnreadableMessage(str(error)) from error
