"""Who is assigned to which enterprise application?

https://learn.microsoft.com/graph/api/resources/approleassignment
"""

import base64
import uuid
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.tenants.people import key_of

DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    id: str
    number: int
    principal_id: str
    principal_type: str
    resource_id: str
    app_role_id: str
    created: str


class Assignments:
    """The app role assignments of one tenant, by application in order of their number, and by principal."""

    def __init__(self) -> None:
        self._by_resource: dict[str, dict[str, Assignment]] = {}
        self._by_principal: dict[str, tuple[Assignment, ...]] = {}
        self._number = 0

    def __iter__(self) -> Iterator[Assignment]:
        for assignments in self._by_resource.values():
            yield from assignments.values()

    def to(self, resource_id: str) -> Sequence[Assignment]:
        return tuple(self._by_resource.get(key_of(resource_id), {}).values())

    def of(self, principal_id: str) -> tuple[Assignment, ...]:
        return self._by_principal.get(key_of(principal_id), ())

    def add(self, document: dict[str, Any], resource_id: str, created: str) -> Assignment:
        """Assign; a principal assigned to the same role already keeps that assignment."""
        self._number += 1
        assignment = Assignment(
            id=document.get("id") or _identifier(document, resource_id),
            number=self._number,
            principal_id=document["principalId"],
            principal_type=document["principalType"],
            resource_id=resource_id,
            app_role_id=document.get("appRoleId") or DEFAULT_ROLE,
            created=document.get("createdDateTime") or created,
        )
        known = self._by_resource.setdefault(key_of(resource_id), {})
        if assignment.id in known:
            return known[assignment.id]
        known[assignment.id] = assignment
        principal = key_of(assignment.principal_id)
        self._by_principal[principal] = (*self._by_principal.get(principal, ()), assignment)
        return assignment

    def find(self, assignment_id: str) -> Assignment | None:
        return next((each for each in self if each.id == assignment_id), None)

    def remove_one(self, assignment: Assignment) -> None:
        del self._by_resource[key_of(assignment.resource_id)][assignment.id]
        principal = key_of(assignment.principal_id)
        self._by_principal[principal] = tuple(each for each in self.of(principal) if each is not assignment)

    def remove(self, principal_id: str, resource_id: str | None = None) -> int:
        """Unassign from one application, or from all; how many assignments went."""
        principal = key_of(principal_id)
        going = [each for each in self.of(principal) if resource_id in {None, each.resource_id}]
        for assignment in going:
            del self._by_resource[key_of(assignment.resource_id)][assignment.id]
        kept = tuple(each for each in self.of(principal) if each not in going)
        if kept:
            self._by_principal[principal] = kept
        else:
            self._by_principal.pop(principal, None)
        return len(going)


def after(assignments: Sequence[Assignment], number: int) -> Sequence[Assignment]:
    """Those with a higher number; the sequence is in order of the numbers."""
    return assignments[bisect_right(assignments, number, key=lambda each: each.number) :]


def _identifier(document: dict[str, Any], resource_id: str) -> str:
    name = f"{document['principalId']}|{resource_id}|{document.get('appRoleId') or DEFAULT_ROLE}".lower()
    return base64.urlsafe_b64encode(uuid.uuid5(uuid.NAMESPACE_URL, name).bytes * 2).decode().rstrip("=")
