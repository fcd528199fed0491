"""How does an approver look at held removals and decide?"""

from typing import Annotated

import typer

from cli.jobs import Job
from cli.output import Shown, print_records
from cli.server import DEFAULT_URL, ServicePrincipal, Url, connect, jobs_path

Digest = Annotated[
    str, typer.Option("--digest", help="The digest that `held` printed: exactly that set is decided about.")
]
_COLUMNS = {"Source id": "sourceId", "Action": "action", "Since cycle": "stagedCycle"}
_MOST_SHOWN = 1000


def held(
    context: typer.Context, job: Job, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """Show whose removals and disables the guard holds, and the digest that a decision names."""
    with connect(url) as server:
        answer = server.get(f"{jobs_path(service_principal, job, 'heldRemovals')}?$top={_MOST_SHOWN}")
    value = answer.get("value")
    records = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    print_records(records, answer, _COLUMNS, output or context.obj)
    typer.echo(f"{answer.get('count')} held; digest {answer.get('digest') or 'none'}", err=True)


def approve(
    context: typer.Context,
    job: Job,
    digest: Digest,
    service_principal: ServicePrincipal,
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Let the held removals with this digest go, each once it is proven."""
    _decide(context, (service_principal, job, "approve"), digest, url, output)


def reject(
    context: typer.Context,
    job: Job,
    digest: Digest,
    service_principal: ServicePrincipal,
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Keep the people of the held removals with this digest as they are."""
    _decide(context, (service_principal, job, "reject"), digest, url, output)


def _decide(context: typer.Context, path: tuple[str, str, str], digest: str, url: str, output: Shown) -> None:
    with connect(url) as server:
        answer = server.post(jobs_path(*path), {"digest": digest})
    print_records([answer], answer, {"Decided": "count", "Verdict": "verdict"}, output or context.obj)
