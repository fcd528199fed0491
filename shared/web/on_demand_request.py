"""Whom does a body of provisionOnDemand ask for, or one of a search for them?

https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
"""

import re
from typing import Final, TypeVar

import msgspec

from shared.configuration.json_reading import read_json
from shared.configuration.problems import ConfigurationError
from shared.configuration.templates import DEFAULT_RULE_ID
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
    """Which linked objects go along. No reference is mapped yet, so they are read and say nothing."""

    manager: _Subject | None = None
    members: list[_Subject] | None = None
    owners: list[_Subject] | None = None


class _Parameters(_Typed, frozen=True, kw_only=True):
    subjects: list[_Subject]
    rule_id: str | None = None


class _Body(_Typed, frozen=True, kw_only=True):
    parameters: list[_Parameters]


class _Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    search: str


def read_search(body: bytes) -> str:
    """Return what was typed, without the spaces around it. Raises GraphError (400)."""
    typed = _converted(body, _Search, "searchSubjects").search.strip()
    if not 1 <= len(typed) <= LONGEST_SEARCH or not typed.isprintable():
        raise bad_request(f"search must be a name, an address or an object id of 1 to {LONGEST_SEARCH} characters.")
    return typed


def read_subjects(body: bytes, rule_id: str = DEFAULT_RULE_ID) -> tuple[str, ...]:
    """Return the object ids, 1 to 5 in lower case; `rule_id` is the one in force. Raises GraphError (400).

    The default rule's id is taken for it as well, so that one call fits every job.
    """
    parameters = _converted(body, _Body, "provisionOnDemand").parameters
    allowed = {None, DEFAULT_RULE_ID, rule_id}
    if any(each.rule_id not in allowed for each in parameters):
        raise bad_request(f"ruleId names no rule of this job's schema; leave it out or write {rule_id}.")
    subjects = [subject for each in parameters for subject in each.subjects]
    if not 1 <= len(subjects) <= MOST_SUBJECTS:
        raise bad_request(f"{len(subjects)} subjects; from 1 to {MOST_SUBJECTS} can be provisioned at a time.")
    if any(subject.object_type_name != "User" for subject in subjects):
        raise bad_request("objectTypeName must be User: only users are provisioned.")
    if not all(_GUID.fullmatch(subject.object_id) for subject in subjects):
        raise bad_request("objectId must be the object id (a GUID) of a user of the source tenant.")
    # Graph writes ids in lower case, and rows are found by them.
    return tuple(dict.fromkeys(subject.object_id.lower() for subject in subjects))


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
