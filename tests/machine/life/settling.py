"""All is calm: is the target what both sides made of it? And whatever follows on the end of a configuration?"""

from typing import cast

from shared.orchestration.remove_configuration import UNDER_WAY, remove_configuration
from shared.orchestration.start_cycles import tick
from tests.engine.local_engine import LocalEngine
from tests.engine.small_world import CONFIGURATION
from tests.machine.base import Broken
from tests.machine.host import Host
from tests.machine.life.closing import LifeClosing
from tests.machine.life.matrix import Row, reach
from tests.machine.life.oracle import LifeOracle
from tests.machine.life.standing_rows import note_rows
from tests.machine.settling import SettlingOperations


async def _work_off(local: LocalEngine) -> None:
    """Let the timer fire, and work until no message is visible: of a removed configuration no row says who acts."""
    await tick(local.worker)
    while await local._work():
        pass


class LifeHost(Host):
    """Watched by an oracle that knows of what others do in the target."""

    watched_by = LifeOracle


class LifeSettling(SettlingOperations):
    """Settles like the other machine, and compares by more."""

    hosted_by = LifeHost
    removed_at_last = False
    """Does the world end with the removal of its configuration?"""
    chain_may_be_new = False
    """May the target's chain of changes have begun, or have to begin, since all was settled?"""

    @property
    def lives(self) -> LifeOracle:
        return cast("LifeOracle", self.host.oracle)

    def closing(self, *, held: bool = False, excused: tuple[str, ...] = ()) -> LifeClosing:  # type: ignore[override]
        return LifeClosing(oracle=self.lives, held=held, excused=excused)

    def look_at_laws(self) -> None:
        self.lives.look_at_cleared()
        super().look_at_laws()

    def settle(self, *, full: bool) -> None:
        super().settle(full=full)
        closing = self.closing(excused=tuple(self._escrowed()))
        self.lives.note_level(closing.is_in_the_way)
        note_rows(self.lives)

    def _run_cycles(self) -> None:
        """What was before a chain of the target began is looked at by the cycle after that one."""
        if self.chain_may_be_new or self.host.truth.troubled:
            self._run_cycle("first cycle")
            self.look_at_laws()
        self.chain_may_be_new = False
        super()._run_cycles()

    def bring_somebody(self) -> None:
        """Let the engine provision whom it can."""
        self.have_read()

    def have_read(self) -> None:
        self._have_read()

    def teardown(self) -> None:
        """Whatever happened, in the end it settles; and what is removed as a whole leaves everybody as they are."""
        try:
            if not self.failed:
                self.settle(full=True)
                if self.removed_at_last:
                    self._remove()
        finally:
            self.host.close()

    def _remove(self) -> None:
        local, writes = self.host.local, self.host.local.writes()
        self.host.call(remove_configuration(local.engine, CONFIGURATION))
        self.let_go(self.people[0].id)
        for _ in range(3):
            self.host.pass_time(UNDER_WAY)
            self.host.call(_work_off(local))
        if local.writes() != writes:
            raise Broken("law of removal broken: a configuration that is removed has changed the target")
        reach(Row.CONFIGURATION_REMOVED)
