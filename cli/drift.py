"""How does somebody see what others have changed in the target, and let it be undone?"""

from collections.abc import Mapping
from typing import Annotated

import typer

from cli.jobs import Job
from cli.output import Shown, print_records
from cli.server import DEFAULT_URL, ServicePrincipal, Url, connect, jobs_path

SourceIds = Annotated[
    list[str], typer.Option("--source-id", help="Id of a person in the source; may be given several times.")
]
_COLUMNS = {
    "Source id": "sourceId",
    "Target id": "targetId",
    "Departure": "departure",
    "Since": "sinceDateTime",
    "Attribute": "name",
    "Wanted": "wanted",
    "Found": "found",
}
_MOST_SHOWN = 1000


def drift(
    context: typer.Context, job: Job, service_principal: ServicePrincipal, url: Url = DEFAULT_URL, output: Shown = None
) -> None:
    """Show what others have changed in the target and is left so: a line for each attribute, block and deletion."""
    with connect(url) as server:
        answer = server.get(f"{jobs_path(service_principal, job, 'drift')}?$top={_MOST_SHOWN}")
    value = answer.get("value")
    people = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    lines = [line for each in people for line in _lines(each)]
    print_records(lines, answer, _COLUMNS, output or context.obj)
    typer.echo(_summary(answer, len(people)), err=True)


def release(
    context: typer.Context,
    job: Job,
    service_principal: ServicePrincipal,
    source_id: SourceIds,
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Undo, once, that the target's side has blocked or deleted these people: enable, restore or create them again."""
    with connect(url) as server:
        answer = server.post(jobs_path(service_principal, job, "release"), {"sourceIds": source_id})
    records = [
        {"sourceId": each, "result": result}
        for name, result in (("released", "released"), ("notDeparted", "neither blocked nor deleted"))
        for each in _texts(answer, name)
    ]
    print_records(records, answer, {"Source id": "sourceId", "Result": "result"}, output or context.obj)


def _lines(person: Mapping[str, object]) -> list[dict[str, object]]:
    attributes = person.get("attributes")
    found = [each for each in attributes if isinstance(each, dict)] if isinstance(attributes, list) else []
    departed: list[dict[str, object]] = [{}] if person.get("departure") and not found else []
    return [{**person, **each} for each in (*found, *departed)]


def _texts(answer: Mapping[str, object], name: str) -> list[str]:
    value = answer.get(name)
    return [str(each) for each in value] if isinstance(value, list) else []


def _summary(answer: Mapping[str, object], people: int) -> str:
    if answer.get("lookedAt") is False:
        return "The configuration does not look at the target; see `drift` in docs/operations.md."
    return f"{answer.get('count')} people; {people} shown"
