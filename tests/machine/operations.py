"""Which operations has the machine, and how often was each of them executed?"""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from hypothesis.stateful import rule
from hypothesis.strategies import SearchStrategy

#: Executions by operation, since the process began; every operation is named from the start.
EXECUTED: Counter[str] = Counter()


class Steps(Protocol):
    """What has operations: the machine."""

    def step(self, operation: Callable[[], bool | None]) -> bool:
        """Carry out an operation, then see that every law holds; False if there was nothing to be done."""


Drawn = Callable[[Callable[..., None]], Callable[..., None]]
Method = Callable[..., bool | None]


def operation(**arguments: SearchStrategy[Any]) -> Callable[[Method], Callable[..., None]]:
    """A rule of the machine that is counted; its method returns False where there is nothing to do."""

    def decorate(method: Method) -> Callable[..., None]:
        EXECUTED[method.__name__] = 0

        drawn_by: Drawn = rule(**arguments)  # type: ignore[call-overload]  # its overloads do not take a mapping

        @wraps(method)
        def counted(machine: Steps, **drawn: object) -> None:
            if machine.step(lambda: method(machine, **drawn)):
                EXECUTED[method.__name__] += 1

        return drawn_by(counted)

    return decorate
