"""Which answers does the proxy give in storage's place?

https://learn.microsoft.com/rest/api/storageservices/put-message
https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import uuid4

from sandbox.storage_proxy.messages import Message

#: (status line, code): all of them are worth another attempt.
ERRORS = (
    ("500 Internal Server Error", "InternalError"),
    ("500 Operation Timed Out", "OperationTimedOut"),
    ("503 Service Unavailable", "ServerBusy"),
)


def stored_message() -> Message:
    """201 for a message, as if it had been stored."""
    now = datetime.now(UTC)
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><QueueMessagesList><QueueMessage>'
        f"<MessageId>{uuid4()}</MessageId><InsertionTime>{_date(now)}</InsertionTime>"
        f"<ExpirationTime>{_date(now + timedelta(days=7))}</ExpirationTime><PopReceipt>{uuid4().hex}</PopReceipt>"
        f"<TimeNextVisible>{_date(now)}</TimeNextVisible></QueueMessage></QueueMessagesList>"
    )
    return _answer("201 Created", "application/xml", body)


def error(status: str, code: str, *, of_table: bool) -> Message:
    """An error in the form of the service."""
    text = "The server did not do what was asked, or does not say that it did."
    if of_table:
        body = f'{{"odata.error":{{"code":"{code}","message":{{"lang":"en-US","value":"{text}"}}}}}}'
        return _answer(status, "application/json", body, code)
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{text}</Message></Error>'
    return _answer(status, "application/xml", body, code)


def _answer(status: str, kind: str, body: str, code: str = "") -> Message:
    headers = {
        "Date": _date(datetime.now(UTC)),
        "Content-Type": kind,
        "Content-Length": str(len(body.encode())),
        "x-ms-request-id": str(uuid4()),
        **({"x-ms-error-code": code} if code else {}),
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return Message(head="\r\n".join(lines).encode(), body=body.encode())


def _date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
