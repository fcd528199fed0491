"""Ten thousand steps of the property machine; `TENANTSYNC_TEST_STEPS=50000 make test ARGS=tests/machine` runs more."""

import os
import re

import pytest

from tests.machine.__main__ import main
from tests.machine.machine import PropertyMachine
from tests.machine.operations import operations_of
from tests.machine.running import Kind, run_steps

STEPS = int(os.environ.get("TENANTSYNC_TEST_STEPS", "10000"))
AT_LEAST = STEPS // 100

ONE = Kind(worlds=1)


@pytest.mark.timeout(900)
def test_every_law_holds_after_each_step_of_any_life(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--steps", str(STEPS), "--each", str(AT_LEAST), "--jobs", "2"])

    told = capsys.readouterr().out
    executed = {name: int(times) for times, name in re.findall(r"^ +(\d+) (\w+)$", told, re.MULTILINE)}
    assert status == 0, told
    assert sum(executed.values()) >= STEPS
    assert executed.keys() == operations_of(PropertyMachine)
    assert {name: times for name, times in executed.items() if times < AT_LEAST} == {}


def test_what_is_done_does_not_depend_on_the_number_of_processes() -> None:
    alone = [(batch.seed, batch.executed) for batch in run_steps(1, 1, ONE, jobs=1)]
    beside = [(batch.seed, batch.executed) for batch in run_steps(1, 1, ONE, jobs=2)]

    assert alone == beside
