"""What goes wrong between a functions host and its storage? Classes of faults, how often, and to which requests."""

import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from random import Random

from sandbox.storage_proxy.messages import Message


class StorageFault(StrEnum):
    #: A message is answered 201 and not stored.
    MESSAGE_LOST = "message lost"
    #: A message is stored twice.
    MESSAGE_DOUBLED = "message doubled"
    #: A message appears later than it should.
    MESSAGE_LATE = "message late"
    #: A conditional write is answered 412 though nobody else has written.
    CONFLICT = "conflict"
    #: An answer of the 500s, and nothing has happened.
    ERROR_BEFORE = "error before"
    #: An answer of the 500s, although it has happened.
    ERROR_AFTER = "error after"
    #: The connection ends without an answer, and nothing has happened.
    CUT_BEFORE = "cut before"
    #: The connection ends without an answer, although it has happened.
    CUT_AFTER = "cut after"
    #: No answer for a long time, and then the connection ends; it has happened, or not.
    TIME_OUT = "time-out"
    #: The answer takes its time.
    SLOW = "slow"


#: The share of the requests a fault is possible for; so small a company makes few requests.
RATES: Mapping[StorageFault, float] = {
    StorageFault.MESSAGE_LOST: 0.08,
    StorageFault.MESSAGE_DOUBLED: 0.1,
    StorageFault.MESSAGE_LATE: 0.08,
    StorageFault.CONFLICT: 0.03,
    StorageFault.ERROR_BEFORE: 0.003,
    StorageFault.ERROR_AFTER: 0.003,
    StorageFault.CUT_BEFORE: 0.002,
    StorageFault.CUT_AFTER: 0.002,
    StorageFault.TIME_OUT: 0.0007,
    StorageFault.SLOW: 0.01,
}

_OF_MESSAGES = frozenset({StorageFault.MESSAGE_LOST, StorageFault.MESSAGE_DOUBLED, StorageFault.MESSAGE_LATE})
_PUT_MESSAGE = re.compile(rb"POST /[^/ ]+/[^/ ]+/messages[? ]")
_CONDITION = re.compile(rb'(\r\nif-match: *W/"datetime\'[^\r]*?)(\d)(Z?\'"\r\n)', re.IGNORECASE)


class StorageFaults:
    """Seeded draws on the rates in force, and how often each fault has happened."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.rates: Mapping[StorageFault, float] = {}
        self.fired: Counter[StorageFault] = Counter()

    def draw(self, request: Message) -> StorageFault | None:
        """What happens to one request, if anything."""
        point = self.random.random()
        for fault, rate in self.rates.items():
            if not is_possible(fault, request):
                continue
            if point < rate:
                self.fired[fault] += 1
                return fault
            point -= rate
        return None


def is_possible(fault: StorageFault, request: Message) -> bool:
    if fault in _OF_MESSAGES:
        return _PUT_MESSAGE.match(request.head) is not None
    if fault is StorageFault.CONFLICT:
        return bool(conditions(request))
    return True


def conditions(request: Message) -> list[re.Match[bytes]]:
    """Each condition on a version, of a request or of the parts of an entity group transaction."""
    return [*_CONDITION.finditer(request.head), *_CONDITION.finditer(request.body)]


def with_stale_condition(request: Message, chosen: re.Match[bytes]) -> Message:
    """The request with a condition on a version that never was: storage itself refuses it.

    Neither headers nor body of table requests are signed.
    """
    digit = b"%d" % ((int(chosen[2]) + 1) % 10)
    text = chosen.string[: chosen.start(2)] + digit + chosen.string[chosen.end(2) :]
    if chosen.string is request.head:
        return Message(head=text, body=request.body)
    return Message(head=request.head, body=text)
