"""What does the Queue service answer, as far as the product and its host ask it?

https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Final
from xml.sax.saxutils import escape, unescape

from sandbox.storage.database import StorageError
from sandbox.storage.exchange import Answer, Request

_TEXT = re.compile(r"<MessageText>(.*)</MessageText>", re.DOTALL)
_XML = {"Content-Type": "application/xml"}
_SEVEN_DAYS: Final = 7 * 86_400.0
_UNSEEN_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    text: str
    inserted: float
    expires: float
    visible: float
    dequeue_count: int = 0
    receipt: str = ""


class Queues:
    """The queues of one account, by name; messages come in the order of their time."""

    def __init__(self) -> None:
        self._queues: dict[str, dict[str, Message]] = {}

    def answer(self, request: Request, now: float) -> Answer:
        """The answer to one request; raises StorageError."""
        match (request.method, *request.path.split("/")):
            case ("PUT", name):
                return self._create(name)
            case ("GET", name) if request.options.get("comp") == "metadata":
                count = len(self._live(name, now))
                return Answer(status=200, headers={"x-ms-approximate-messages-count": str(count)})
            case ("POST", name, "messages"):
                return self._put(name, request, now)
            case ("GET", name, "messages"):
                return self._get(name, request, now)
            case ("DELETE", name, "messages"):
                self._queue(name).clear()
                return Answer(status=204)
            case ("PUT", name, "messages", number):
                return self._update(name, number, request, now)
            case ("DELETE", name, "messages", number):
                self._held(name, number, request, now)
                del self._queue(name)[number]
                return Answer(status=204)
        raise StorageError(501, "NotImplemented")

    def _create(self, name: str) -> Answer:
        known = name in self._queues
        self._queues.setdefault(name, {})
        return Answer(status=204 if known else 201)

    def _put(self, name: str, request: Request, now: float) -> Answer:
        queue, found = self._queue(name), _TEXT.search(request.body.decode())
        if found is None:
            raise StorageError(400, "InvalidXmlDocument")
        delay, lives = _seconds(request, "visibilitytimeout", 0.0), _seconds(request, "messagettl", _SEVEN_DAYS)
        message = Message(
            id=str(uuid.uuid4()),
            text=unescape(found.group(1)),
            inserted=now,
            expires=now + lives,
            visible=now + delay,
            receipt=uuid.uuid4().hex,
        )
        queue[message.id] = message
        return _listed(201, [_element(message)])

    def _get(self, name: str, request: Request, now: float) -> Answer:
        visible = sorted(
            (each for each in self._live(name, now) if each.visible <= now),
            key=lambda each: (each.visible, each.inserted),
        )
        chosen = visible[: int(request.options.get("numofmessages", 1))]
        if request.options.get("peekonly") == "true":
            return _listed(200, [_element(each, text=True) for each in chosen])
        hidden = now + _seconds(request, "visibilitytimeout", _UNSEEN_SECONDS)
        delivered = [
            replace(each, visible=hidden, dequeue_count=each.dequeue_count + 1, receipt=uuid.uuid4().hex)
            for each in chosen
        ]
        self._queue(name).update((each.id, each) for each in delivered)
        return _listed(200, [_element(each, text=True) for each in delivered])

    def _update(self, name: str, number: str, request: Request, now: float) -> Answer:
        held = self._held(name, number, request, now)
        found = _TEXT.search(request.body.decode())
        text = held.text if found is None else unescape(found.group(1))
        visible = now + _seconds(request, "visibilitytimeout", 0.0)
        updated = replace(held, text=text, visible=visible, receipt=uuid.uuid4().hex)
        self._queue(name)[number] = updated
        told = {"x-ms-popreceipt": updated.receipt, "x-ms-time-next-visible": formatdate(visible, usegmt=True)}
        return Answer(status=204, headers=told)

    def _held(self, name: str, number: str, request: Request, now: float) -> Message:
        message = self._queue(name).get(number)
        if message is None or message.expires <= now:
            raise StorageError(404, "MessageNotFound")
        if message.receipt != request.options.get("popreceipt"):
            raise StorageError(400, "PopReceiptMismatch")
        return message

    def _live(self, name: str, now: float) -> Sequence[Message]:
        queue = self._queue(name)
        for message in [each for each in queue.values() if each.expires <= now]:
            del queue[message.id]
        return list(queue.values())

    def _queue(self, name: str) -> dict[str, Message]:
        if name not in self._queues:
            raise StorageError(404, "QueueNotFound")
        return self._queues[name]


def _seconds(request: Request, name: str, default: float) -> float:
    return float(request.options.get(name, default))


def _listed(status: int, elements: Sequence[str]) -> Answer:
    text = f'<?xml version="1.0" encoding="utf-8"?><QueueMessagesList>{"".join(elements)}</QueueMessagesList>'
    return Answer(status=status, headers=_XML, body=text.encode())


def _element(message: Message, *, text: bool = False) -> str:
    fields = {
        "MessageId": message.id,
        "InsertionTime": formatdate(message.inserted, usegmt=True),
        "ExpirationTime": formatdate(message.expires, usegmt=True),
        "PopReceipt": message.receipt,
        "TimeNextVisible": formatdate(message.visible, usegmt=True),
    }
    if text:
        fields |= {"DequeueCount": str(message.dequeue_count), "MessageText": escape(message.text)}
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<QueueMessage>{inner}</QueueMessage>"
