"""Whom does a body of provisionOnDemand ask for, or one of a search for them?

https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
"""

import re
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from shared.configuration.json_reading import read_json
from shared.configuration.problems import ConfigurationError
from shared.configuration.templates import DEFAULT_RULE_ID
from shared.orchestration.on_demand_result import GROUP, USER
from shared.orchestration.provision_group import GroupSubject
from shared.web.errors import GraphError, bad_request

MOST_SUBJECTS: Final = 5
LONGEST_SEARCH: Final = 100
_GUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

_Kind = TypeVar("_Kind")


class _Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Graph's own clients may name the type of what they send."""

    odata_type: str | None = msgspec.field(default=None, name="@odata.type")


class _Subject(_Typed, frozen=True, kw_only=True):
    object_id: str
    object_type_name: str
    links: "_Links | None" = None


class _Links(_Typed, frozen=True, kw_only=True):
    """Which linked objects go along: the members of a group. Other references are read and say nothing."""

    manager: _Subject | None = None
    members: list[_Subject] | None = None
    owners: list[_Subject] | None = None


class _Parameters(_Typed, frozen=True, kw_only=True):
    subjects: list[_Subject]
    rule_id: str | None = None


class _Body(_Typed, frozen=True, kw_only=True):
    parameters: list[_Parameters]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """People, or one group."""

    people: tuple[str, ...] = ()
    group: GroupSubject | None = None

    @property
    def everybody(self) -> tuple[str, ...]:
        return self.people if self.group is None else self.group.members


class _Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    search: str


def read_search(body: bytes) -> str:
    """Return what was typed, without the spaces around it. Raises GraphError (400)."""
    typed = _converted(body, _Search, "searchSubjects").search.strip()
    if not 1 <= len(typed) <= LONGEST_SEARCH or not typed.isprintable():
        raise bad_request(f"search must be a name, an address or an object id of 1 to {LONGEST_SEARCH} characters.")
    return typed


def read_subjects(body: bytes, rule_id: str = DEFAULT_RULE_ID) -> Subjects:
    """Return who is asked for, 1 to 5 people or a group with up to 5. Raises GraphError (400).

    `rule_id` is the one in force; the default rule's id is taken for it as well, so that one call fits every job.
    """
    parameters = _converted(body, _Body, "provisionOnDemand").parameters
    allowed = {None, DEFAULT_RULE_ID, rule_id}
    if any(each.rule_id not in allowed for each in parameters):
        raise bad_request(f"ruleId names no rule of this job's schema; leave it out or write {rule_id}.")
    subjects = [subject for each in parameters for subject in each.subjects]
    if not 1 <= len(subjects) <= MOST_SUBJECTS:
        raise bad_request(f"{len(subjects)} subjects; from 1 to {MOST_SUBJECTS} can be provisioned at a time.")
    groups = [subject for subject in subjects if subject.object_type_name == GROUP]
    if groups:
        return Subjects(group=_group(subjects))
    return Subjects(people=_ids(subjects))


def _group(subjects: list[_Subject]) -> GroupSubject:
    """Return the group, which is asked for alone, with the members who go along."""
    if len(subjects) > 1:
        raise bad_request("A group is provisioned alone: one subject, with its members in links.members.")
    [group] = subjects
    members = (group.links.members if group.links else None) or []
    if len(members) > MOST_SUBJECTS:
        raise bad_request(f"{len(members)} members; at most {MOST_SUBJECTS} can be provisioned at a time.")
    return GroupSubject(id=_id(group), members=_ids(members))


def _ids(subjects: list[_Subject]) -> tuple[str, ...]:
    if any(subject.object_type_name != USER for subject in subjects):
        raise bad_request("objectTypeName must be User, or Group for one group with its members.")
    return tuple(dict.fromkeys(map(_id, subjects)))


def _id(subject: _Subject) -> str:
    if not _GUID.fullmatch(subject.object_id):
        raise bad_request("objectId must be the object id (a GUID) of an object of the source tenant.")
    # Graph writes ids in lower case, and rows are found by them.
    return subject.object_id.lower()


def _converted(body: bytes, kind: type[_Kind], name: str) -> _Kind:
    try:
        value, problems = read_json(body)
    except ConfigurationError as error:
        raise _not_valid(error) from error
    if problems:
        raise _not_valid(ConfigurationError(problems))
    try:
        return msgspec.convert(value, type=kind)
    except msgspec.ValidationError as error:
        raise bad_request(f"The body is not that of {name}: {error}.") from error


def _not_valid(error: ConfigurationError) -> GraphError:
    refusal = bad_request("The body is not valid JSON.")
    refusal.problems = error.problems
    return refusal
