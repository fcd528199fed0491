"""Which rows has the deprovisioning matrix, and which of them did a world come through?

What becomes of whom, by Entra's matrix of leaving and coming back; docs/compared_with_entra.md has it with a test for
each row.
"""

from collections import Counter
from enum import StrEnum


class Row(StrEnum):
    """One row each; the last ones are about what only our documents can say."""

    DISABLED = "disabled in the source: disabled in the target"
    ENABLED_AGAIN = "enabled in the source again: enabled in the target"
    SOFT_DELETED = "soft-deleted: soft-deleted"
    UNASSIGNED = "unassigned, or out of an assigned group: soft-deleted"
    ANOTHER_TYPE = "a member becomes a guest: soft-deleted"
    HARD_DELETED = "gone for good: soft-deleted"
    BACK = "back in scope: restored"
    DISABLED_AND_LEFT = "disabled first, then unassigned: soft-deleted, unlike in Entra"
    UNASSIGNED_AND_DELETED = "unassigned, deleted later: nothing more is sent"
    NEVER_CREATED = "disabled before the first provisioning: never created"
    NOTHING_DELETED = "nothing is to be deleted: left as it is"
    ADOPTED = "adopted, and out of scope: left as it is"
    DELETED_IN_TARGET = "deleted by the target: not restored"
    CONFIGURATION_REMOVED = "the configuration is removed: everybody stays as they are"
    DISABLED_ON_LEAVING = "the document disables whoever leaves: disabled"
    DELETED_LATER = "the document deletes after some days: soft-deleted then"
    BACK_BEFORE = "back before that: enabled again"


#: How often a row was come to, since the process began.
REACHED: Counter[str] = Counter()


def reach(row: Row) -> None:
    REACHED[row] += 1
