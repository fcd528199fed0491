"""How does the page of all figures look, and what stays of it when only some rows are measured again?"""

from collections.abc import Iterable, Mapping

from bench.figure import Figure

_HEAD = """# Performance

Written by `make bench`. Every figure is a ratio or a count within one run, so it depends little on the machine. The
rows take about 15 minutes on two quiet cores; `make bench ARGS="--rows cycles --people 1000000"` measures some of them,
in other sizes, and leaves the others as they were; `ARGS=--help` names both. Cycles run in the
[local world](sandbox.md), in which tenants agree before the first one, with storage in SQLite.

| What | Seen | Wanted | Met | | Measured |
| --- | --- | --- | --- | --- | --- |
"""

_PROSE = "## What was found"


def merged(before: str, figures: Iterable[Figure], measured: str) -> Mapping[str, str]:
    """Return the lines of the table by what they tell, new ones over those of before; under ``""`` the prose."""
    table, _, prose = before.partition(_PROSE)
    rows = {_what(line): line for line in table.splitlines() if line.startswith("| ") and not _is_head(line)}
    for each in figures:
        met = "yes" if each.met else "**no**"
        rows[each.what] = f"| {each.what} | {each.seen} | {each.wanted} | {met} | {each.note} | {measured} |"
    return {**rows, "": f"{_PROSE}{prose}" if prose else ""}


def page(lines: Mapping[str, str]) -> str:
    """Return the whole page."""
    rows = "".join(f"{line}\n" for what, line in lines.items() if what)
    return f"{_HEAD}{rows}\n{lines['']}" if lines[""] else f"{_HEAD}{rows}"


def _what(line: str) -> str:
    return line.split(" | ", maxsplit=1)[0].removeprefix("| ")


def _is_head(line: str) -> bool:
    return line.startswith(("| What |", "| --- "))
