"""How does an operator see which groups decide who is in scope?"""

import typer

from cli.jobs import Job
from cli.output import Shown, print_records
from cli.server import DEFAULT_URL, ServicePrincipal, Url, connect, jobs_path

_COLUMNS = {"Group": "id", "Assigned": "assigned", "Depth": "depth", "Members": "members"}


def groups(
    context: typer.Context, job: Job, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """Show the assigned groups and those within them: sizes, depth, and which contain each other."""
    with connect(url) as server:
        answer = server.get(jobs_path(service_principal, job, "scopeGroups"))
    print_records(_records(answer.get("value")), answer, _COLUMNS, output or context.obj)
    limit = "" if answer.get("limit") is None else f" of at most {answer.get('limit')}"
    told = f"{answer.get('count')}{limit} groups, {answer.get('depth')} deep, entitle {answer.get('people')} people"
    typer.echo(f"{told} with the assigned ones, as of cycle {answer.get('cycle') or 'none'}", err=True)
    cycles = answer.get("cycles")
    for each in cycles if isinstance(cycles, list) else ():
        typer.echo(f"these groups contain each other: {', '.join(map(str, each))}", err=True)


def _records(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
