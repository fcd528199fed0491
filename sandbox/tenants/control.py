"""Which changes can the runner, the judge and tests make to a tenant, and what can they read of it?

The operations are those of life in a directory, not calls of Graph: they need no permission and never fail by chance.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import msgspec

from sandbox.tenants.clock import moment
from sandbox.tenants.groups import Group
from sandbox.tenants.invitations import accepted, external_user, new_id
from sandbox.tenants.people import Person, key_of
from sandbox.tenants.tenant import Tenant
from sandbox.world import Document

Change = Mapping[str, Any]


class UnknownObject(KeyError):
    """The change names an object that the tenant does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


class Life:
    """Applies changes to one tenant at one moment."""

    def __init__(self, tenant: Tenant, now: float, random: Random) -> None:
        self._tenant = tenant
        self._now = now
        self._random = random
        self._operations: Mapping[str, Callable[[Change], object]] = {
            "createUser": self._create_user,
            "updateUser": self._update_user,
            "deleteUser": self._delete_user,
            "restoreUser": self._restore_user,
            "purgeUser": self._purge_user,
            "createGuest": self._create_guest,
            "createGroup": self._create_group,
            "updateGroup": self._update_group,
            "deleteGroup": self._delete_group,
            "addMember": self._add_member,
            "removeMember": self._remove_member,
            "assign": self._assign,
            "unassign": self._unassign,
            "assignRole": self._assign_role,
            "unassignRole": self._unassign_role,
            "setPartner": self._set_partner,
            "setPermissions": self._set_permissions,
            "setAdministratorPermissions": self._set_administrator_permissions,
            "setPolicy": self._set_policy,
            "setServicePrincipal": self._set_service_principal,
            "drainQuota": self._drain_quota,
            "shrinkQuota": self._shrink_quota,
            "setLicences": self._set_licences,
            "setDomains": self._set_domains,
            "refuseTokens": self._refuse_tokens,
            "lagApplications": self._lag_applications,
            "expireDeltaTokens": self._expire_delta_tokens,
            "resyncDelta": self._resync_delta,
            "blockInvitations": self._block_invitations,
        }

    def apply(self, change: Change) -> str | None:
        """Apply one change; the id of what it created or touched."""
        operation = self._operations.get(str(change.get("op")))
        if operation is None:
            known = ", ".join(self._operations)
            raise ValueError(f"Unknown operation {change.get('op')!r}. Known: {known}.")
        touched = operation(change)
        return touched if isinstance(touched, str) else None

    def _create_user(self, change: Change) -> str:
        """{"op": "createUser", "user": {...}}"""
        document = {"createdDateTime": moment(self._now), **change["user"]}
        user_id = document.get("id") or new_id(self._random)
        if self._tenant.people.ever_had(user_id):
            raise ValueError(f"The id {user_id} is or was another user's.")
        return self._tenant.people.create(user_id, document, self._now).id

    def _create_guest(self, change: Change) -> str:
        """{"op": "createGuest", "mail": ..., "accepted": bool, "set": {...}}: invited by hand."""
        document = external_user(self._tenant, change["mail"], change.get("displayName"), self._random)
        if change.get("accepted", True):
            document = accepted(document, moment(self._now))
        document = {"createdDateTime": moment(self._now), **document, **(change.get("set") or {})}
        user_id = change.get("id") or new_id(self._random)
        return self._tenant.people.create(user_id, document, self._now).id

    def _update_user(self, change: Change) -> None:
        """{"op": "updateUser", "id": ..., "set": {...}}: exactly these properties."""
        self._tenant.people.update(self._person(change), change["set"], self._now)

    def _delete_user(self, change: Change) -> None:
        self._tenant.delete_user(self._person(change), self._now)

    def _restore_user(self, change: Change) -> None:
        self._tenant.restore_user(self._deleted(change))

    def _purge_user(self, change: Change) -> None:
        """Gone for good, deleted before or not."""
        present = self._tenant.people.find(change["id"])
        if present is not None:
            self._tenant.delete_user(present, self._now)
        self._tenant.purge_user(self._deleted(change))

    def _create_group(self, change: Change) -> str:
        """{"op": "createGroup", "group": {"id", "displayName", "members"}}"""
        document = change["group"]
        group = self._tenant.groups.create(document.get("id") or new_id(self._random), document["displayName"])
        for member in document.get("members") or ():
            self._tenant.groups.add(group, member["id"])
        return group.id

    def _update_group(self, change: Change) -> None:
        self._tenant.groups.rename(self._group(change), change["displayName"])

    def _delete_group(self, change: Change) -> None:
        self._tenant.delete_group(self._group(change).id)

    def _add_member(self, change: Change) -> None:
        """{"op": "addMember", "groupId": ..., "memberId": ...}"""
        self._tenant.groups.add(self._group(change), change["memberId"])

    def _remove_member(self, change: Change) -> None:
        self._tenant.groups.remove(self._group(change), change["memberId"])

    def _assign(self, change: Change) -> str:
        """{"op": "assign", "principalId": ..., "principalType": "User"|"Group", "resourceId"?: ...}"""
        kind = "Group" if self._tenant.groups.find(change["principalId"]) else "User"
        return self._tenant.assign({"principalType": kind, **change}, self._now).id

    def _unassign(self, change: Change) -> None:
        resource = change.get("resourceId") or self._tenant.default_service_principal()
        self._tenant.assignments.remove(change["principalId"], resource)

    def _assign_role(self, change: Change) -> None:
        """{"op": "assignRole", "principalId": ..., "roleDefinitionId": ...}"""
        role = {"principalId": change["principalId"], "roleDefinitionId": change["roleDefinitionId"]}
        self._tenant.role_assignments.append(role)

    def _unassign_role(self, change: Change) -> None:
        kept = [each for each in self._tenant.role_assignments if each["principalId"] != change["principalId"]]
        self._tenant.role_assignments = kept

    def _set_partner(self, change: Change) -> None:
        """{"op": "setPartner", "tenantId": ..., "set": {...} | null}: null removes the partner."""
        key = key_of(change["tenantId"])
        if change["set"] is None:
            self._tenant.partners.pop(key, None)
            return
        earlier = self._tenant.partners.get(key, {"tenantId": change["tenantId"]})
        self._tenant.partners[key] = {**earlier, **change["set"]}

    def _set_permissions(self, change: Change) -> None:
        self._tenant.permissions = frozenset(change["permissions"])

    def _set_administrator_permissions(self, change: Change) -> None:
        self._tenant.administrator_permissions = frozenset(change["permissions"])

    def _set_policy(self, change: Change) -> None:
        """{"op": "setPolicy", "policy": "authorization"|"default", "set": {...}}"""
        policies = {"authorization": self._tenant.authorization_policy, "default": self._tenant.default_policy}
        policies[change["policy"]].update(change["set"])

    def _set_service_principal(self, change: Change) -> None:
        """{"op": "setServicePrincipal", "id": ..., "set": {...} | null}: null removes it."""
        found = self._tenant.service_principals.pop(key_of(change["id"]))
        if change["set"] is not None:
            self._tenant.service_principals[key_of(change["id"])] = {**found, **change["set"]}

    def _drain_quota(self, _: Change) -> None:
        """{"op": "drainQuota"}: somebody has used up the tokens of all writes."""
        self._tenant.quota.drain(self._now)

    def _shrink_quota(self, change: Change) -> None:
        """{"op": "shrinkQuota", "share": 0.5}: the service gives only this share of the writes from now on."""
        self._tenant.quota.shrink(change["share"], self._now)

    def _set_licences(self, change: Change) -> None:
        """{"op": "setLicences", "skus": [...]}"""
        self._tenant.subscribed_skus = [dict(each) for each in change["skus"]]

    def _set_domains(self, change: Change) -> None:
        """{"op": "setDomains", "verified": [...], "withoutMail": [...]}: the initial domain stays."""
        verified = (*change["verified"], self._tenant.initial_domain)
        self._tenant.verified_domains = tuple(dict.fromkeys(each.lower() for each in verified))
        self._tenant.domains_without_mail = frozenset(each.lower() for each in change.get("withoutMail", ()))

    def _refuse_tokens(self, change: Change) -> None:
        """{"op": "refuseTokens", "refused": bool}: as when the service principal is disabled."""
        self._tenant.refuses_tokens = bool(change.get("refused", True))

    def _lag_applications(self, change: Change) -> None:
        """{"op": "lagApplications", "requests": N}: the next N requests meet a replica that does not know them yet."""
        self._tenant.unseen = int(change["requests"])

    def _expire_delta_tokens(self, _: Change) -> None:
        """All tokens given out until now answer 400 syncStateNotFound."""
        self._tenant.generation += 1
        self._tenant.expired_below = self._tenant.generation

    def _resync_delta(self, _: Change) -> None:
        """All tokens given out until now answer 410 with a Location."""
        self._tenant.generation += 1
        self._tenant.resync_below = self._tenant.generation

    def _block_invitations(self, change: Change) -> None:
        self._tenant.invitations_blocked = bool(change.get("blocked", True))

    def _person(self, change: Change) -> Person:
        person = self._tenant.people.find(change["id"])
        if person is None:
            raise UnknownObject(f"Tenant {self._tenant.id} has no user {change['id']}.")
        return person

    def _deleted(self, change: Change) -> Person:
        person = self._tenant.people.find_deleted(change["id"])
        if person is None:
            raise UnknownObject(f"Tenant {self._tenant.id} has no deleted user {change['id']}.")
        return person

    def _group(self, change: Change) -> Group:
        group_id = change.get("groupId") or change["id"]
        group = self._tenant.groups.find(group_id)
        if group is None:
            raise UnknownObject(f"Tenant {self._tenant.id} has no group {group_id}.")
        return group


