"""Does a configuration treat sample people as expected? Nobody is asked: a case brings all that is known of its person.

A file of cases is a JSON list; a case is an object:

| member | says |
|---|---|
| `name` | what to call it; its number without one |
| `user` | the person as Graph answers: `{"id": ..., "userType": "Member", "memberOf": ["<id of a group>"], ...}` |
| `assigned` | whether the scope includes them at all; true without it |
| `scope` | what is expected: true, false, or the reason, such as `scopingFilter` |
| `creating` | whether the object is new; true without it |
| `attributes` | expected values by attribute: null is cleared, `"$flow:drop"` left alone, `{"$error": ""}` failing |
| `existing` | values that other objects of the target have, by attribute, for SelectUniqueValue |
| `now` | the time, ISO 8601; 2026-01-01T00:00:00Z without it |
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jsonschema import Draft202012Validator

from shared.configuration.configuration import Configuration
from shared.configuration.problems import ConfigurationError, Problem, child_path
from shared.configuration.scoping_filter import MEMBER_OF
from shared.configuration.user_mapping import user_mapping
from shared.expressions import Environment
from shared.provisioning.attribute_flow import Flow, Flowed, compiled_flow
from shared.provisioning.entry import AttributeValue, SourceEntry
from shared.provisioning.scoping import ScopeUndecided, ScopingReason, decide_scope
from shared.provisioning.scoping_filters import CompiledFilter, compiled_filter

DROPPED = "$flow:drop"
FAILED = "$error"
UNDECIDED = "undecided"

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_NO_GUID = "00000000-0000-0000-0000-000000000000"
_TEXTS = {"type": "array", "items": {"type": "string"}}
# Graph answers groups as objects, in which the id is all that counts
_GROUP = {
    "anyOf": [{"type": "string"}, {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}]
}
_SHAPE = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["user"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string"},
            "user": {"type": "object", "properties": {MEMBER_OF: {**_TEXTS, "items": _GROUP}}},
            "assigned": {"type": "boolean"},
            "scope": {"enum": [True, False, UNDECIDED, *(each.value for each in ScopingReason)]},
            "creating": {"type": "boolean"},
            "attributes": {"type": "object"},
            "existing": {"type": "object", "additionalProperties": _TEXTS},
            "now": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"},
        },
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case: a line for each expectation that was not met."""

    name: str
    failures: tuple[str, ...]


def run_cases(configuration: Configuration, cases: object) -> Iterator[Outcome]:
    """Yield the outcome of each case; raises ConfigurationError where the cases are none."""
    problems = tuple(_problems(cases))
    if problems or not isinstance(cases, list):
        raise ConfigurationError(problems)
    users = user_mapping(configuration)
    flow, scope_filter = compiled_flow(users), compiled_filter(users)
    for number, case in enumerate(cases, start=1):
        failures = (
            *_scope_failures(case, scope_filter, guests=configuration.scope.internal_guests),
            *_attribute_failures(case, flow),
        )
        yield Outcome(name=case.get("name") or f"case {number}", failures=failures)


def _problems(cases: object) -> Iterator[Problem]:
    for error in Draft202012Validator(_SHAPE).iter_errors(cases):
        path = ""
        for step in error.absolute_path:
            path = child_path(path, step)
        yield Problem(path=path, message=error.message[:200])


def _scope_failures(case: Mapping[str, Any], scope_filter: CompiledFilter, *, guests: bool) -> Iterator[str]:
    if "scope" not in case:
        return
    expected = case["scope"]
    try:
        entitled = case.get("assigned", True)
        decision = decide_scope(_person(case), entitled=entitled, scope_filter=scope_filter, guests=guests)
        found = decision.reason.value
    except ScopeUndecided:
        found = UNDECIDED
    met = (found == ScopingReason.IN_SCOPE) is expected if isinstance(expected, bool) else found == expected
    if not met:
        yield f"scope: expected {expected}, found {found}"


def _attribute_failures(case: Mapping[str, Any], flow: Flow) -> Iterator[str]:
    flowed = _flowed(case, flow)
    failed = {each.name: each.message for each in flowed.problems}
    for name, expected in case.get("attributes", {}).items():
        if isinstance(expected, dict) and FAILED in expected:
            if name not in failed:
                yield f"{name}: expected an error, found {_shown(flowed, name)}"
        elif name in failed:
            yield f"{name}: expected {expected!r}, found an error: {failed[name]}"
        elif not _is_met(expected, flowed, name):
            yield f"{name}: expected {expected!r}, found {_shown(flowed, name)}"


def _flowed(case: Mapping[str, Any], flow: Flow) -> Flowed:
    taken = frozenset((name, each.casefold()) for name, values in case.get("existing", {}).items() for each in values)
    now = datetime.fromisoformat(case["now"]) if "now" in case else _NOW
    # chance is the same each time: who expects a value of it cannot expect another one
    environment = Environment(now=now, random=lambda _: 0, new_guid=lambda: _NO_GUID, exists=lambda _: False)
    return flow.evaluate(_person(case), creating=case.get("creating", True), environment=environment, taken=taken)


def _is_met(expected: object, flowed: Flowed, name: str) -> bool:
    if expected == DROPPED:
        return name not in flowed.values
    found = flowed.values.get(name)
    if expected in (None, [], ""):
        return name in flowed.values and found in (None, (), "")
    return (list(found) if isinstance(found, tuple) else found) == expected


def _shown(flowed: Flowed, name: str) -> str:
    if name not in flowed.values:
        return f"'{DROPPED}'"
    value = flowed.values[name]
    return repr(list(value) if isinstance(value, tuple) else value)


def _person(case: Mapping[str, Any]) -> SourceEntry:
    user = case["user"]
    groups = user.get(MEMBER_OF)
    ids = None if groups is None else [each["id"] if isinstance(each, dict) else each for each in groups]
    return SourceEntry(id=str(user.get("id", "")), attributes=dict(_attributes(user))).in_groups(ids)


def _attributes(user: Mapping[str, Any]) -> Iterator[tuple[str, AttributeValue]]:
    for name, value in user.items():
        if name == MEMBER_OF:
            continue
        if isinstance(value, dict):
            yield from ((f"{name}/{part}", each) for part, each in value.items())
        else:
            yield name, tuple(map(str, value)) if isinstance(value, list) else value
