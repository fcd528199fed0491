"""How does an operator find people and provision them now?"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from cli.jobs import Job
from cli.output import Output, Shown, at, print_records
from cli.server import DEFAULT_URL, Server, ServicePrincipal, Url, connect, jobs_path
from shared.configuration.templates import DEFAULT_RULE_ID

Record = Mapping[str, object]

Typed = Annotated[
    str, typer.Argument(metavar="TEXT", help="How a name, mail or user principal name begins; or an object id.")
]
Users = Annotated[
    list[str] | None, typer.Argument(metavar="[USER_ID...]", help="Object ids of one to five people of the source.")
]
Search = Annotated[str, typer.Option("--search", metavar="TEXT", help="Find the person by this, and ask who is meant.")]
Group = Annotated[
    str, typer.Option("--group", metavar="GROUP_ID", help="The people are members of this group, and go along with it.")
]
Details = Annotated[bool, typer.Option("--details", help="Show each step, and how each attribute came to its value.")]

# The server takes no more subjects in one request, so that it can answer within the limit of HTTP functions.
_MOST_SUBJECTS = 5
_CANDIDATE_COLUMNS = {
    "Person": "displayName",
    "User principal name": "userPrincipalName",
    "Mail": "mail",
    "Enabled": "accountEnabled",
    "Deleted": "deletedDateTime",
    "Object id": "objectId",
}
_RESULT_COLUMNS = {
    "Person": "sourceIdentity.displayName",
    "Source id": "sourceIdentity.id",
    "Target id": "targetIdentity.id",
    "Action": "action",
    "Status": "statusInfo.status",
    "Reason": "statusInfo.reason",
}
_STEP_COLUMNS = {"Step": "type", "Status": "status", "Description": "description"}
_FLOW_COLUMNS = {
    "Target attribute": "name",
    "Source value": "source",
    "Expression": "expression",
    "Original target value": "originalTargetValue",
    "Modified target value": "modifiedTargetValue",
}


def search(
    context: typer.Context,
    job: Job,
    typed: Typed,
    service_principal: ServicePrincipal,
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Find people of the source, disabled and deleted ones too, by what their names or addresses begin with."""
    with connect(url) as server:
        answer = _found(server, service_principal, job, typed)
    print_records(_records(answer), answer, _CANDIDATE_COLUMNS, output or context.obj)
    _tell_of_more(answer)


def provision_on_demand(  # noqa: PLR0913, PLR0917 - typer makes options of them
    context: typer.Context,
    job: Job,
    service_principal: ServicePrincipal,
    users: Users = None,
    typed: Search = "",
    group: Group = "",
    details: Details = False,  # noqa: FBT002 - typer makes an option of it
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Provision a few people now and say what came of each."""
    shown, ids = output or context.obj, users or []
    if len(ids) + bool(typed) > _MOST_SUBJECTS:
        message = f"{len(ids) + bool(typed)} people; at most {_MOST_SUBJECTS} can be provisioned on demand at a time"
        raise typer.BadParameter(message, param_hint="USER_ID")
    if not (ids or typed or group):
        raise typer.BadParameter("name people by their object ids, or by --search", param_hint="USER_ID")
    with connect(url) as server:
        chosen = [_chosen(_found(server, service_principal, job, typed))] if typed else []
        path = jobs_path(service_principal, job, "provisionOnDemand")
        answer = server.post(path, subjects_of([*ids, *chosen], group))
    results = results_of(answer)
    print_records(results, answer, _RESULT_COLUMNS, shown)
    if details and shown is not Output.JSON:
        _print_details(results)
    if any(str(at(result, "statusInfo.status")).lower() == "failure" for result in results):
        raise typer.Exit(1)


def subjects_of(users: Sequence[str], group: str = "") -> dict[str, object]:
    people = [{"objectId": user, "objectTypeName": "User"} for user in users]
    whole = {"objectId": group, "objectTypeName": "Group", "links": {"members": people}}
    return {"parameters": [{"ruleId": DEFAULT_RULE_ID, "subjects": [whole] if group else people}]}


def results_of(answer: Record) -> list[dict[str, object]]:
    """Read Graph's stringKeyStringValuePair, whose value is JSON in a text: one result or a list of them."""
    value = _read(answer.get("value"), [])
    results = value if isinstance(value, list) else [value]
    return [result for result in results if isinstance(result, dict)]


def _found(server: Server, service_principal: str, job: str, typed: str) -> dict[str, object]:
    return server.post(jobs_path(service_principal, job, "searchSubjects"), {"search": typed})


def _chosen(answer: Record) -> str:
    """Ask which of the people is meant; the question and the list are no part of the result."""
    candidates = _records(answer)
    if not candidates:
        raise typer.BadParameter("nobody is found by this", param_hint="--search")
    for number, each in enumerate(candidates, start=1):
        names = (each.get("displayName"), each.get("userPrincipalName"), each.get("mail"), each.get("objectId"))
        typer.echo(f"{number}: {', '.join(str(name) for name in names if name)}{_state(each)}", err=True)
    _tell_of_more(answer)
    number = int(typer.prompt("Who is meant", type=int, err=True))
    if not 1 <= number <= len(candidates):
        raise typer.BadParameter(f"{number} is nobody's number", param_hint="--search")
    return str(candidates[number - 1].get("objectId"))


def _state(candidate: Record) -> str:
    if candidate.get("deletedDateTime"):
        return f" (deleted {candidate['deletedDateTime']})"
    return " (disabled)" if candidate.get("accountEnabled") is False else ""


def _tell_of_more(answer: Record) -> None:
    if answer.get("more"):
        typer.echo("There are more; type more of the name.", err=True)


def _print_details(results: Sequence[Record]) -> None:
    for result in results:
        steps = [each for each in _list(result.get("provisioningSteps")) if isinstance(each, dict)]
        flow = [row for step in steps for row in _flow_rows(step)]
        for rows, columns in ((steps, _STEP_COLUMNS), (flow, _FLOW_COLUMNS)):
            if rows:
                typer.echo("")
                print_records(rows, None, columns, Output.TABLE)


def _flow_rows(step: Record) -> list[dict[str, object]]:
    """Return the attributes that a step's details tell of: texts that are JSON objects with both values."""
    details = step.get("details")
    read = {name: _read(text, None) for name, text in details.items()} if isinstance(details, dict) else {}
    rows = {name: each for name, each in read.items() if isinstance(each, dict) and "modifiedTargetValue" in each}
    return [{**each, "name": name, "source": _joined(each.get("source"))} for name, each in rows.items()]


def _joined(source: object) -> str:
    return ", ".join(f"{name}={value}" for name, value in source.items()) if isinstance(source, dict) else ""


def _records(answer: Record) -> list[dict[str, object]]:
    return [each for each in _list(answer.get("value")) if isinstance(each, dict)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _read(text: object, otherwise: object) -> object:
    try:
        return json.loads(str(text))
    except ValueError:
        return otherwise
