"""How is a mail sent? Once: Graph has no key by which it would know a message that it has sent already.

https://learn.microsoft.com/graph/api/user-sendmail
"""

from shared.adapters.graph.client import GraphClient
from shared.adapters.graph.errors import raise_failure
from shared.orchestration.ports import Mail


class GraphMailbox:
    """Mailboxes of one tenant."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def send(self, mail: Mail) -> None:
        """Send a message that is not kept among the sent ones."""
        recipients = [{"emailAddress": {"address": address}} for address in mail.recipients]
        message = {
            "subject": mail.subject,
            "body": {"contentType": "Text", "content": mail.text},
            "toRecipients": recipients,
        }
        body = {"message": message, "saveToSentItems": False}
        answer = await self._client.send(self._client.calls.send_mail(mail.sender, body))
        if not answer.ok:
            raise_failure(answer, self._client.clock.now(), self._client.guessed_wait())
