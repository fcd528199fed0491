"""How do hosts start without importing everything again? One process has imported it, and forks one for each order.

An order is a line of JSON on standard input: the arguments of ``python -m sandbox.host``, its environment, and the file
of its log. The answers are lines too: ``{"began": PID}`` for each order, and ``{"ended": PID, "status": N}``. At the
end of the input the nursery ends, and with it all that still runs.
"""

import ctypes
import json
import os
import random
import selectors
import signal
import sys
from pathlib import Path
from typing import Any

from sandbox.host.__main__ import main as host
from sandbox.host.project import preload

_PR_SET_PDEATHSIG = 1


def main(project: Path) -> None:
    """Take orders until the input ends."""
    preload(project.resolve())
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer)
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
        selector.register(reader, selectors.EVENT_READ)
        rest = b""
        while True:
            for key, _ in selector.select():
                read = os.read(key.fd, 2**16)
                if key.fd == reader:
                    _report_ends()
                    continue
                if not read:
                    return
                *orders, rest = (rest + read).split(b"\n")
                for order in orders:
                    _begin(json.loads(order))


def _begin(order: dict[str, Any]) -> None:
    pid = os.fork()
    if pid:
        _say(began=pid)
        return
    status = 1
    try:
        _become(order)
        host(order["arguments"])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Nothing of the nursery's own may run in a host that ends.
        os._exit(status)


def _become(order: dict[str, Any]) -> None:
    """Everything that a process of its own would have."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.closerange(3, 256)
    os.environ.clear()
    os.environ.update(order["environment"])
    random.seed()


def _report_ends() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _say(ended=pid, status=os.waitstatus_to_exitcode(status))


def _say(**answer: int) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
