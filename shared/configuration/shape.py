"""Where does a document not have the shape of the schema, in plain words?"""

import difflib
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from shared.configuration.document_schema import DOCUMENT_SCHEMA
from shared.configuration.problems import MOST_PROBLEMS, Problem, child_path, printable

_VALIDATOR = Draft202012Validator(DOCUMENT_SCHEMA)
_TYPE_NAMES = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_MOST_SHOWN = 60
_Rule = Callable[[str, Any, Mapping[str, Any]], Iterator[Problem]]


def shape_problems(document: object) -> Iterator[Problem]:
    """Yield what does not fit, at most as much as anybody would repair in one go."""
    errors = islice(_VALIDATOR.iter_errors(document), MOST_PROBLEMS)
    for error in errors:
        yield from islice(_describe(error), MOST_PROBLEMS)


def shown(value: object) -> str:
    """Show a value of the document within a sentence, shortened, without anything a terminal acts on."""
    text = printable(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _describe(error: ValidationError) -> Iterator[Problem]:
    path = ""
    for step in error.absolute_path:
        path = child_path(path, step)
    describe: _Rule = _RULES.get(str(error.validator), _stated)
    # A schema may also be a mere true or false; ours has none of those that a value could fail.
    schema = cast("Mapping[str, Any]", error.schema)
    yield from describe(path, error.instance, schema)


def _missing(path: str, instance: Mapping[str, object], schema: Mapping[str, Any]) -> Iterator[Problem]:
    for name in schema["required"]:
        if name not in instance:
            description = schema["properties"][name]["description"]
            yield Problem(path=child_path(path, name), message=f"is missing: {description}")


def _unknown(path: str, instance: Mapping[str, object], schema: Mapping[str, Any]) -> Iterator[Problem]:
    known = list(schema["properties"])
    for name in instance:
        if name not in schema["properties"]:
            yield Problem(path=child_path(path, name), message=f"is not known here; {_suggestion(name, known)}")


def _suggestion(name: str, known: list[str]) -> str:
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name[:_MOST_SHOWN].lower(), by_lower, n=1)
    if close:
        return f'did you mean "{by_lower[close[0]]}"?'
    return f"known are {', '.join(known)}"


def _wrong_type(path: str, instance: object, schema: Mapping[str, Any]) -> Iterator[Problem]:
    expected = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    names = " or ".join(_TYPE_NAMES[each] for each in expected)
    yield Problem(path=path, message=f"must be {names}, but is {shown(instance)}")


def _too_long(path: str, instance: str, schema: Mapping[str, Any]) -> Iterator[Problem]:
    message = f"is {len(instance)} characters long; the limit is {schema['maxLength']}"
    yield Problem(path=path, message=message)


def _wrong_number_of_entries(path: str, instance: list[object], schema: Mapping[str, Any]) -> Iterator[Problem]:
    message = f"has {len(instance)} entries; it needs {schema['minItems']} to {schema['maxItems']}"
    yield Problem(path=path, message=message)


def _stated(path: str, instance: object, schema: Mapping[str, Any]) -> Iterator[Problem]:
    yield Problem(path=path, message=f"{schema['errorMessage']}; found {shown(instance)}")


_RULES: dict[str, _Rule] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "type": _wrong_type,
    "maxLength": _too_long,
    "minItems": _wrong_number_of_entries,
    "maxItems": _wrong_number_of_entries,
}
