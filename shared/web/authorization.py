"""Who may do what, and with which configurations?

| role | includes | may |
|---|---|---|
| Reader | | see jobs, cycles and logs |
| Operator | Reader | start, pause, provision on demand; for all configurations: switch the app read-only |
| Approver | Reader | approve what is held, release whom the target has blocked or deleted |
| Administrator | all | change and remove configurations |

App roles are called `Tenantsync.<role>`; one limited to a configuration is `Tenantsync.<role>:<configuration id>` (no
id holds a colon). The directory roles that may read Entra's provisioning logs are Readers of everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.web.principal import Principal

PREFIX: Final = "Tenantsync."


class Role(StrEnum):
    READER = "Reader"
    OPERATOR = "Operator"
    APPROVER = "Approver"
    ADMINISTRATOR = "Administrator"


_APP_ROLES: Final = {f"{PREFIX}{role}": role for role in Role}

INCLUDED: Final = {
    Role.READER: frozenset({Role.READER}),
    Role.OPERATOR: frozenset({Role.READER, Role.OPERATOR}),
    Role.APPROVER: frozenset({Role.READER, Role.APPROVER}),
    Role.ADMINISTRATOR: frozenset(Role),
}

# https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
READING_DIRECTORY_ROLES: Final = frozenset(
    {
        "4a5d8f65-41da-4de4-8968-e035b65339cf",  # Reports Reader
        "5d6b6bb7-de71-4623-b4af-96380a352509",  # Security Reader
        "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f",  # Security Operator
        "194ae4cb-b126-40b2-bd5b-6091b380977d",  # Security Administrator
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",  # Application Administrator
        "158c047a-c907-4556-b7ef-446551a6b5f7",  # Cloud Application Administrator
        "62e90394-69f5-4237-9190-012177145e10",  # Global Administrator
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451",  # Global Reader
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One role, for one configuration or (empty) for all."""

    role: Role
    configuration_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who is signed in, with what they may do."""

    principal: Principal
    grants: frozenset[Grant]

    def may(self, role: Role, configuration_id: str) -> bool:
        """Do they have the role, or one that includes it, for this configuration?"""
        return any(role in INCLUDED[each.role] for each in self.grants if _covers(each, configuration_id))

    def may_everywhere(self, role: Role) -> bool:
        """Do they have the role for all configurations?"""
        return any(role in INCLUDED[each.role] for each in self.grants if not each.configuration_id)

    def may_somewhere(self, role: Role) -> bool:
        """Do they have the role for any configuration at all?"""
        return any(role in INCLUDED[each.role] for each in self.grants)


def caller_of(principal: Principal) -> Caller:
    """Return the caller with all grants of the principal's roles; roles that are not ours grant nothing."""
    return Caller(principal=principal, grants=frozenset(_grants(principal)))


def _grants(principal: Principal) -> Iterator[Grant]:
    if principal.directory_roles & READING_DIRECTORY_ROLES:
        yield Grant(role=Role.READER)
    for value in principal.roles:
        name, limited, configuration_id = value.partition(":")
        # `Tenantsync.Reader:` names no configuration; it must not become a role for all of them.
        if name in _APP_ROLES and bool(limited) == bool(configuration_id):
            yield Grant(role=_APP_ROLES[name], configuration_id=configuration_id)


def _covers(grant: Grant, configuration_id: str) -> bool:
    return grant.configuration_id in {"", configuration_id}
