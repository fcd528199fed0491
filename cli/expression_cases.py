"""Does an expression give what a case expects?

A case is `{"expression", "inputs", "output"}`, with `existing` for the values that are taken in the target. Inputs are
attributes: null is absent, an array several values. The output is a value, `{"$flow": "drop"}` where the attribute is
left out of the change, `{"$error": ...}` where evaluating fails, or `{"$value": ..., "$log": "[Redact]"}` where the
value flows but logs do not show it; `"$flow:drop"` and `"$error"` mean the same. Where chance decides, a case has
`assert_regex`, `assert_len`, `assert_min_counts` (digit, special, upper, lower) or `assert_excludes` instead.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow
from typing import Final
from uuid import uuid4

from shared.expressions import DROP, Environment, ExpressionError, Program, Result, Value, compiled, from_json, parse

_KINDS: Final[Mapping[str, Callable[[str], bool]]] = {
    "digit": str.isdigit,
    "upper": str.isupper,
    "lower": str.islower,
    "special": lambda character: not character.isalnum(),
}


class CasesError(Exception):
    """The cases cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A case that did not give what it expects."""

    number: int
    expression: str
    inputs: object
    expected: object
    found: object


def environment(now: datetime, existing: frozenset[str] = frozenset()) -> Environment:
    return Environment(now=now, random=randbelow, new_guid=lambda: str(uuid4()), exists=lambda value: value in existing)


def attributes(inputs: Mapping[str, object]) -> dict[str, Value]:
    return {name: from_json(value) for name, value in inputs.items()}


def plain(result: Result) -> object:
    """Return a result as JSON writes it."""
    if result is DROP:
        return {"$flow": "drop"}
    return list(result) if isinstance(result, tuple) else result


def read_cases(decoded: object) -> list[Mapping[str, object]]:
    """Return the cases of a file: a list, a list of groups with `examples`, or an object with `cases`."""
    listed = decoded.get("cases") if isinstance(decoded, dict) else decoded
    if not isinstance(listed, list):
        raise CasesError("the file holds no list of cases")
    cases = list(_flattened(listed))
    for number, case in enumerate(cases, 1):
        _refuse_misshapen(case, number)
    return cases


def run_case(case: Mapping[str, object], number: int, now: datetime) -> Failure | None:
    """Evaluate one case; None where it gives what it expects."""
    expression, inputs = str(case["expression"]), case.get("inputs") or {}
    existing = case.get("existing") or []
    taken = frozenset(map(str, existing)) if isinstance(existing, list) else frozenset[str]()
    given = inputs if isinstance(inputs, dict) else {}
    expected = case.get("computed", case.get("output"))
    asserted = {name: wanted for name, wanted in case.items() if name.startswith("assert_")}
    found, redacted = _outcome(expression, given, environment(now, taken))
    if _holds(found, asserted) if asserted else _equals(found, expected, redacted=redacted):
        return None
    return Failure(number=number, expression=expression, inputs=inputs, expected=asserted or expected, found=found)


def _flattened(listed: list[object]) -> Iterator[Mapping[str, object]]:
    for entry in listed:
        if not isinstance(entry, dict):
            raise CasesError("a case is an object with expression, inputs and output")
        examples = entry.get("examples")
        yield from _flattened(examples) if isinstance(examples, list) else (entry,)


def _refuse_misshapen(case: Mapping[str, object], number: int) -> None:
    if not isinstance(case.get("expression"), str):
        raise CasesError(f"case {number} has no expression")
    if not isinstance(case.get("inputs") or {}, dict):
        raise CasesError(f"case {number}: inputs is an object of attributes")
    if not isinstance(case.get("existing") or [], list):
        raise CasesError(f"case {number}: existing is a list of values")
    if "output" not in case and not any(name.startswith("assert_") for name in case):
        raise CasesError(f"case {number} has no output")


def _outcome(expression: str, inputs: Mapping[str, object], surroundings: Environment) -> tuple[object, bool]:
    try:
        program: Program = compiled(parse(expression))
        return plain(program.evaluate(attributes(inputs), surroundings)), program.is_redacted
    except ExpressionError as error:
        return {"$error": str(error)}, False


def _equals(found: object, expected: object, *, redacted: bool) -> bool:
    if _is_mark(expected, "$error", "$error"):
        return isinstance(found, dict) and "$error" in found
    if _is_mark(expected, "$flow", "$flow:drop"):
        return found == {"$flow": "drop"}
    if isinstance(expected, dict) and "$value" in expected:
        return redacted and _same(found, expected["$value"])
    return _same(found, expected)


def _is_mark(expected: object, key: str, short: str) -> bool:
    return expected == short or (isinstance(expected, dict) and key in expected)


def _same(found: object, expected: object) -> bool:
    """True is not 1 here, as it is in Python."""
    return json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True) or (
        found == expected and not isinstance(found, bool) and not isinstance(expected, bool)
    )


def _holds(found: object, asserted: Mapping[str, object]) -> bool:
    if not isinstance(found, str):
        return False
    return all(_HELD[name](found, wanted) for name, wanted in asserted.items() if name in _HELD)


def _has_counts(found: str, wanted: object) -> bool:
    counts = wanted if isinstance(wanted, dict) else {}
    return all(sum(map(_KINDS[kind], found)) >= least for kind, least in counts.items())


_HELD: Final[Mapping[str, Callable[[str, object], bool]]] = {
    "assert_regex": lambda found, wanted: re.search(str(wanted), found) is not None,
    "assert_len": lambda found, wanted: len(found) == wanted,
    "assert_min_counts": _has_counts,
    "assert_excludes": lambda found, wanted: not set(found) & set(str(wanted)),
}
