"""How is one point on which source and target do not agree said in words?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Who, which attribute (none: the object as a whole), what was expected and what was found."""

    subject: str
    source_id: str | None
    target_id: str | None
    attribute: str | None
    expected: object
    found: object

    def __str__(self) -> str:
        ids = f"source {self.source_id or 'none'}, target {self.target_id or 'none'}"
        if self.attribute is None:
            return f"{self.subject}: expected {self.expected}, found {self.found} ({ids})"
        return f"{self.subject}: {self.attribute} should be {self.expected!r}, is {self.found!r} ({ids})"
