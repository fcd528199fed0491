"""Which mails does a simulated tenant send, and which does it refuse?"""

from typing import Any

import pytest

from tests.sandbox.tenants.two_tenants import TARGET, Graph, user_id, world

BOSS = user_id(901)


def mail(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    message = {
        "subject": "Held",
        "body": {"contentType": "Text", "content": "Look at it."},
        "toRecipients": [{"emailAddress": {"address": "ada@contoso.example"}}],
    }
    return {"message": {**message, **changes}, "saveToSentItems": False}


@pytest.mark.parametrize("sender", [BOSS, "boss@fabrikam.example"])
def test_a_mail_is_sent_from_a_mailbox_named_by_id_or_name(sender: str) -> None:
    graph = Graph(world())

    answer = graph.ask("POST", f"/users/{sender}/sendMail", TARGET, mail())

    assert (answer.status, answer.body) == (202, None)
    assert graph.simulation.tenant(TARGET).sent_mail == [
        {"from": BOSS, "to": ["ada@contoso.example"], "subject": "Held", "text": "Look at it."}
    ]


@pytest.mark.parametrize(
    ("sender", "body", "status", "code"),
    [
        ("nobody@fabrikam.example", mail(), 404, "ErrorInvalidUser"),
        (BOSS, mail(toRecipients=[]), 400, "ErrorInvalidRecipients"),
        (BOSS, mail(toRecipients=[{"emailAddress": {"address": "nobody"}}]), 400, "ErrorInvalidRecipients"),
        (BOSS, mail(toRecipients=["a@b.example"]), 400, "ErrorInvalidRecipients"),
        (BOSS, mail(body={"contentType": "Text"}), 400, "Request_BadRequest"),
        (BOSS, mail(body={"contentType": "rtf", "content": "x"}), 400, "Request_BadRequest"),
        (BOSS, mail(attachments=[]), 400, "Request_BadRequest"),
        (BOSS, {"message": "x"}, 400, "Request_BadRequest"),
        (BOSS, {**mail(), "saveToSentItems": "false"}, 400, "Request_BadRequest"),
    ],
)
def test_what_is_no_mail_is_refused(sender: str, body: object, status: int, code: str) -> None:
    graph = Graph(world())

    assert graph.refusal("POST", f"/users/{sender}/sendMail", TARGET, body)[:2] == (status, code)
    assert graph.simulation.tenant(TARGET).sent_mail == []


def test_a_guest_has_no_mailbox_here() -> None:
    graph = Graph(world())
    invitation = {
        "invitedUserEmailAddress": "guest@contoso.example",
        "inviteRedirectUrl": "https://myapps.microsoft.com",
        "invitedUserType": "Guest",
        "sendInvitationMessage": False,
    }
    invited = graph.ask("POST", "/invitations", TARGET, invitation)
    assert invited.status == 201
    assert isinstance(invited.body, dict)
    guest = invited.body["invitedUser"]["id"]

    assert graph.refusal("POST", f"/users/{guest}/sendMail", TARGET, mail())[1] == "MailboxNotEnabledForRESTAPI"
