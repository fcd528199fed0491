"""Who runs it how? `make live ARGS="--configuration FILE --url URL"`, by hand, with two tenants of one's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from cli.administrator import (
    Administrator,
    Denied,
    Graph,
    NotSignedIn,
    Place,
    SignIn,
    SignInAs,
    Unreached,
    administrator,
)
from cli.live.canaries import COUNT, Flock, cleaned_up
from cli.live.points import Answer, Verdict, listed_points
from cli.live.probes import POINTS
from cli.live.report import Answered, LiveReport, markdown, unanswered
from cli.output import at, fail
from cli.server import DEFAULT_URL, Server, Url, connect, jobs_path
from cli.tenant_reading import own_tenant
from shared.configuration.configuration import Configuration
from shared.configuration.document import parse
from shared.configuration.problems import ConfigurationError

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Document = Annotated[Path, typer.Option("--configuration", help="The document of a job that is applied.")]
Report = Annotated[Path, typer.Option("--report", help="Where the report is written.")]
Patience = Annotated[float, typer.Option("--patience", help="Seconds between two looks at a directory.", min=0)]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

_SCOPES = ("User.ReadWrite.All", "User.Invite.All")


@app.command()
def live(  # noqa: PLR0913, PLR0917 - typer makes options of them
    configuration: Document,
    url: Url = DEFAULT_URL,
    report: Report = Path("live-report.md"),
    patience: Patience = 5.0,
    yes: Yes = False,  # noqa: FBT002
    graph: Graph = "",
    sign_in: SignInAs = SignIn.DEVICE_CODE,
) -> None:
    """Answer the open points with ten canaries between two tenants, and remove every trace of them."""
    document = _parsed(configuration)
    place = Place(cloud=document.source.cloud, graph=graph, sign_in=sign_in, extra_scopes=_SCOPES)
    if not yes:
        typer.confirm(
            f"Create {COUNT} people in {document.source.tenant_id}, provision them into {document.target.tenant_id}, "
            "and delete them in both for good?",
            abort=True,
        )
    with _both(document, place) as (source, target), connect(url) as server:
        flock = Flock(
            source=source,
            target=target,
            server=server,
            configuration=document,
            domain=own_tenant(source).domain,
            patience=patience,
        )
        told = _run(flock)
    report.write_text(markdown(told), encoding="utf-8")
    for each in told.left:
        typer.echo(f"left behind: {each}", err=True)
    typer.echo(f"{'all as expected' if told.succeeded else 'not as expected'}: {report}")
    raise typer.Exit(0 if told.succeeded else 1)


def _run(flock: Flock) -> LiveReport:
    left: list[str] = []
    findings = tuple(_findings(flock.server, flock.configuration))
    provisioned: list[str] = []
    points: list[Answered] = []
    with cleaned_up(flock, left):
        provisioned += (str(at(each, "statusInfo.status")) for each in flock.provision(flock.canaries))
        points += _answers(flock)
    return LiveReport(
        version=version("tenantsync"),
        findings=findings,
        provisioned=tuple(provisioned),
        points=(*points, *unanswered(listed_points(), POINTS)),
        left=tuple(left),
    )


def _answers(flock: Flock) -> Iterator[Answered]:
    """Ask one point after the other; one that fails is not the end of the others."""
    for point in POINTS:
        if point.probe is None:
            continue
        try:
            answer = point.probe(flock)
        except (Denied, Unreached) as error:
            answer = Answer(verdict=Verdict.OPEN, evidence=f"could not be asked ({type(error).__name__})")
        typer.echo(f"{point.behaviour}: {answer.verdict}, {answer.evidence}")
        yield Answered(behaviour=point.behaviour, answer=answer)


def _findings(server: Server, configuration: Configuration) -> Iterator[str]:
    path = jobs_path(configuration.source.service_principal_id, configuration.id, "diagnosis")
    value = server.get(path).get("value")
    for each in value if isinstance(value, list) else ():
        yield f"{at(each, 'check')} {at(each, 'outcome')}"


@contextmanager
def _both(configuration: Configuration, place: Place) -> Iterator[tuple[Administrator, Administrator]]:
    try:
        with (
            administrator(configuration.source.tenant_id, place) as source,
            administrator(configuration.target.tenant_id, place) as target,
        ):
            yield source, target
    except (Denied, NotSignedIn, Unreached) as error:
        fail(str(error), exit_code=2)


def _parsed(path: Path) -> Configuration:
    try:
        return parse(path.read_bytes())
    except ConfigurationError as error:
        fail(f"{path} is not valid ({len(error.problems)} to repair): see configuration validate", exit_code=1)
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror}", exit_code=2)


if __name__ == "__main__":
    app()
