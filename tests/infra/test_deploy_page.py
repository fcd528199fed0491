"""Does the page on deployment name what there is: variables, rules, commands, roles?"""

import json
import re

import typer

from cli.__main__ import app
from shared.web.authorization import PREFIX, Role
from tests.infra.bicep import INFRA, properties, read, text, walk

ROOT = INFRA.parent
PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
PARAMETERS = (INFRA / "main.parameters.json").read_text("utf-8")


def test_every_variable_of_azd_is_explained() -> None:
    taken = set(re.findall(r"\$\{(TENANTSYNC_\w+)", PARAMETERS))
    said = set(re.findall(r"azd env set (TENANTSYNC_\w+)|^\| `(TENANTSYNC_\w+)` \|", PAGE, re.MULTILINE))

    assert {name for pair in said for name in pair if name} == taken


def test_the_defaults_that_are_told_are_those_that_apply() -> None:
    told = dict(re.findall(r"^\| `(TENANTSYNC_\w+)` \| `(\w+)` \|", PAGE, re.MULTILINE))

    assert told == dict(re.findall(r"\$\{(TENANTSYNC_\w+)=(\w+)\}", PARAMETERS))


def test_every_output_that_is_told_of_exists() -> None:
    outputs = set(read(INFRA / "main.bicep").of("output"))

    assert set(re.findall(r"<([A-Z_]{6,})>", PAGE)) <= outputs


def test_every_rule_is_explained() -> None:
    rules = read(INFRA / "modules" / "alerts.bicep").of("var")["rules"].node
    names = {text(properties(node)["name"]).strip("'") for node in walk(rules) if node.type == "object"}

    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) == names


def test_every_command_that_is_told_of_exists() -> None:
    commands = typer.main.get_command(app)
    context = typer.Context(commands)

    for group, verb in re.findall(r"tenantsync (\w+) (\w[\w-]*)", PAGE):
        found = commands.get_command(context, group)  # type: ignore[attr-defined]
        assert found is not None, group
        assert found.get_command(context, verb) is not None, f"{group} {verb}"


def test_the_app_roles_are_those_that_the_app_knows() -> None:
    roles = json.loads((INFRA / "app-roles.json").read_text("utf-8"))

    assert {role["value"] for role in roles} == {f"{PREFIX}{role}" for role in Role}
    assert len({role["id"] for role in roles}) == len(roles)
    assert all(role["isEnabled"] and role["allowedMemberTypes"] == ["User", "Application"] for role in roles)


def test_links_lead_to_pages_and_headings_that_there_are() -> None:
    for name in ("deploy.md", "security.md"):
        page = (ROOT / "docs" / name).read_text("utf-8")
        for target in re.findall(r"\]\(([^):]+)\)", page):
            path, _, heading = target.partition("#")
            linked = (ROOT / "docs" / (path or name)).read_text("utf-8") if not path.endswith("/") else ""
            headings = {
                re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
                for line in linked.splitlines()
                if line.startswith("#")
            }
            assert not heading or heading in headings, target
