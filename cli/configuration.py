"""How does an operator check a configuration document and put it to work?"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.cases import run_cases
from cli.output import Output, Shown, fail, print_json, print_problems
from cli.server import DEFAULT_URL, Url, connect, jobs_path
from shared.configuration.configuration import Configuration
from shared.configuration.document import parse, serialize
from shared.configuration.json_reading import read_json
from shared.configuration.problems import ConfigurationError, printable

app = typer.Typer(no_args_is_help=True, help="Check and apply configuration documents.")

File = Annotated[str, typer.Argument(metavar="FILE", help="The document; - is standard input.")]


@app.command()
def validate(context: typer.Context, file: File, output: Shown = None) -> None:
    """Say every problem of a document, without asking anybody."""
    try:
        configuration = parse(_read(file))
    except ConfigurationError as error:
        _print_invalid(error, output or context.obj)
        raise typer.Exit(1) from error
    if (output or context.obj) is Output.JSON:
        print_json({"valid": True, "id": configuration.id, "problems": []})
    else:
        typer.echo("valid")


@app.command("test")
def try_cases(
    context: typer.Context,
    file: File,
    cases: Annotated[str, typer.Argument(metavar="CASES", help="A JSON list of sample people; - is standard input.")],
    output: Shown = None,
) -> None:
    """Try a document on sample people, without asking anybody: who is in scope, and with which attributes."""
    configuration = _parse_or_fail(file)
    try:
        outcomes = list(run_cases(configuration, _read_cases(cases)))
    except ConfigurationError as error:
        print_problems(error.problems, to_stderr=True)
        fail(f"{cases} holds no cases", exit_code=2)
    failed = [each for each in outcomes if each.failures]
    if (output or context.obj) is Output.JSON:
        told = [{"name": each.name, "failures": list(each.failures)} for each in failed]
        print_json({"passed": len(outcomes) - len(failed), "failed": told})
    else:
        for each in failed:
            for failure in each.failures:
                typer.echo(printable(f"{each.name}: {failure}"))
        typer.echo(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    if failed:
        raise typer.Exit(1)


@app.command()
def apply(context: typer.Context, file: File, url: Url = DEFAULT_URL, output: Shown = None) -> None:
    """Make a document the configuration of its synchronization job."""
    configuration = _parse_or_fail(file)
    document = serialize(configuration)
    with connect(url) as server:
        path = jobs_path(configuration.source.service_principal_id, configuration.id, "configuration")
        answer = server.put(path, document)
    if (output or context.obj) is Output.JSON:
        print_json(answer or json.loads(document))
    else:
        typer.echo(f"applied {configuration.id}")


def _parse_or_fail(file: str) -> Configuration:
    try:
        return parse(_read(file))
    except ConfigurationError as error:
        print_problems(error.problems, to_stderr=True)
        fail(f"{file} is not valid ({len(error.problems)} to repair); nothing was sent", exit_code=1)


def _read_cases(file: str) -> object:
    value, problems = read_json(_read(file))
    if problems:
        raise ConfigurationError(problems)
    return value


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        fail(f"cannot read {file}: {getattr(error, 'strerror', None) or error}", exit_code=2)


def _print_invalid(error: ConfigurationError, output: Output) -> None:
    if output is Output.TABLE:
        print_problems(error.problems)
        return
    problems = [{"path": problem.path, "message": problem.message} for problem in error.problems]
    print_json({"valid": False, "problems": problems})
