"""How does an operator try an expression, or a file of cases, before a mapping uses it? Without asking anybody."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.expression_cases import CasesError, Failure, attributes, environment, plain, read_cases, run_case
from cli.output import Output, Shown, fail, print_json
from shared.configuration.problems import printable
from shared.expressions import DROP, ExpressionError, Result, compiled, parse

app = typer.Typer(no_args_is_help=True, help="Try expressions of attribute mappings.")

Now = Annotated[str | None, typer.Option("--now", help="The present moment, ISO 8601; without it, this one.")]


@app.command()
def evaluate(
    context: typer.Context,
    expression: Annotated[str, typer.Argument(metavar="EXPRESSION", help="For instance: ToLower([mail])")],
    inputs: Annotated[
        str | None, typer.Option("--input", help="A JSON object of attributes; - is standard input.")
    ] = None,
    now: Now = None,
    output: Shown = None,
) -> None:
    """Show what an expression gives for one object's attributes."""
    given = {} if inputs is None else _decoded(inputs)
    if not isinstance(given, dict):
        fail(f"{inputs} holds no JSON object of attributes", exit_code=2)
    try:
        result = compiled(parse(expression)).evaluate(attributes(given), environment(_moment(now)))
    except ExpressionError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    _print_result(result, output or context.obj)


@app.command("test")
def run_cases(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="CASES", help="A JSON list of cases; - is standard input.")],
    now: Now = None,
    output: Shown = None,
) -> None:
    """Evaluate each case and show those that give something else than they expect."""
    moment = _moment(now)
    try:
        cases = read_cases(_decoded(file))
    except CasesError as error:
        fail(f"{file}: {error}", exit_code=2)
    outcomes = [run_case(case, number, moment) for number, case in enumerate(cases, 1)]
    failures = [outcome for outcome in outcomes if outcome is not None]
    _print_outcomes(len(cases) - len(failures), failures, output or context.obj)
    if failures:
        raise typer.Exit(1)


def _decoded(file: str) -> object:
    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        fail(f"cannot read {file}: {getattr(error, 'strerror', None) or error}", exit_code=2)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        fail(f"{file} is no JSON: {error}", exit_code=2)


def _moment(now: str | None) -> datetime:
    if now is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        fail(f"--now is no ISO 8601 date: {now}", exit_code=2)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _print_result(result: Result, output: Output) -> None:
    """A text stands as it is, so that it can be piped; everything else is JSON."""
    if output is Output.JSON:
        print_json({"value": None if result is DROP else plain(result), "dropped": result is DROP})
    elif isinstance(result, str):
        typer.echo(result)
    else:
        typer.echo("$flow:drop" if result is DROP else _json(plain(result)))


def _print_outcomes(passed: int, failures: list[Failure], output: Output) -> None:
    if output is Output.JSON:
        shown = [
            {
                "case": failure.number,
                "expression": failure.expression,
                "inputs": failure.inputs,
                "expected": failure.expected,
                "found": failure.found,
            }
            for failure in failures
        ]
        print_json({"passed": passed, "failed": len(failures), "failures": shown})
        return
    for failure in failures:
        typer.echo(f"case {failure.number}: {printable(failure.expression)}")
        typer.echo(f"    inputs    {_json(failure.inputs)}")
        typer.echo(f"    expected  {_json(failure.expected)}")
        typer.echo(f"    found     {_json(failure.found)}")
    typer.echo(f"{passed} passed, {len(failures)} failed")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
