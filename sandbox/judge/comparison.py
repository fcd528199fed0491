"""In what does a target object differ from the person it stands for?"""

from dataclasses import dataclass

from sandbox.judge.directory import User
from sandbox.judge.mapping import (
    CONSTANT_SHOW_IN_ADDRESS_LIST,
    DIRECT_ATTRIBUTES,
    KEPT_WHEN_MISSING,
    POSITION,
    USER_TYPE_OF_CREATED,
    Value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    attribute: str
    expected: object
    found: object


def differences(person: User, found: User, previous: User | None, *, adopted: bool) -> list[Difference]:
    """Each attribute that is not what the default mapping makes of the person."""
    expected = desired_values(person, previous)
    result = [
        Difference(attribute=name, expected=wanted, found=value)
        for name, wanted, value in zip(DIRECT_ATTRIBUTES, expected, found.values, strict=True)
        if wanted != value and not (name in KEPT_WHEN_MISSING and wanted is None)
    ]
    if found.show_in_address_list is not CONSTANT_SHOW_IN_ADDRESS_LIST:
        result.append(_difference("showInAddressList", True, found.show_in_address_list))
    user_type = previous.user_type if adopted and previous else USER_TYPE_OF_CREATED
    if found.user_type != user_type:
        result.append(_difference("userType", user_type, found.user_type))
    return result


def frozen_differences(person: User, found: User, previous: User) -> list[Difference]:
    """Each attribute that is neither what it was nor what the mapping makes of the person; the mail is what it was."""
    expected = desired_values(person, previous)
    return [
        Difference(attribute=name, expected=before, found=value)
        for name, before, wanted, value in zip(DIRECT_ATTRIBUTES, previous.values, expected, found.values, strict=True)
        if value != before and (value != wanted or name == "mail")
    ]


def desired_values(person: User, previous: User | None) -> tuple[Value, ...]:
    """What the mapping makes of a person; where the source has nothing and null is refused, what was there."""
    values = list(person.values)
    for name in KEPT_WHEN_MISSING:
        position = POSITION[name]
        if values[position] is None and previous is not None:
            values[position] = previous.values[position]
    return tuple(values)


def _difference(attribute: str, expected: object, found: object) -> Difference:
    return Difference(attribute=attribute, expected=expected, found=found)
