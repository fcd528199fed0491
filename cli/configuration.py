"""How does an operator check a configuration document and put it to work?"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.output import Output, Shown, fail, print_json, print_problems
from cli.server import DEFAULT_URL, Url, connect, jobs_path
from shared.configuration.configuration import Configuration
from shared.configuration.document import parse, serialize
from shared.configuration.problems import ConfigurationError

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


Start = Annotated[
    bool, typer.Option("--start", help="Start the job too, if both tenants are set up; else say which step is missing.")
]


@app.command()
def apply(
    context: typer.Context,
    file: File,
    start: Start = False,  # noqa: FBT002 - typer makes an option of it
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Make a document the configuration of its synchronization job."""
    configuration = _parse_or_fail(file)
    document = serialize(configuration)
    job = configuration.source.service_principal_id, configuration.id
    with connect(url) as server:
        answer = server.put(jobs_path(*job, "configuration"), document)
        if start:
            # applied, but not started: the refusal names each missing step
            server.post(jobs_path(*job, "validateCredentials"))
            server.post(jobs_path(*job, "start"))
    if (output or context.obj) is Output.JSON:
        print_json(answer or json.loads(document))
    else:
        typer.echo(f"applied {configuration.id}{' and started it' if start else ''}")


def _parse_or_fail(file: str) -> Configuration:
    try:
        return parse(_read(file))
    except ConfigurationError as error:
        print_problems(error.problems, to_stderr=True)
        fail(f"{file} is not valid ({len(error.problems)} to repair); nothing was sent", exit_code=1)


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
