"""The report and what is shown of it."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from sandbox.judge import Closing, Disagreement, ExceptionEntry, Kind, Reason
from sandbox.report import CycleReport, GraphUse, Report, total_actions, total_closing
from sandbox.runner.progress import LISTED, ConsoleProgress, print_closing

CLOSING = Closing(
    in_scope=3,
    present=2,
    equal=1,
    unexpected=1,
    exceptions=(ExceptionEntry(source_id="s", reason=Reason.NO_MAIL),),
)
PROBLEM = Disagreement(
    kind=Kind.DIFFERENT,
    subject="Ada [red] <a@x.example>",
    source_id="s",
    target_id="t",
    attribute="city",
    expected="Rome",
    found=None,
)
REPORT = Report(
    agreement=False,
    closing=CLOSING,
    source_tenant_id="source",
    target_tenant_id="target",
    cycles=(
        CycleReport(
            configuration="c",
            kind="initial",
            duration_seconds=12.5,
            actions={"create": {"success": 1, "failure": 0, "skipped": 2}},
            graph=GraphUse(requests=5, writes=2, throttled=1),
            storage_transactions=7,
            peak_memory_mib=80,
        ),
    ),
    disagreements=(PROBLEM,) * (LISTED + 2),
)


def test_the_report_has_exactly_the_published_shape() -> None:
    assert REPORT.to_json() == {
        "agreement": False,
        "closing": {
            "inScope": 3,
            "present": 2,
            "equal": 1,
            "unexpected": 1,
            "exceptions": [{"sourceId": "s", "reason": "noMail"}],
        },
        "tenants": {"source": "source", "target": "target"},
        "cycles": [
            {
                "configuration": "c",
                "kind": "initial",
                "durationSeconds": 12.5,
                "actions": {"create": {"success": 1, "failure": 0, "skipped": 2}},
                "graph": {"requests": 5, "writes": 2, "throttled": 1},
                "storage": {"transactions": 7},
                "peakMemoryMiB": 80,
            }
        ],
    }


def test_several_configurations_close_together() -> None:
    total = total_closing([CLOSING, CLOSING])

    assert (total.in_scope, total.present, total.equal, total.unexpected, len(total.exceptions)) == (6, 4, 2, 2, 2)


def test_actions_of_several_cycles_are_summed() -> None:
    total = total_actions([{"create": {"success": 1}}, {"create": {"success": 2, "failure": 1}, "delete": {}}])

    assert total == {
        "create": {"success": 3, "failure": 1, "skipped": 0},
        "delete": {"success": 0, "failure": 0, "skipped": 0},
    }


def test_the_closing_statement_names_what_does_not_agree() -> None:
    shown = StringIO()

    print_closing(Console(file=shown, width=100), REPORT)

    assert "Ada [red] <a@x.example>: city should be 'Rome', is None (source s, target t)" in shown.getvalue()
    assert "... and 2 more" in shown.getvalue()
    assert "exception: noMail" in shown.getvalue()


def test_a_name_cannot_command_the_terminal() -> None:
    said = str(replace(PROBLEM, subject="Ada \x1b[2J\u202e 見習い"))

    assert said.startswith(r"Ada \x1b[2J\u202e 見習い: city")


def test_without_a_terminal_progress_is_plain_lines() -> None:
    shown = StringIO()

    ConsoleProgress(Console(file=shown, width=40)).judged(1, REPORT)

    assert shown.getvalue() == (
        "Cycle 1: source and target DO NOT agree; 3 in scope, 1 equal, 1 exceptions; 2 writes to Graph so far.\n"
    )
