"""Who is the manager of an object that stands for somebody? The object of the person's manager, if that one is there.

Both have to be in scope
(https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure). Who came
later than the report may be assigned by the next cycle, and who is leaving may be removed by it.
"""

from collections.abc import Mapping

from sandbox.judge.case import Case
from sandbox.judge.directory import User
from sandbox.judge.expectation import Expectation

NOBODY = ""


def possible_managers(case: Case, expectation: Expectation, objects: Mapping[str, User]) -> tuple[str, ...]:
    """The ids of which one has to be the manager's (empty: none), the proper one first; `objects` by person."""
    person, previous = expectation.person, case.previous.users.get(expectation.target_id or "")
    before = NOBODY if previous is None else previous.manager
    found = objects.get(person.manager)
    if found is not None:
        later = previous is not None and found.id not in case.previous.users
        return (found.id, NOBODY, before) if later else (found.id,)
    leaving = case.history.pairs.get(person.manager)
    stays = () if leaving is None or leaving.target_id not in case.current.users else (leaving.target_id,)
    return (NOBODY, *stays, *((before,) if expectation.adopted else ()))
