"""What does one simulated tenant hold, and which changes touch more than one of its parts?"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.tenants.assignments import Assignment, Assignments
from sandbox.tenants.clock import moment, parse_moment
from sandbox.tenants.groups import Groups
from sandbox.tenants.links import Links
from sandbox.tenants.people import People, Person, addresses_of, key_of
from sandbox.tenants.quotas import Quota
from sandbox.tenants.resource_application import GRAPH_ROLES, graph_service_principal
from sandbox.world import ADMINISTRATOR_PERMISSIONS, Document, TenantDocument, WorldError

_YEAR = 365 * 86_400.0


@dataclass(slots=True)
class Statistics:
    """Batch items count, the batches around them do not. Writes are those that were let in."""

    requests: int = 0
    writes: int = 0
    throttled: int = 0


class Tenant:
    """One directory with its policies, its quota and what the control API did to it."""

    def __init__(self, document: TenantDocument, quota: Quota, random: Random) -> None:
        self.id = document.id
        self.display_name = document.display_name
        self.initial_domain = document.initial_domain
        domains = (*document.verified_domains, document.initial_domain)
        self.verified_domains = tuple(dict.fromkeys(each.lower() for each in domains))
        self.domains_without_mail: frozenset[str] = frozenset()
        self.permissions = frozenset(document.permissions)
        #: https://learn.microsoft.com/graph/api/application-post-extensionproperty
        self.extension_properties = frozenset(document.extension_properties)
        self.people = People(random)
        self.groups = Groups()
        self.assignments = Assignments()
        self.service_principals = {key_of(each["id"]): dict(each) for each in document.service_principals}
        self.role_assignments = [dict(each) for each in document.role_assignments]
        self.partners = {key_of(each["tenantId"]): dict(each) for each in document.partners}
        self.applications = {key_of(each["id"]): dict(each) for each in document.applications}
        #: Microsoft Graph's own service principal, whose app roles are the permissions.
        self.graph = graph_service_principal(document.id)
        self.consents = Assignments()
        self.authorization_policy = {"allowInvitesFrom": "everyone", **document.authorization_policy}
        self.default_policy = dict(document.default_policy)
        self.subscribed_skus = [dict(each) for each in document.subscribed_skus]
        self.administrator_permissions = frozenset(ADMINISTRATOR_PERMISSIONS)
        self.refuses_tokens = False
        #: So many requests that build on an application or service principal will meet a replica without it.
        self.unseen = 0
        self.contact_addresses = frozenset().union(*(addresses_of(each) for each in document.contacts))
        self.links = Links(f"{document.id}{random.random()}")
        self.quota = quota
        self.statistics = Statistics()
        self.created_at = ""
        self.invitations_blocked = False
        #: Messages that were accepted, with `from`, the oldest first.
        self.sent_mail: list[dict[str, Any]] = []
        #: Of delta tokens: those of a generation below answer 400 syncStateNotFound or 410.
        self.generation = 0
        self.expired_below = 0
        self.resync_below = 0
        #: After a throttled write nobody writes before this engine time.
        self.writes_not_before = 0.0
        #: Whether a changed-to-null property shows as null in delta's default mode is not documented.
        self.nulls_in_delta = random.random() < 0.5

    @property
    def knows_application(self) -> bool:
        """Whether the product's application has a service principal here; a world may name its permissions only."""
        return bool(self.permissions or self.service_principals)

    def grant(self, consent: Document, now: float) -> Assignment:
        """Consent for a service principal; whichever it is, the product's application has the permission then."""
        document = {**consent, "principalType": "ServicePrincipal"}
        granted = self.consents.add(document, self.graph["id"], moment(now))
        self.permissions |= {GRAPH_ROLES[granted.app_role_id]}
        return granted

    def revoke(self, consent: Assignment) -> None:
        self.consents.remove_one(consent)
        self.permissions -= {GRAPH_ROLES[consent.app_role_id]}

    def default_service_principal(self) -> str | None:
        first = next(iter(self.service_principals.values()), None)
        return None if first is None else str(first["id"])

    def assign(self, document: Mapping[str, Any], now: float) -> Assignment:
        """Assign a principal; without resourceId to the first enterprise application."""
        resource = document.get("resourceId") or self.default_service_principal()
        if resource is None:
            raise WorldError(f"Tenant {self.id} has no service principal to assign {document['principalId']} to.")
        return self.assignments.add(dict(document), resource, moment(now))

    def is_present(self, principal_id: str) -> bool:
        """Whether a principal exists now; assignments of the others are not shown."""
        return self.people.find(principal_id) is not None or self.groups.find(principal_id) is not None

    def holds_role(self, person_id: str) -> bool:
        return any(each["principalId"].lower() == person_id.lower() for each in self.role_assignments)

    def delete_user(self, person: Person, now: float) -> None:
        self.people.delete(person, now)
        self.groups.hide(person.id)

    def restore_user(self, person: Person) -> None:
        self.people.restore(person)
        self.groups.show(person.id)

    def purge_user(self, person: Person) -> None:
        self.people.purge(person)
        self.groups.forget(person.id)
        self.assignments.remove(person.id)

    def delete_group(self, group_id: str) -> None:
        group = self.groups.find(group_id)
        if group is not None:
            self.groups.delete(group)
            self.assignments.remove(group_id)

    def purge_expired(self, now: float) -> None:
        for person in self.people.expired(now):
            self.purge_user(person)


def load_tenant(document: TenantDocument, quota: Quota, random: Random, now: float) -> Tenant:
    """Build the tenant that the document describes; what lacks an id is refused by its name."""
    tenant = Tenant(document, quota, random)
    tenant.created_at = moment(now - 2 * _YEAR)
    created = moment(now - _YEAR)
    for user in document.users:
        tenant.people.create(_id_of(user, "user", document), _with_creation(user, created), now)
    for user in _by_deletion(document):
        deleted = parse_moment(user.get("deletedDateTime"), now)
        tenant.people.load_deleted(_id_of(user, "deleted user", document), _with_creation(user, created), deleted)
    for group in document.groups:
        _load_group(tenant, group, document)
    for assignment in document.app_role_assignments:
        tenant.assign(assignment, now - _YEAR)
    return tenant


def _load_group(tenant: Tenant, document: Document, world: TenantDocument) -> None:
    name = document.get("displayName") or ""
    group = tenant.groups.create(_id_of(document, "group", world), name, document.get("description"))
    for member in document.get("members") or ():
        tenant.groups.add(group, _id_of(member, f"member of group {name!r}", world))


def _by_deletion(document: TenantDocument) -> list[Document]:
    """The oldest deletion first, as they are purged."""
    return sorted(document.deleted_items, key=lambda each: str(each.get("deletedDateTime") or "9"))


def _with_creation(user: Document, created: str) -> Document:
    return user if user.get("createdDateTime") else {**user, "createdDateTime": created}


def _id_of(document: Document, kind: str, world: TenantDocument) -> str:
    object_id = document.get("id")
    if not object_id:
        name = document.get("userPrincipalName") or document.get("displayName") or str(document)[:80]
        raise WorldError(f"Tenant {world.id}: the {kind} {name!r} has no id. Give it one (a GUID).")
    return str(object_id)
