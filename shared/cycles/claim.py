"""Who owns an address or an object of a target tenant?"""

from dataclasses import dataclass
from enum import StrEnum


class ClaimKind(StrEnum):
    MAIL = "mail"
    TARGET = "target"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim; `subject` is the normalized mail, the target object's id, or `<attribute>=<value>` in lower case."""

    tenant_id: str
    kind: ClaimKind
    subject: str
    configuration_id: str
    source_id: str
    etag: str = ""

    def same_owner(self, other: "Claim") -> bool:
        """Do both belong to one person of one configuration?"""
        return (self.configuration_id, self.source_id) == (other.configuration_id, other.source_id)
