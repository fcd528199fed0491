"""How is one point on which source and target do not agree said in words?"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong, as far as it can be counted."""

    #: An attribute is not what the mapping makes of the person.
    DIFFERENT = "different"
    #: Somebody in scope has no object.
    LOST = "lost"
    #: An object is deleted or gone that should be there.
    WRONGLY_REMOVED = "wronglyRemoved"
    #: A second object for somebody who has one.
    DOUBLED = "doubled"
    #: A new object for nobody.
    UNEXPECTED = "unexpected"
    #: Somebody left scope, and the object is still there.
    LEFT_BEHIND = "leftBehind"
    #: An object that is not ours was changed or restored.
    TOUCHED = "touched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Who, which attribute (none: the object as a whole), what was expected and what was found."""

    kind: Kind
    subject: str
    source_id: str | None
    target_id: str | None
    attribute: str | None
    expected: object
    found: object

    def __str__(self) -> str:
        ids = f"source {self.source_id or 'none'}, target {self.target_id or 'none'}"
        subject = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in self.subject)
        if self.attribute is None:
            return f"{subject}: expected {self.expected}, found {self.found} ({ids})"
        return f"{subject}: {self.attribute} should be {self.expected!r}, is {self.found!r} ({ids})"
