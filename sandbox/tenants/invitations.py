"""What does POST /invitations do to a tenant?

https://learn.microsoft.com/graph/api/invitation-post and
https://learn.microsoft.com/entra/external-id/troubleshoot for the refusals.
"""

import re
import uuid
from collections.abc import Mapping
from random import Random
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.clock import moment
from sandbox.tenants.context import Context
from sandbox.tenants.exchange import Answer
from sandbox.tenants.patching import address_taken
from sandbox.tenants.people import Person, key_of
from sandbox.tenants.tenant import Tenant

#: "Special characters not permitted": the invitation resource page.
_FORBIDDEN = re.compile(r"[~!#$%^&*()+=\[\]{}\\/|;:\"<>?,\s]")
_BLOCKED_BY_POLICY = (
    "This invitation is blocked by cross-tenant access settings. Admins in both the inviting organization and the "
    "invited user's organization must configure cross-tenant access settings to allow the invitation."
)
#: Names before the @ have at most 64 characters: https://learn.microsoft.com/graph/api/resources/user
_LONGEST_NAME = 64


def invite(context: Context) -> Answer:
    """201 with the id of a new B2B user, or of the one who has the address already."""
    body = context.request.document
    address = _address(body)
    _check_rights(context, body)
    _check_policy(context, address)
    person = _known(context, address) or _create(context, address, body)
    return Answer(status=201, body=_invitation(context, body, person))


def is_external(document: Mapping[str, Any]) -> bool:
    """Whether a user came by invitation."""
    name = document.get("userPrincipalName") or ""
    return document.get("creationType") == "Invitation" or "#EXT#" in name.upper()


def external_user(tenant: Tenant, address: str, display_name: str | None, random: Random) -> dict[str, Any]:
    """The object that an invitation makes in a tenant, under a name that is free there."""
    return external_object(_free_name(tenant, address, random), tenant.initial_domain, address, display_name)


def external_object(name: str, host: str, address: str, display_name: str | None) -> dict[str, Any]:
    """The object as an invitation stores it: https://learn.microsoft.com/entra/external-id/user-properties"""
    principal = f"{name}@{host}"
    return {
        "accountEnabled": True,
        "creationType": "Invitation",
        "displayName": display_name or address.partition("@")[0],
        "externalUserState": "PendingAcceptance",
        "mail": address,
        "mailNickname": name,
        "otherMails": [address],
        "proxyAddresses": [f"SMTP:{address}"],
        "userPrincipalName": principal,
        "userType": "Guest",
        "showInAddressList": False,
        "identities": [{"signInType": "userPrincipalName", "issuer": host, "issuerAssignedId": principal}],
    }


def external_name(address: str) -> str:
    """{local}_{domain}#EXT#, shortened where too long (inferred, not documented)."""
    return f"{address.replace('@', '_')[: _LONGEST_NAME - len('#EXT#')]}#EXT#"


def accepted(document: dict[str, Any], at: str) -> dict[str, Any]:
    """The same object after redemption by an Entra account."""
    federated = {"signInType": "federated", "issuer": "ExternalAzureAD", "issuerAssignedId": None}
    return {
        **document,
        "externalUserState": "Accepted",
        "externalUserStateChangeDateTime": at,
        "identities": [federated, *document["identities"]],
    }


