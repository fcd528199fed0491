"""Who is whose manager in one tenant?

A user's document holds it as Graph shows it expanded, `{"manager": {"id": ...}}`. Whether a reference comes back with a
manager who was deleted and is restored is not documented; here it does not, so whoever needs it has to write it again.
https://learn.microsoft.com/graph/api/user-list-manager
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

USER_TYPE = "#microsoft.graph.user"


def manager_of(document: Mapping[str, Any]) -> str:
    """The id of the manager, empty without one."""
    return str((document.get("manager") or {}).get("id") or "")


class Managers:
    """The reports of each manager, and whom each person reported to before."""

    __slots__ = ("_former", "_reports")

    def __init__(self) -> None:
        #: Lists, because a set for each manager of a million people would cost as much as their names.
        self._reports: defaultdict[str, list[str]] = defaultdict(list)
        self._former: dict[str, str] = {}

    def note(self, person_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Note that a user was made, changed or is gone (then `after` is empty)."""
        left, now = manager_of(before), manager_of(after)
        if left == now:
            return
        if left:
            self._reports[left] = [each for each in self._reports[left] if each != person_id]
            self._former[person_id] = left
        if now and person_id not in self._reports[now]:
            self._reports[now].append(person_id)

    def reports(self, manager_id: str) -> tuple[str, ...]:
        return tuple(sorted(self._reports.get(manager_id, ())))

    def former(self, person_id: str) -> str:
        """Whom the person reported to before the last change; empty if to nobody."""
        return self._former.get(person_id, "")
