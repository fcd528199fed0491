"""How is a result printed?"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared.configuration.problems import Problem, printable

# Wide enough that no id is broken where nobody looks at it, in a file or a pipe.
_WIDTH_OF_A_PIPE = 1000


class Output(StrEnum):
    TABLE = "table"
    JSON = "json"


Shown = Annotated[Output | None, typer.Option("--output", help="How the result is printed; also before the command.")]
"""The option of a single command; the same one before the command holds where this is not given."""


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(*columns, box=None, pad_edge=False, show_edge=False)
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    width = None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE
    Console(file=sys.stdout, width=width, highlight=False).print(table)


def print_records(
    records: Sequence[Mapping[str, object]], answer: object, columns: Mapping[str, str], output: Output
) -> None:
    """Print an answer: as it is for programs, its records as a table for people."""
    if output is Output.JSON:
        print_json(answer)
        return
    print_table(list(columns), ([at(record, path) for path in columns.values()] for record in records))


def print_problems(problems: Iterable[Problem], *, to_stderr: bool = False) -> None:
    for problem in problems:
        typer.echo(printable(str(problem)), err=to_stderr)


def fail(message: str, exit_code: int) -> NoReturn:
    """Say in one line why nothing came of it, and end."""
    typer.echo(f"tenantsync: {printable(message)}", err=True)
    raise typer.Exit(exit_code)


def at(record: Mapping[str, object], path: str) -> object:
    """Follow names joined by dots into a record; what is not there is None."""
    value: object = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _cell(value: object) -> Text:
    return Text("" if value is None else printable(str(value)), overflow="fold")
