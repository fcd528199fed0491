"""What does PATCH /users/{id} accept, and what else changes with it?

https://learn.microsoft.com/graph/api/user-update
"""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.people import Person, addresses_of
from sandbox.tenants.properties import Kind, Property, property_of, unpacked
from sandbox.tenants.tenant import Tenant

_USER_TYPES = frozenset({"Member", "Guest"})
_COUNTRY = re.compile(r"[A-Z]{2}")
_TYPES: Mapping[Kind, type] = {Kind.STRING: str, Kind.BOOLEAN: bool, Kind.STRINGS: list, Kind.OBJECT: dict}


def patched(tenant: Tenant, person: Person, body: Mapping[str, Any]) -> dict[str, Any]:
    """All that the update changes; the body's names are known and writable."""
    for name, value in body.items():
        _check(property_of(name), value)
    _check_meaning(body)
    sensitive = [name for name in body if property_of(name).sensitive]
    if sensitive and tenant.holds_role(person.id):
        # "requires a higher privileged administrator role": the page's note on sensitive properties
        raise errors.denied()
    changes = {name: _merged(person, name, value) for name, value in body.items()}
    if "mail" in body:
        changes["proxyAddresses"] = _with_primary(tenant, person, body["mail"])
    return changes


def address_taken(tenant: Tenant, address: str, but: Person | None = None) -> bool:
    """Whether another user, present or deleted, or a contact has the address among its proxies."""
    holders = (*tenant.people.holders(address), *tenant.people.deleted_holders(address))
    return address.lower() in tenant.contact_addresses or any(
        each is not but and _has_proxy(each, address) for each in holders
    )


def _check(known: Property, value: object) -> None:
    if value is None:
        if not known.nullable or known.kind is Kind.STRINGS:
            raise _invalid(known.name)
        return
    if not isinstance(value, _TYPES[known.kind]):
        raise errors.bad_request(f"A value of type {known.kind} was expected for property '{known.name}'.", known.name)
    if isinstance(value, list) and not all(isinstance(each, str) and each for each in value):
        raise _invalid(known.name)
    if isinstance(value, dict):
        _check_parts(known, value)
    if isinstance(value, str) and not value and not known.nullable:
        raise _invalid(known.name)
    if isinstance(value, str) and known.longest and len(value) > known.longest:
        raise errors.bad_request(
            f"Property '{known.name}' is too long: {len(value)} of at most {known.longest} characters.",
            known.name,
        )


def _check_parts(known: Property, value: Mapping[str, Any]) -> None:
    """Parts of a complex property are texts: https://learn.microsoft.com/graph/api/resources/onpremisesextensionattributes"""
    for part, each in value.items():
        if part not in known.parts:
            raise errors.bad_request(f"Property '{part}' does not exist on the type of '{known.name}'.", known.name)
        if not (each is None or isinstance(each, str)):
            raise errors.bad_request(f"A text was expected for '{part}' of '{known.name}'.", known.name)


def _merged(person: Person, name: str, value: object) -> object:
    """Parts of a complex property that an update does not name stay as they are."""
    if not isinstance(value, dict):
        return value
    return {**(unpacked(person.stored).get(name) or {}), **value}


def _check_meaning(body: Mapping[str, Any]) -> None:
    if len(body.get("businessPhones", ())) > 1:
        # "Although this is a string collection, only one number can be set": the user resource page
        raise _invalid("businessPhones")
    if body.get("userType", "Guest") not in _USER_TYPES:
        raise _invalid("userType")
    if not _COUNTRY.fullmatch(body.get("usageLocation", "DE")):
        raise _invalid("usageLocation")
    if "@" not in body.get("mail", "@"):
        raise _invalid("mail")


def _with_primary(tenant: Tenant, person: Person, mail: str) -> list[str]:
    """A changed mail becomes the primary SMTP proxy; the one before stays as a secondary."""
    if address_taken(tenant, mail, person):
        raise errors.proxy_conflict()
    proxies = unpacked(person.stored).get("proxyAddresses") or []
    others = [_secondary(each) for each in proxies if each.lower() != f"smtp:{mail.lower()}"]
    return [f"SMTP:{mail}", *others]


def _secondary(proxy: str) -> str:
    return f"smtp:{proxy[5:]}" if proxy.startswith("SMTP:") else proxy


def _has_proxy(person: Person, address: str) -> bool:
    proxies = unpacked(person.stored).get("proxyAddresses") or []
    return address.lower() in addresses_of({"proxyAddresses": proxies})


def _invalid(name: str) -> Exception:
    return errors.bad_request(f"Invalid value specified for property '{name}' of resource 'User'.", name)
