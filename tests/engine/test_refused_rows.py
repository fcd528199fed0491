"""Law 6: storage may refuse a row that nobody has changed; what was begun must not be forgotten by that."""

from typing import TypeVar

import pytest

from shared.adapters.tables.rows import ConflictReason, RowConflict
from tests.engine.hazards import Effect, Mortal
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import person, small_world

IN_A_ROW = 2
"""The one that follows is asked for alone, after the row was read again."""


_Answer = TypeVar("_Answer")


class Refusing(Mortal):
    """Some commits of what is being worked on are refused, as if another had changed the row."""

    def __init__(self, first: int) -> None:
        super().__init__(self)
        self._refused = range(first, first + IN_A_ROW)
        self.commits = 0

    async def before(self) -> None:
        """Nothing happens to those who only read."""

    async def have(self, effect: Effect[_Answer]) -> _Answer:
        if "Replace work:" in effect.what and "pending:" not in effect.what:
            self.commits += 1
            if self.commits - 1 in self._refused:
                raise RowConflict("entries", "work", ConflictReason.changed)
        return await effect.happen()


@pytest.mark.parametrize("first", range(3))
async def test_a_person_is_created_once_and_whole_whatever_storage_refuses_meanwhile(first: int) -> None:
    refusing = Refusing(first)
    local = LocalEngine(small_world([person("ada")]), surroundings=refusing)
    await local.start()

    for _ in range(3):
        await local.run_cycle()

    assert refusing.commits > first
    local.assert_agreement()
