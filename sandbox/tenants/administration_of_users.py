"""What does an administrator do with users whom an application never touches so? Canaries are made and purged.

https://learn.microsoft.com/graph/api/user-post-users
"""

from sandbox.tenants import errors
from sandbox.tenants.clock import moment
from sandbox.tenants.context import Context, entity, user_view
from sandbox.tenants.exchange import Answer
from sandbox.tenants.invitations import new_id

_REQUIRED = ("accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName")


def create_user(context: Context) -> Answer:
    """An internal user, whose name must lie in a verified domain."""
    body, tenant = dict(context.request.document), context.tenant
    for name in _REQUIRED:
        if body.get(name) in (None, ""):
            raise errors.bad_request(f"Property {name} is required.", name)
    name = str(body["userPrincipalName"])
    if name.rpartition("@")[2].lower() not in tenant.verified_domains:
        raise errors.bad_request(
            "The domain portion of the userPrincipalName property is invalid.", "userPrincipalName"
        )
    if tenant.people.find_by_name(name):
        raise errors.name_conflict()
    del body["passwordProfile"]
    proxies = [f"SMTP:{body['mail']}"] if body.get("mail") else []
    internal = {"userType": "Member", "createdDateTime": moment(context.now), "proxyAddresses": proxies}
    person = tenant.people.create(new_id(context.faults.random), {**internal, **body}, context.now)
    return Answer(status=201, body=entity(context, "users", user_view(person.id, person.document, None)).body)


def purge_user(context: Context) -> Answer:
    """For good: https://learn.microsoft.com/graph/api/directory-deleteditems-delete"""
    person = context.tenant.people.find_deleted(context.id)
    if person is None:
        raise errors.not_found(context.id)
    context.tenant.purge_user(person)
    return Answer(status=204)
