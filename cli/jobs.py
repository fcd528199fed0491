"""How does an operator see and steer synchronization jobs?"""

from typing import Annotated

import typer

from cli.output import Output, Shown, print_json, print_records
from cli.server import DEFAULT_URL, ServicePrincipal, Url, connect, jobs_path

app = typer.Typer(no_args_is_help=True, help="See and steer synchronization jobs.")

Job = Annotated[str, typer.Argument(metavar="JOB_ID", help="Id of the job, which is the configuration's.")]

_MOST_JOBS = 10_000
_SCOPES = (
    "Watermark, Escrows, QuarantineState, ConnectorDataStore, Full or ForceDeletes, with commas between several; "
    "without it the first three."
)
_COLUMNS = {
    "Job": "id",
    "Schedule": "schedule.state",
    "Interval": "schedule.interval",
    "Status": "status.code",
    "Last execution": "status.lastExecution.timeEnded",
    "Result": "status.lastExecution.state",
    "Quarantine": "status.quarantine.reason",
}


@app.command("list")
def list_jobs(
    context: typer.Context, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """List the jobs of an enterprise application."""
    with connect(url) as server:
        jobs = list(server.records(jobs_path(service_principal), _MOST_JOBS))
    print_records(jobs, {"value": jobs}, _COLUMNS, output or context.obj)


@app.command()
def show(
    context: typer.Context, job: Job, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """Show one job with its status."""
    with connect(url) as server:
        answer = server.get(jobs_path(service_principal, job))
    print_records([answer], answer, _COLUMNS, output or context.obj)


@app.command()
def start(
    context: typer.Context, job: Job, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """Start a job, or let a paused one go on."""
    with connect(url) as server:
        server.post(jobs_path(service_principal, job, "start"))
    _print_done(job, "started", output or context.obj)


@app.command()
def pause(
    context: typer.Context, job: Job, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """Pause a job: a cycle under way ends, no new one starts."""
    with connect(url) as server:
        server.post(jobs_path(service_principal, job, "pause"))
    _print_done(job, "paused", output or context.obj)


@app.command()
def restart(
    context: typer.Context,
    job: Job,
    service_principal: ServicePrincipal,
    url: Url = DEFAULT_URL,
    output: Shown = None,
    reset_scope: Annotated[str, typer.Option("--reset-scope", help=_SCOPES)] = "",
) -> None:
    """Let a job forget what is named, and run at once; see docs/operations.md for what each name means here."""
    criteria = {"resetScope": reset_scope} if reset_scope else {}
    with connect(url) as server:
        server.post(jobs_path(service_principal, job, "restart"), {"criteria": criteria})
    _print_done(job, "restarted", output or context.obj)


@app.command()
def delete(
    context: typer.Context,
    job: Job,
    service_principal: ServicePrincipal,
    url: Url = DEFAULT_URL,
    output: Shown = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - typer makes an option of it
) -> None:
    """Remove a job and all that is known of its people; accounts in the target stay as they are."""
    if not yes:
        typer.confirm(f"Remove {job}? Accounts in the target stay, and nobody looks after them any more.", abort=True)
    with connect(url) as server:
        server.delete(jobs_path(service_principal, job))
    _print_done(job, "removed", output or context.obj)


@app.command()
def statement(
    context: typer.Context, job: Job, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """Show how many people are in scope, present and equal, and who is an exception, by reason."""
    with connect(url) as server:
        answer = server.get(jobs_path(service_principal, job, "statement"))
    exceptions = answer.get("exceptions")
    listed = [each for each in exceptions if isinstance(each, dict)] if isinstance(exceptions, list) else []
    totals = [{"reason": name, "count": answer.get(name)} for name in ("inScope", "present", "equal")]
    print_records([*totals, *listed], answer, {"People": "reason", "Count": "count"}, output or context.obj)


def _print_done(job: str, done: str, output: Output) -> None:
    if output is Output.JSON:
        print_json({"id": job, "result": done})
        return
    typer.echo(f"{done} {job}")
