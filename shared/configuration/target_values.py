"""How does a value become what an attribute of the target takes, and what would Graph refuse?"""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeGuard

from shared.configuration.directory_schema import UserAttribute, is_extension
from shared.configuration.scoping_filter import AttributeType
from shared.configuration.synchronization_schema import AttributeDefinition
from shared.expressions import ExpressionError, Scalar, Span, Value

AttributeValue = str | bool | int | tuple[str, ...] | None


def typed(known: UserAttribute, definition: AttributeDefinition | None, *, entra: bool) -> UserAttribute:
    """Return the attribute with what a schema says of capitals, and of the type of an extension.

    With `entra` values compare without case unless the definition says otherwise.
    """
    if definition is None:
        return replace(known, case_exact=known.case_exact and not entra)
    if is_extension(known.name) and definition.type in set(AttributeType):
        type_ = AttributeType(definition.type)
        known = replace(known, type=type_, multivalued=definition.multivalued)
    return replace(known, case_exact=definition.case_exact)


def constant_problem(value: str, target: UserAttribute) -> str | None:
    """Return why a constant is nothing that the attribute takes, or None."""
    try:
        found = fitted(value, target)
    except ExpressionError as error:
        return error.message
    if not is_accepted(target, found):
        limit = f" of at most {target.max_length} characters" if target.max_length else ""
        return f"is nothing that Graph takes for {target.name}{limit}"
    return None


def is_accepted(target: UserAttribute, value: AttributeValue) -> bool:
    """Would Graph take the value?"""
    if isinstance(value, tuple):  # "only one number can be set"
        return (len(value) <= 1 or target.name != "businessPhones") and all(value)
    if not isinstance(value, str):
        return True
    fits = target.max_length is None or len(value) <= target.max_length
    return fits and (target.pattern is None or re.fullmatch(target.pattern, value) is not None)


def fitted(value: Value, target: UserAttribute) -> AttributeValue:
    """Return the value as the attribute takes it; of several values for a single one the first."""
    if isinstance(value, str) and target.type is AttributeType.STRING and not target.multivalued:
        return value or None  # most values are of this kind
    if target.multivalued:
        values = value if isinstance(value, tuple) else (value,)
        if target.type is AttributeType.STRING and _are_texts(values):
            return values  # as nearly all are
        return tuple(str(_scalar(each, target)) for each in values if each not in {None, ""})
    if isinstance(value, tuple):
        value = next((each for each in value if each not in {None, ""}), None)
    return None if value in {None, ""} else _scalar(value, target)


def _are_texts(values: tuple[Scalar, ...]) -> TypeGuard[tuple[str, ...]]:
    for each in values:  # noqa: SIM110 - a generator takes three times as long for one value, and most have no more
        if each.__class__ is not str or not each:
            return False
    return True


def _scalar(value: Scalar, target: UserAttribute) -> str | int | bool | None:
    match target.type:
        case AttributeType.BOOLEAN:
            return _truth(value)
        case AttributeType.INTEGER:
            return _whole(value)
        case AttributeType.DATE_TIME:
            return _time(_text(value))
        case _:
            return _text(value)


def _text(value: Scalar) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _truth(value: Scalar) -> bool:
    if isinstance(value, bool | int):
        return bool(value)
    text = _text(value).strip().casefold()
    if text not in {"true", "false"}:
        raise _misfit("the attribute takes True or False, and this is neither")
    return text == "true"


def _whole(value: Scalar) -> int:
    if isinstance(value, int):
        return int(value)
    try:
        return int(_text(value)[:20])
    except ValueError as error:
        raise _misfit("the attribute takes a whole number, and this is none") from error


def _time(text: str) -> str:
    """Return Graph's form of a time; Entra's functions give `M/d/yyyy h:mm:ss tt`, in UTC."""
    try:
        return f"{datetime.strptime(text, '%m/%d/%Y %I:%M:%S %p').replace(tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}"
    except ValueError:
        return text


def _misfit(message: str) -> ExpressionError:
    return ExpressionError(message, text="", span=Span(start=0, end=0))
