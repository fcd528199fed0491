"""How does an operator check a configuration document and put it to work?"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.cases import run_cases
from cli.jobs import Job
from cli.output import Output, Shown, fail, print_json, print_problems, print_records
from cli.server import DEFAULT_URL, ServicePrincipal, Url, connect, jobs_path
from shared.configuration.configuration import Configuration
from shared.configuration.document import parse, serialize
from shared.configuration.json_reading import read_json
from shared.configuration.problems import ConfigurationError, printable

app = typer.Typer(no_args_is_help=True, help="Check and apply configuration documents, and see their versions.")

_VERSION_COLUMNS = {
    "Version": "version",
    "Current": "current",
    "Created": "createdDateTime",
    "By": "createdBy.displayName",
    "Replaces": "replaces",
}
_DIFF_COLUMNS = {"Path": "path", "Before": "oldValue", "After": "newValue"}

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


@app.command("versions")
def list_versions(
    context: typer.Context, job: Job, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """List the versions of a configuration, the current one first."""
    with connect(url) as server:
        answer = server.get(jobs_path(service_principal, job, "configuration", "versions"))
    print_records(_records(answer), answer, _VERSION_COLUMNS, output or context.obj)


@app.command()
def diff(
    context: typer.Context,
    job: Job,
    compared: Annotated[list[int], typer.Argument(metavar="FROM [TO]", min=1, help="TO is usually the current one.")],
    service_principal: ServicePrincipal,
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Show what is different in a version from another."""
    if len(compared) > 2:
        raise typer.BadParameter(f"{len(compared)} versions; two are compared", param_hint="FROM [TO]")
    query = "&".join(f"{name}={number}" for name, number in zip(("from", "to"), compared, strict=False))
    with connect(url) as server:
        answer = server.get(f"{jobs_path(service_principal, job, 'configuration', 'diff')}?{query}")
    print_records(_records(answer), answer, _DIFF_COLUMNS, output or context.obj)


@app.command()
def rollback(
    context: typer.Context,
    job: Job,
    version: Annotated[int, typer.Argument(metavar="VERSION", min=1, help="The version whose content counts again.")],
    service_principal: ServicePrincipal,
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Make a new version with the content of an older one."""
    with connect(url) as server:
        answer = server.post(jobs_path(service_principal, job, "configuration", "rollback"), {"version": version})
    if (output or context.obj) is Output.JSON:
        print_json(answer)
    else:
        typer.echo(f"rolled {job} back to version {version}")


def _records(answer: dict[str, object]) -> list[dict[str, object]]:
    value = answer.get("value")
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


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
