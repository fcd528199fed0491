"""Which rows of the matrix show only by what has not been done? Looked at when all has settled."""

from collections.abc import Iterator

from tests.machine.life.matrix import Row, reach
from tests.machine.life.options import removal
from tests.machine.life.oracle import LifeOracle
from tests.machine.objects import By, Origin, TargetObject


def note_rows(oracle: LifeOracle) -> None:
    """Note whom the engine has left as they are, as it should."""
    for each in oracle.objects:
        for row in _rows(oracle, each):
            reach(row)
    owners = {owner for each in oracle.objects for owner in each.possible_owners}
    for source_id, history in oracle.truth.people.items():
        if history.now.in_scope and not history.now.enabled and source_id not in owners:
            reach(Row.NEVER_CREATED)


def _rows(oracle: LifeOracle, each: TargetObject) -> Iterator[Row]:
    history = oracle.truth.people.get(each.owner)
    if history is None:
        return
    if history.now.in_scope:
        if not each.live and each.moved is By.ADMINISTRATOR:
            yield Row.DELETED_IN_TARGET
        return
    if each.live and each.origin is Origin.FOREIGN:
        yield Row.ADOPTED
    elif each.live and removal(oracle.truth.document.now).action == "none":
        yield Row.NOTHING_DELETED
    elif each.removed and not each.live and history.now.user is None and oracle.marks[each.id].unassigned:
        yield Row.UNASSIGNED_AND_DELETED
