"""What is forgotten when a job is restarted? Graph's synchronizationJobRestartScope.

| scope | Entra | here |
|---|---|---|
| Watermark | everybody is evaluated again | the same |
| Escrows | failures are forgotten | they are tried again at once, as if for the first time |
| QuarantineState | the quarantine ends | the same |
| ConnectorDataStore | links are dropped | each is compared with the target; none is dropped: it says what is ours |
| Full | the four above | the same |
| ForceDeletes | held removals go | those that are held at that moment are approved |

https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjobrestartcriteria
"""

from enum import StrEnum
from typing import Final


class ResetScope(StrEnum):
    """Graph's spelling; `None` is not one, since it asks for nothing."""

    CONNECTOR_DATA_STORE = "ConnectorDataStore"
    ESCROWS = "Escrows"
    WATERMARK = "Watermark"
    QUARANTINE_STATE = "QuarantineState"
    FULL = "Full"
    FORCE_DELETES = "ForceDeletes"


#: What the portal's "Restart provisioning" asks for, and a restart without criteria.
USUAL: Final = frozenset({ResetScope.WATERMARK, ResetScope.ESCROWS, ResetScope.QUARANTINE_STATE})
_FULL: Final = USUAL | {ResetScope.CONNECTOR_DATA_STORE}


class UnknownScope(ValueError):
    """The reset scope has a word that is none of Graph's."""


def parse_reset_scope(text: str) -> frozenset[ResetScope]:
    """Return the scopes of Graph's text, names between commas, Full as the four that it stands for.

    Raises UnknownScope with the word that is none.
    """
    found = {_scope(word.strip()) for word in text.split(",")}
    return frozenset(found - {ResetScope.FULL}) | (_FULL if ResetScope.FULL in found else frozenset())


def _scope(word: str) -> ResetScope:
    try:
        return ResetScope(word)
    except ValueError as error:
        raise UnknownScope(word) from error
