"""The options of the command line."""

from pathlib import Path

import pytest

from sandbox.runner import Options, parse_options


def test_without_options_the_documented_defaults_hold() -> None:
    assert parse_options([]) == Options()
    assert Options().users == 60
    assert Options().cycles == 3
    assert Options().time_scale == 60
    assert Options().port == 7071


def test_every_option_is_taken() -> None:
    line = (
        "--scenario assigned --users 7 --cycles 4 --once --json r.json --faults flaky --latency 50 --quota S"
        " --time-scale 1.5 --record r.jsonl --dump d --port 0 --role Reader --seed 9"
    )

    assert parse_options(line.split()) == Options(
        scenario="assigned",
        users=7,
        cycles=4,
        once=True,
        json=Path("r.json"),
        faults="flaky",
        latency=50,
        quota="S",
        time_scale=1.5,
        record=Path("r.jsonl"),
        dump=Path("d"),
        port=0,
        role="Reader",
        seed=9,
    )


#: (command line, words of the refusal)
REFUSED = [
    ("--users 0", "0 is too few"),
    ("--cycles -1", "-1 is too few"),
    ("--users many", "invalid"),
    ("--time-scale 0", "give a number above 0"),
    ("--time-scale nan", "give a number above 0"),
    ("--latency -1", "give 0 or more"),
    ("--port 70000", "not a port"),
    ("--faults all", "invalid choice"),
    ("--scenario nobody", "invalid choice"),
    ("--scenario company --source-directory x.json", "not allowed with"),
    ("--onc", "unrecognized arguments"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED)
def test_a_wrong_option_ends_with_status_2(line: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(line.split())

    assert ended.value.code == 2
    assert words in capsys.readouterr().err
