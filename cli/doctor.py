"""Is everything set up that a configuration needs, and what repairs what is not?"""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import Output, Shown, at, fail, print_json
from cli.server import DEFAULT_URL, Url, connect, jobs_path
from shared.configuration.document import parse
from shared.configuration.problems import ConfigurationError, printable

DocumentOrJob = Annotated[
    str,
    typer.Argument(metavar="CONFIGURATION", help="The configuration's document, or its id with --service-principal."),
]
Principal = Annotated[
    str,
    typer.Option(
        "--service-principal",
        envvar="TENANTSYNC_SERVICE_PRINCIPAL",
        help="Object id of the enterprise application; needed with an id only.",
    ),
]


def doctor(
    context: typer.Context,
    configuration: DocumentOrJob,
    service_principal: Principal = "",
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Name each point that is amiss, by Entra's code, with its remedy; say nothing if all is well."""
    path = _path(configuration, service_principal)
    with connect(url) as server:
        answer = server.get(path)
    value = answer.get("value")
    findings = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    if (output or context.obj) is Output.JSON:
        print_json(answer)
    else:
        for finding in findings:
            for line in _lines(finding):
                typer.echo(printable(line))
    if any(at(each, "severity") == "error" for each in findings):
        raise typer.Exit(1)


def _path(configuration: str, service_principal: str) -> str:
    if not service_principal or Path(configuration).is_file():
        try:
            document = parse(Path(configuration).read_bytes())
        except ConfigurationError as error:
            fail(f"{configuration} is not valid ({len(error.problems)} to repair): see configuration validate", 1)
        except OSError as error:
            fail(f"cannot read {configuration}: {error.strerror}; with an id give --service-principal", 2)
        return jobs_path(document.source.service_principal_id, document.id, "diagnosis")
    return jobs_path(service_principal, configuration, "diagnosis")


def _lines(finding: dict[str, object]) -> tuple[str, str]:
    known = "" if at(finding, "outcome") == "failed" else "unknown, "
    head = f"{at(finding, 'check')} ({known}{at(finding, 'severity')}, {at(finding, 'code')})"
    tenant = f" in tenant {at(finding, 'tenantId')}" if at(finding, "tenantId") else ""
    return f"{head}{tenant}: {at(finding, 'message')}", f"    -> {at(finding, 'remedy')}"
