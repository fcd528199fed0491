"""What does POST /users/{id}/sendMail do? It keeps the message where a test can see it.

https://learn.microsoft.com/graph/api/user-sendmail and https://learn.microsoft.com/graph/errors
"""

from collections.abc import Mapping
from typing import Any

from sandbox.tenants import errors
from sandbox.tenants.context import Context
from sandbox.tenants.exchange import Answer, GraphError
from sandbox.tenants.invitations import is_external
from sandbox.tenants.people import Person

_MESSAGE = frozenset({"subject", "body", "toRecipients"})
_BODY = frozenset({"contentType", "content"})
_TYPES = frozenset({"text", "html"})


def send_mail(context: Context) -> Answer:
    """202 without a body, if the sender has a mailbox and the message is whole."""
    sender = _sender(context)
    document = context.request.document
    message = _object(document.get("message"), _MESSAGE, "message")
    if not isinstance(document.get("saveToSentItems", True), bool):
        raise errors.bad_request("Cannot convert the literal of 'SaveToSentItems' to the expected type 'Edm.Boolean'.")
    body = _object(message.get("body"), _BODY, "body")
    if str(body.get("contentType", "")).lower() not in _TYPES or not isinstance(body.get("content"), str):
        raise errors.bad_request("The body of the message has no content, or a contentType other than Text and HTML.")
    recipients = _recipients(message.get("toRecipients"))
    context.tenant.sent_mail.append(
        {"from": sender.id, "to": recipients, "subject": message.get("subject", ""), "text": body["content"]}
    )
    return Answer(status=202)


def _sender(context: Context) -> Person:
    people = context.tenant.people
    person = people.find(context.id) or people.find_by_name(context.id)
    if person is None:
        raise GraphError(404, "ErrorInvalidUser", f"The requested user '{context.id}' is invalid.")
    if is_external(person.document) or not person.document.get("mail"):
        raise GraphError(
            404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or hosted on-premise."
        )
    return person


def _object(value: object, known: frozenset[str], what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not {each for each in value if not each.startswith("@odata.")} <= known:
        raise errors.bad_request(f"The property '{what}' is missing or has properties that the product never sends.")
    return value


def _recipients(value: object) -> list[str]:
    listed = value if isinstance(value, list) else []
    addresses = [each.get("emailAddress", {}).get("address") if isinstance(each, dict) else None for each in listed]
    if not addresses or not all(isinstance(each, str) and "@" in each for each in addresses):
        raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    return [str(each) for each in addresses]
