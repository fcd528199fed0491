"""What can be changed in a tenant, and what does it look like? Values are JSON as Graph gives it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What setting up touches, in the words of Graph's resources."""

    APPLICATION = "application"
    FEDERATED_CREDENTIAL = "federatedIdentityCredential"
    SERVICE_PRINCIPAL = "servicePrincipal"
    CONSENT = "consent"
    PARTNER = "partner"
    IDENTITY_SYNCHRONIZATION = "identitySynchronization"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One object of a tenant by a key that is known before it exists.

    | kind | key |
    |---|---|
    | application, servicePrincipal | the name that the setup gives the application |
    | federatedIdentityCredential | its name |
    | consent | the permission |
    | partner, identitySynchronization | the other tenant's id |
    | assignment | the object id of the person or group |
    """

    kind: Kind
    key: str


Values = Mapping[str, object]
Observed = Mapping[Resource, Values]
"""What was found; what is not in it does not exist."""


def includes(current: object, values: object) -> bool:
    """Does what is there have all these values, whatever else it has?"""
    if isinstance(current, Mapping) and isinstance(values, Mapping):
        return all(includes(current.get(name), value) for name, value in values.items())
    if isinstance(current, list) and isinstance(values, list):
        # Graph adds properties to the entries of a list, such as the origin of an app role
        return len(current) == len(values) and all(map(includes, current, values))
    return current == values


def merged(current: object, values: object) -> object:
    """Return what is there with these values put over it."""
    if isinstance(current, Mapping) and isinstance(values, Mapping):
        return {**current, **{name: merged(current.get(name), value) for name, value in values.items()}}
    return values


def is_empty(value: object) -> bool:
    """Is it what Graph shows for a setting that nobody has made?"""
    if isinstance(value, Mapping):
        return all(is_empty(each) for each in value.values())
    return value is None or value is False or value == []


def adds_nothing(current: Values, values: Values) -> bool:
    """Has the object these values, and beside them nothing that somebody must have set?"""
    return includes(current, values) and all(
        is_empty(value) if name not in values else _adds_nothing(value, values[name]) for name, value in current.items()
    )


def _adds_nothing(current: object, values: object) -> bool:
    if isinstance(current, Mapping) and isinstance(values, Mapping):
        return adds_nothing(current, values)
    return True
