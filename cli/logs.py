"""What was done to whom?"""

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from cli.log_files import Format, write_files
from cli.output import Output, Shown, at, fail, print_json, print_table
from cli.server import DEFAULT_URL, Url, connect

app = typer.Typer(help="Read and download provisioning logs.")

LOGS = "/v1.0/auditLogs/provisioning"
_COLUMNS = {
    "Date": "activityDateTime",
    "Job": "jobId",
    "Identity": "sourceIdentity.displayName",
    "Source id": "sourceIdentity.id",
    "Target id": "targetIdentity.id",
    "Action": "provisioningAction",
    "Status": "provisioningStatusInfo.status",
    "Code": "provisioningStatusInfo.errorInformation.errorCode",
    "Reason": "provisioningStatusInfo.errorInformation.reason",
}

Top = Annotated[int, typer.Option("--top", min=1, max=100_000, help="How many records.")]
Filter = Annotated[str, typer.Option("--filter", help="An OData filter, such as: provisioningAction eq 'create'")]
OrderBy = Annotated[str, typer.Option("--orderby", help="activityDateTime asc, or desc.")]
Directory = Annotated[Path, typer.Option("--output", help="The directory that the files are written to.")]
_MOST_IN_A_PAGE = 500
_IN_A_PART = 5000


@app.callback(invoke_without_command=True)
def show_logs(context: typer.Context, top: Top = 50, url: Url = DEFAULT_URL, output: Shown = None) -> None:
    """Show the newest provisioning log records; with a command, do that."""
    if context.invoked_subcommand is None:
        _show(top, "", url, output or context.obj)


@app.command("list")
def list_logs(
    context: typer.Context,
    filter_: Filter = "",
    orderby: OrderBy = "",
    top: Top = 50,
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Show the records that a filter asks for, the newest first."""
    _show(top, _options(filter_, orderby), url, output or context.obj)


@app.command()
def download(
    output: Directory,
    format_: Annotated[Format, typer.Option("--format", help="One JSON file, or the three CSV files.")] = Format.JSON,
    filter_: Filter = "",
    orderby: OrderBy = "",
    url: Url = DEFAULT_URL,
) -> None:
    """Write the records that a filter asks for into files."""
    path = f"{LOGS}/download?$format={format_}&$top={_IN_A_PART}{_options(filter_, orderby)}"
    try:
        output.mkdir(parents=True, exist_ok=True)
        with connect(url) as server:
            written = write_files(output, format_, server.parts(path))
    except OSError as error:
        fail(f"cannot write to {output}: {error.strerror or error}", exit_code=2)
    for name in written:
        typer.echo(str(name))


def _options(filter_: str, orderby: str) -> str:
    asked = {"$filter": filter_, "$orderby": orderby}
    return "".join(f"&{name}={quote(value, safe='')}" for name, value in asked.items() if value)


def _show(top: int, options: str, url: str, output: Output) -> None:
    path = f"{LOGS}?$top={min(top, _MOST_IN_A_PAGE)}{options}"
    with connect(url) as server:
        records = list(server.records(path, top))
    if output is Output.JSON:
        print_json({"value": records})
        return
    print_table(list(_COLUMNS), ([at(record, each) for each in _COLUMNS.values()] for record in records))
