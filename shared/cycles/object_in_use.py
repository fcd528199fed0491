"""May somebody use an object, as far as its person's link and an unfinished intent tell? Those the guard counts."""

from typing import Final

from shared.cycles.work import Intent, IntentAction
from shared.provisioning.link import Link, LinkState

_OUT_OF_USE: Final = frozenset({LinkState.DELETED, LinkState.DISABLED})
_BRINGS_BACK: Final = frozenset({IntentAction.RESTORE, IntentAction.UPDATE, IntentAction.REFERENCE})


def may_be_in_use(link: Link | None, intent: Intent | None) -> bool:
    """Is there an object in use, or may a worker that died have invited one, or brought it back?"""
    if may_be_back(link, intent) or (intent is not None and intent.action is IntentAction.CREATE):
        return True
    return link is not None and link.state is LinkState.ACTIVE


def may_be_back(link: Link | None, intent: Intent | None) -> bool:
    """May an object be in use again though its link says otherwise?"""
    if link is None or intent is None or intent.target_id != link.target_id:
        return False
    return link.state in _OUT_OF_USE and intent.action in _BRINGS_BACK
