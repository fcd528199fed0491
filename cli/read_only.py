"""How does an operator stop all writing, and let it go on?"""

import json
from enum import StrEnum
from typing import Annotated

import typer

from cli.output import Shown, print_records
from cli.server import DEFAULT_URL, Url, connect

PATH = "/v1.0/readOnly"


class Switch(StrEnum):
    """What can be said of the switch."""

    SHOW = "show"
    ON = "on"
    OFF = "off"


def read_only(
    context: typer.Context,
    switch: Annotated[Switch, typer.Argument(help="on: nothing is written to any tenant; off: it goes on.")],
    url: Url = DEFAULT_URL,
    output: Shown = None,
) -> None:
    """Show or set the emergency switch of the whole app."""
    with connect(url) as server:
        if switch is Switch.SHOW:
            answer = server.get(PATH)
        else:
            answer = server.put(PATH, json.dumps({"readOnly": switch is Switch.ON}).encode())
    print_records([answer], answer, {"Read-only": "readOnly"}, output or context.obj)
