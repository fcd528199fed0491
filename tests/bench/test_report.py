"""Does the page keep the rows that were not measured again, and say which bounds are not met?"""

import pytest

from bench.figure import Figure, at_least, at_most
from bench.report import merged, page


def row(what: str, page_text: str) -> str:
    return next(line for line in page_text.splitlines() if line.startswith(f"| {what} |"))


@pytest.mark.parametrize(
    ("figure", "seen", "wanted", "met"),
    [
        (at_most("memory", 299.6, 300, unit=" MiB"), "300 MiB", "≤ 300 MiB", True),
        (at_most("memory", 301, 300, unit=" MiB"), "301 MiB", "≤ 300 MiB", False),
        (at_most("growth", 1.31, 1.3, unit="×"), "1.31×", "≤ 1.3×", False),
        (at_least("pace", 94.96, 95, unit=" %"), "94.96 %", "≥ 95 %", False),
        (at_least("pace", 96.2, 95, unit=" %"), "96.2 %", "≥ 95 %", True),
        (at_most("requests", 1234567, 10), "1,234,567", "≤ 10", False),
        (at_most("refused", 0.0, 1, unit=" %"), "0 %", "≤ 1 %", True),
    ],
)
def test_a_figure_says_what_was_seen_and_whether_that_is_enough(
    figure: Figure, seen: str, wanted: str, met: bool
) -> None:
    assert (figure.seen, figure.wanted, figure.met) == (seen, wanted, met)


def test_a_bound_that_is_not_met_is_written_as_not_met() -> None:
    text = page(merged("", [at_most("memory", 301, 300)], "today"))

    assert row("memory", text) == "| memory | 301 | ≤ 300 | **no** |  | today |"


def test_rows_that_are_not_measured_again_and_what_is_written_below_stay_as_they_were() -> None:
    first = page(merged("", [at_most("memory", 301, 300), at_most("requests", 9, 10)], "yesterday"))

    again = page(merged(f"{first}\n## What was found\n\nThe links.\n", [at_most("memory", 280, 300)], "today"))

    assert row("memory", again) == "| memory | 280 | ≤ 300 | yes |  | today |"
    assert row("requests", again) == row("requests", first)
    assert again.endswith("\n## What was found\n\nThe links.\n")
    assert page(merged(again, [], "tomorrow")) == again
