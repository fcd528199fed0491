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
        subject = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in self.subject)
        if self.attribute is None:
            return f"{subject}: expected {self.expected}, found {self.found} ({ids})"
        return f"{subject}: {self.attribute} should be {self.expected!r}, is {self.found!r} ({ids})"
