"""What does a document say of drift and of leaving? The oracle's own reading of it, and those that the machine takes.

https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works has no word for drift.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

Document = Mapping[str, Any]

ENFORCE: Final = "enforce"
REPORT: Final = "report"
TARGET_OWNED: Final = "targetOwned"
STICKY: Final = "sticky"
NOT_LOOKED_AT: Final = ""
"""The document has no drift: what differs is not told from what is still to be written."""

#: By name, so that a history says which it was.
DRIFTS: Final[Mapping[str, Document | None]] = {
    "off": None,
    "reported": {},
    "enforced": {"default": ENFORCE},
    "all enforced": {"default": ENFORCE, "departures": ENFORCE},
    "some owned": {"default": REPORT, "enforce": ["city", "manager"], "targetOwned": ["jobTitle"]},
    "others owned": {"default": ENFORCE, "report": ["department", "manager"], "targetOwned": ["businessPhones"]},
}
REMOVALS: Final[Mapping[str, Document]] = {
    "deleted": {"action": "delete"},
    "deleted later": {"action": "delete", "afterDays": 3},
    "disabled": {"action": "disable"},
    "left alone": {"action": "none"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What becomes of the object of somebody who leaves."""

    action: str
    delay: timedelta

    @property
    def deletes_at_once(self) -> bool:
        return self.action == "delete" and not self.delay

    @property
    def disables(self) -> bool:
        return self.action == "disable" or (self.action == "delete" and bool(self.delay))


def policy(document: Document, name: str) -> str:
    """What becomes of another value of this attribute?"""
    drift = document.get("drift")
    if drift is None:
        return NOT_LOOKED_AT
    named = next((each for each in (TARGET_OWNED, ENFORCE, REPORT) if name in drift.get(each, ())), None)
    return named or str(drift.get("default", REPORT))


def owned(document: Document) -> tuple[str, ...]:
    """Which attributes does it leave to the target?"""
    return tuple((document.get("drift") or {}).get(TARGET_OWNED, ()))


def departures(document: Document) -> str:
    """What becomes of a block or a deletion in the target?"""
    drift = document.get("drift")
    return NOT_LOOKED_AT if drift is None else str(drift.get("departures", STICKY))


def removal(document: Document) -> Removal:
    """What becomes of whoever leaves?"""
    said = document.get("removal") or {}
    return Removal(action=said.get("action", "delete"), delay=timedelta(days=said.get("afterDays", 0)))


def all_sticky(documents: Iterable[Document]) -> bool:
    return all(departures(each) == STICKY for each in documents)
