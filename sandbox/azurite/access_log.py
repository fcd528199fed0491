"""How many storage transactions does Azurite's access log show?

Azure bills queues and tables by request; an entity group transaction is one.
https://learn.microsoft.com/azure/storage/queues/storage-quickstart-queues-portal
"""

import re
from pathlib import Path

# Azurite writes the common log format: host - user [time] "METHOD path HTTP/1.1" status length.
_REQUEST = re.compile(rb'"([A-Z]+) (\S+) HTTP/1\.[01]" \d{3} ')
_POLLING = re.compile(rb"^/[^/]+/[^/]+/messages(\?|$)")
# The status of timers: the platform keeps it in blobs of its own (see sandbox.host.timer_status).
_TIMER_STATUS = re.compile(rb"^/[^/]+/(sandboxtimers\b|Tables\('sandboxtimers'\))")


class AccessLog:
    """Counts the requests in a log that grows, reading each line once.

    Two kinds are left out, because how often they come depends on the local host and not on the product: its polling of
    the queues, and its status of timers. With a name only the requests to that account count.
    """

    def __init__(self, path: Path, account: str = "") -> None:
        self.path = path
        self._account = b" /" + account.encode()
        self._position = 0
        self._rest = b""
        self._transactions = 0

    def transactions(self) -> int:
        if not self.path.exists():
            return self._transactions
        with self.path.open("rb") as log:
            log.seek(self._position)
            new = log.read()
        self._position += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        self._transactions += sum(_is_transaction(line) for line in lines if self._account in line)
        return self._transactions

    def copy(self, path: Path) -> None:
        """Write the lines of the account to another file."""
        with self.path.open("rb") as log, path.open("wb") as lines:
            lines.writelines(line for line in log if self._account in line)


def _is_transaction(line: bytes) -> bool:
    request = _REQUEST.search(line)
    if request is None:
        return False
    method, path = request.groups()
    if method == b"GET" and _POLLING.match(path):
        return False
    return _TIMER_STATUS.match(path) is None
