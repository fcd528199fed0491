"""How do processes start without importing everything again? One has imported it, and forks another for each order.

An order is a line of JSON on standard input: a module and its arguments as ``python -m`` has them, its environment, and
the file of its log. The answers are lines too: ``{"began": PID}`` for each order, and ``{"ended": PID, "status": N}``.
At the end of the input the nursery ends, and with it all that still runs.
"""

import ctypes
import gc
import importlib
import json
import os
import random
import selectors
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.host.project import preload

_PR_SET_PDEATHSIG = 1


def main(project: Path, modules: Sequence[str]) -> None:
    """Import the project and the modules, then take orders until the input ends."""
    preload(project.resolve())
    for module in modules:
        importlib.import_module(module)
    # It stays for good: no collection in any of the processes needs to look through it, and the pages stay shared.
    gc.collect()
    gc.freeze()
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
        status = _run(order["module"], order["arguments"])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Nothing of the nursery's own may run in a host that ends.
        os._exit(status)


def _run(name: str, arguments: Sequence[str]) -> int:
    """What ``python -m`` does; the exit status."""
    module = importlib.import_module(name)
    if hasattr(module, "__path__"):
        module = importlib.import_module(f"{name}.__main__")
    return int(module.main(arguments) or 0)


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
    main(Path(sys.argv[1]), sys.argv[2:])
