"""What was done to whom?"""

from typing import Annotated

import typer

from cli.output import Output, Shown, at, print_json, print_table
from cli.server import DEFAULT_URL, Url, connect

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

Top = Annotated[int, typer.Option("--top", min=1, max=100_000, help="How many records, newest first.")]
_MOST_IN_A_PAGE = 500


def show_logs(context: typer.Context, top: Top = 50, url: Url = DEFAULT_URL, output: Shown = None) -> None:
    """Show the newest provisioning log records."""
    path = f"/v1.0/auditLogs/provisioning?$top={min(top, _MOST_IN_A_PAGE)}"
    with connect(url) as server:
        records = list(server.records(path, top))
    if (output or context.obj) is Output.JSON:
        print_json({"value": records})
        return
    print_table(list(_COLUMNS), ([at(record, each) for each in _COLUMNS.values()] for record in records))
