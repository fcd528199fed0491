"""Which lines of Azurite's access log are transactions?"""

from pathlib import Path

import pytest

from sandbox.azurite.access_log import AccessLog


@pytest.mark.parametrize(
    ("request_line", "count"),
    [
        ("GET /devstoreaccount1/work/messages?numofmessages=32&visibilitytimeout=10", 0),
        ("GET /devstoreaccount1/work/messages?peekonly=true", 0),
        ("POST /devstoreaccount1/work/messages", 1),
        ("DELETE /devstoreaccount1/work/messages/1-2?popreceipt=x", 1),
        ("PUT /devstoreaccount1/work/messages/1-2?popreceipt=x&visibilitytimeout=0", 1),
        ("POST /devstoreaccount1/$batch", 1),
        ("GET /devstoreaccount1/messages(PartitionKey='a',RowKey='b')", 1),
        ("PATCH /devstoreaccount1/sandboxtimers(PartitionKey='timer',RowKey='tick')", 0),
        ("GET /devstoreaccount1/sandboxtimers(PartitionKey='timer',RowKey='tick')", 0),
    ],
)
def test_requests_count_unless_only_the_local_host_makes_them(tmp_path: Path, request_line: str, count: int) -> None:
    log = tmp_path / "log"
    log.write_text(f'127.0.0.1 - - [24/Nov/2026:12:00:00 +0000] "{request_line} HTTP/1.1" 200 -\n')

    assert AccessLog(log).transactions() == count


def test_a_line_counts_once_and_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = AccessLog(path)
    line = '127.0.0.1 - - [24/Nov/2026:12:00:00 +0000] "POST /devstoreaccount1/$batch HTTP/1.1" 202 -\n'

    path.write_text(f"Azurite Queue service is starting\n{line}{line[:40]}")
    before = log.transactions()
    path.write_text(f"Azurite Queue service is starting\n{line}{line}")

    assert (before, log.transactions()) == (1, 2)


def test_a_log_that_does_not_exist_yet_holds_nothing(tmp_path: Path) -> None:
    assert AccessLog(tmp_path / "log").transactions() == 0
