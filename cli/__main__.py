"""What can be said after `tenantsync`?"""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from cli import configuration, doctor, drift, expression, groups, held, jobs, logs, on_demand, read_only, setup
from cli.output import Output

# Without Rich's boxes an error is one line that a pipeline can keep.
app = typer.Typer(name="tenantsync", no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.add_typer(configuration.app, name="configuration")
app.add_typer(expression.app, name="expression")
app.add_typer(jobs.app, name="jobs")
app.add_typer(setup.app, name="setup")
for decide in (held.held, held.approve, held.reject):
    jobs.app.command()(decide)
app.command("drift")(drift.drift)
app.command("release")(drift.release)
jobs.app.command()(groups.groups)
jobs.app.command("search")(on_demand.search)
jobs.app.command("provision-on-demand")(on_demand.provision_on_demand)
app.command("doctor")(doctor.doctor)
app.add_typer(logs.app, name="logs")
app.command("read-only")(read_only.read_only)


@app.callback()
def tenantsync(
    context: typer.Context,
    output: Annotated[Output, typer.Option("--output", help="How results are printed.")] = Output.TABLE,
) -> None:
    """Configure, run and watch cross-tenant synchronization."""
    context.obj = output


def main() -> None:
    """Run the command line; a name that the terminal cannot show is shown as its escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app()


if __name__ == "__main__":
    main()
