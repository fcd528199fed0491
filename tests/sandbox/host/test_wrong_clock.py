"""A machine whose clock is wrong: everything in the process that asks for the time of day gets the wrong one."""

import subprocess
import sys
from datetime import datetime

import pytest

from sandbox.runner.options import REPOSITORY

ASK = """
import sys
from datetime import UTC, datetime
import datetime as clock
import gc
import time
from time import time as taken, time_ns as taken_in_nanoseconds
true = datetime.now(UTC)
gc.freeze()
from sandbox.host.wrong_clock import set_ahead
set_ahead(float(sys.argv[1]))
import msgspec
from sandbox.host.clock import EngineClock
class Row(msgspec.Struct):
    at: datetime
engine = EngineClock(origin=0.0, scale=1.0).now()
told = [datetime.now(UTC), datetime.fromtimestamp(time.time(), UTC), datetime.fromtimestamp(time.time_ns() / 1e9, UTC),
        datetime.fromtimestamp(taken(), UTC), datetime.fromtimestamp(taken_in_nanoseconds() / 1e9, UTC),
        datetime.utcnow().replace(tzinfo=UTC), datetime.now().astimezone(UTC), datetime.today().astimezone(UTC),
        msgspec.json.decode(msgspec.json.encode(Row(at=datetime.now(UTC))), type=Row).at]
assert all(type(each) is clock.datetime for each in told)
for each in [true, *told, engine]:
    print(each.isoformat())
"""


@pytest.mark.parametrize("ahead", [3600, -900])
def test_every_clock_of_the_process_is_wrong_by_as_much(ahead: int) -> None:
    command = [sys.executable, "-W", "ignore", "-c", ASK, str(ahead)]

    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout

    true, *told = map(datetime.fromisoformat, printed.split())
    errors = [(each - true).total_seconds() for each in told]
    assert errors == pytest.approx([ahead] * 10, abs=120)


ENGINE = """
import sys
from datetime import UTC, datetime, timedelta
from sandbox.host.wrong_clock import set_ahead
from shared.adapters.clock import StorageClock
storage = datetime(2026, 6, 1, 12, tzinfo=UTC)
clock = StorageClock()
clock.observe(storage)
first = clock.now()
set_ahead(float(sys.argv[1]))
second = clock.now()
clock.observe(storage + timedelta(seconds=1))
set_ahead(-float(sys.argv[1]))
for each in (storage, first, second, clock.now()):
    print(each.isoformat())
"""


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_the_engine_goes_by_storage_whatever_the_hosts_clock_says_or_jumps_to(ahead: int) -> None:
    command = [sys.executable, "-W", "ignore", "-c", ENGINE, str(ahead)]

    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout

    storage, *told = map(datetime.fromisoformat, printed.split())
    assert [(each - storage).total_seconds() for each in told] == pytest.approx([0, 0, 1], abs=60)
    assert told == sorted(told)
