"""Who acts at this moment: the engine, in which run of a function, or somebody else?"""

from contextvars import ContextVar
from dataclasses import dataclass

from tests.machine.history import Moment


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of a function, and what it has come to know that forbids something."""

    name: str
    began: Moment
    on_demand: bool = False
    policy: bool | None = None
    """What the partner policy said when the run last read it."""


#: Every task of a run inherits it; outside of runs nobody of the engine acts.
ACTING: ContextVar[Run | None] = ContextVar("ACTING", default=None)
