"""What makes us doubt that a cycle has read everything, and what is an administrator told?

A doubt removes nobody and holds nobody: whoever is to be removed is read directly anyway. It is told as a quarantine
until a cycle ends without one, and the cycle after it evaluates everybody.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Doubt(StrEnum):
    """The code of the quarantine; NONE: there is nothing to doubt."""

    NONE = ""
    NO_ASSIGNMENTS = "NoAssignments"
    NOBODY_KNOWN = "NoPositiveControl"
    INCOMPLETE_READ = "IncompleteRead"


MESSAGES: Final[Mapping[Doubt, str]] = {
    Doubt.NO_ASSIGNMENTS: (
        "Microsoft Graph named no assignment to the enterprise application, though people are provisioned. If nobody "
        "is to be provisioned, approve the removals that are held, or leave one account assigned until the others are "
        "gone; otherwise look at the credential's permissions and at the assignments."
    ),
    Doubt.NOBODY_KNOWN: (
        "Of the people who were provisioned or seen last none is found in the source tenant. If they have not left, "
        "the credential sees too little: look at its permissions and at its tenant."
    ),
    Doubt.INCOMPLETE_READ: (
        "A cycle that reads everybody did not name people who are in scope when they are read directly: Microsoft "
        "Graph answered too little. Nobody is removed for that; the next cycle reads everybody again."
    ),
}