def new_id(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _address(body: Mapping[str, Any]) -> str:
    for name in ("invitedUserEmailAddress", "inviteRedirectUrl"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise errors.bad_request(f"Property {name} is required.", name)
    address = str(body["invitedUserEmailAddress"])
    local, _, domain = address.rpartition("@")
    malformed = not local or "." not in domain or _FORBIDDEN.search(address) or local[0] in ".-" or local[-1] in ".-"
    if malformed or "@" in local:
        raise errors.bad_request("The invited user email address is not valid.", "invitedUserEmailAddress")
    return address


def _check_rights(context: Context, body: Mapping[str, Any]) -> None:
    if context.tenant.invitations_blocked:
        raise errors.invitations_blocked()
    if context.tenant.authorization_policy["allowInvitesFrom"] == "none":
        raise errors.guests_not_allowed()
    # Not documented; one project found that an application needs more than User.Invite.All to invite members.
    if body.get("invitedUserType", "Guest") != "Guest" and "Directory.ReadWrite.All" not in context.tenant.permissions:
        raise errors.invitation_denied()


def _check_policy(context: Context, address: str) -> None:
    """Each side's cross-tenant access settings may block: https://learn.microsoft.com/entra/external-id/troubleshoot"""
    home = _home_of(context, address)
    if home is None:
        return
    inbound = _collaboration(context.tenant, home, "b2bCollaborationInbound")
    outbound = _collaboration(home, context.tenant, "b2bCollaborationOutbound")
    if _blocks(inbound) or _blocks(outbound):
        raise errors.bad_request(_BLOCKED_BY_POLICY)


def _home_of(context: Context, address: str) -> Tenant | None:
    domain = address.rpartition("@")[2].lower()
    others = (each for each in context.tenants.values() if each is not context.tenant)
    return next((each for each in others if domain in each.verified_domains), None)


def _collaboration(tenant: Tenant, partner: Tenant, name: str) -> Mapping[str, Any] | None:
    """What a tenant says of a partner; what it does not say it inherits from its default."""
    setting: Mapping[str, Any] | None = tenant.partners.get(key_of(partner.id), {}).get(name)
    return tenant.default_policy.get(name) if setting is None else setting


def _blocks(setting: Mapping[str, Any] | None) -> bool:
    access = ((setting or {}).get("usersAndGroups") or {}).get("accessType")
    return access == "blocked"


def _known(context: Context, address: str) -> Person | None:
    """The B2B user who has the address already; 400 where anybody else holds it."""
    holders = context.tenant.people.holders(address)
    named = context.tenant.people.find_by_name(address)
    found: tuple[Person, ...] = (*holders, named) if named else holders
    for person in found:
        document = person.document
        if not is_external(document):
            raise _already_exists(person.id, document)
        if context.switches.reinvite == "conflict":
            raise errors.proxy_conflict()
        return person
    if address.rpartition("@")[2].lower() in context.tenant.verified_domains:
        raise errors.bad_request(
            "The invited user cannot be added: the email address is a verified domain of this directory."
        )
    if context.tenant.people.deleted_holders(address) or address_taken(context.tenant, address):
        raise errors.proxy_conflict()
    return None


def _already_exists(person_id: str, document: Mapping[str, Any]) -> Exception:
    blocked = "" if document.get("accountEnabled", True) else " The user account is blocked from signing in."
    return errors.bad_request(
        f"The invited user already exists in the directory as object ID: {person_id}. "
        f"They can use that account to sign in to shared apps and resources.{blocked}"
    )


def _create(context: Context, address: str, body: Mapping[str, Any]) -> Person:
    tenant, random = context.tenant, context.faults.random
    document = external_user(tenant, address, body.get("invitedUserDisplayName"), random)
    document["userType"] = body.get("invitedUserType") or "Guest"
    document["createdDateTime"] = moment(context.now)
    if context.accepts_automatically and _redeems_automatically(context, address):
        document = accepted(document, moment(context.now))
    return tenant.people.create(new_id(random), document, context.now)


def _redeems_automatically(context: Context, address: str) -> bool:
    """Both flags: https://learn.microsoft.com/entra/external-id/cross-tenant-access-overview#automatic-redemption-setting"""
    home = _home_of(context, address)
    if home is None:
        return False
    inbound = context.tenant.partners.get(key_of(home.id), {}).get("automaticUserConsentSettings") or {}
    outbound = home.partners.get(key_of(context.tenant.id), {}).get("automaticUserConsentSettings") or {}
    return bool(inbound.get("inboundAllowed") and outbound.get("outboundAllowed"))


def _free_name(tenant: Tenant, address: str, random: Random) -> str:
    """The usual name, with a suffix where that is taken (inferred, not documented)."""
    name = external_name(address)
    stem = name.removesuffix("#EXT#")
    while tenant.people.find_by_name(f"{name}@{tenant.initial_domain}"):
        name = f"{stem[: _LONGEST_NAME - 9]}{random.randint(1000, 9999)}#EXT#"
    return name


def _invitation(context: Context, body: Mapping[str, Any], person: Person) -> dict[str, Any]:
    state = person.document.get("externalUserState")
    return {
        "@odata.context": f"{context.request.base}/$metadata#invitations/$entity",
        "id": new_id(context.faults.random),
        "inviteRedeemUrl": f"https://login.microsoftonline.com/redeem?rd=tenant%3d{context.tenant.id}%26user%3d{person.id}",
        "invitedUserDisplayName": body.get("invitedUserDisplayName"),
        "invitedUserType": body.get("invitedUserType") or "Guest",
        "invitedUserEmailAddress": body["invitedUserEmailAddress"],
        "sendInvitationMessage": body.get("sendInvitationMessage", False),
        "resetRedemption": False,
        "inviteRedirectUrl": body["inviteRedirectUrl"],
        "status": "Completed" if state == "Accepted" else "PendingAcceptance",
        "invitedUserMessageInfo": {
            "messageLanguage": None,
            "customizedMessageBody": None,
            "ccRecipients": [{"emailAddress": {"name": None, "address": None}}],
        },
        "invitedUser": {"id": person.id},
    }