def document_of(person: Person) -> object:
    return person.document


def encoded(person: Person) -> object:
    """The document as JSON: 100,000 dicts at once would cost more than the tenant."""
    return msgspec.Raw(msgspec.json.encode(person.document))


def dump(tenant: Tenant, shown: Callable[[Person], object] = document_of) -> Document:
    """The tenant in the form of a source directory, with what else the judge asks for."""
    return {
        "organization": {
            "id": tenant.id,
            "displayName": tenant.display_name,
            "initialDomain": tenant.initial_domain,
            "verifiedDomains": list(tenant.verified_domains),
        },
        "users": [shown(person) for person in tenant.people],
        "groups": [_dumped_group(tenant, group) for group in tenant.groups],
        "appRoleAssignments": [
            {
                "id": each.id,
                "principalId": each.principal_id,
                "principalType": each.principal_type,
                "resourceId": each.resource_id,
                "appRoleId": each.app_role_id,
            }
            for each in tenant.assignments
            if tenant.is_present(each.principal_id)
        ],
        "deletedItems": [
            {**person.document, "deletedDateTime": moment(person.deleted_at)} for person in tenant.people.deleted()
        ],
        "roleAssignments": tenant.role_assignments,
        "partners": list(tenant.partners.values()),
        "permissions": sorted(tenant.permissions),
    }


def _dumped_group(tenant: Tenant, group: Group) -> Document:
    members = [
        {
            "@odata.type": f"#microsoft.graph.{'group' if tenant.groups.find(member) else 'user'}",
            "id": member,
        }
        for _, member in group.members()
    ]
    return {
        "id": group.id,
        "displayName": group.display_name,
        "description": group.description,
        "members": members,
    }
