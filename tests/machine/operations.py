"""Which operations has the machine, and how often was each of them executed?"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import wraps
from types import FunctionType
from typing import Any, Protocol

from hypothesis.stateful import rule
from hypothesis.strategies import SearchStrategy

#: Executions by operation, since the process began; every operation is named from the start.
EXECUTED: Counter[str] = Counter()

_COUNTED = "operation"


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

        drawn = drawn_by(counted)
        vars(drawn)[_COUNTED] = method.__name__
        return drawn

    return decorate


def operations_of(machine: type) -> frozenset[str]:
    """Return the names of all operations of a machine."""
    members = (vars(each) for each in machine.__mro__)
    return frozenset(vars(one)[_COUNTED] for own in members for one in own.values() if _COUNTED in _attributes(one))


def _attributes(member: object) -> Mapping[str, object]:
    return vars(member) if isinstance(member, FunctionType) else {}
