"""Would the templates compile, and do their modules fit together?"""

import json
import re
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA, Template, outputs_used, properties, read, templates, text, undeclared, unused, walk

MAIN = read(INFRA / "main.bicep")
ALL = [pytest.param(each, id=each.path.stem) for each in templates()]

# Types and versions that were looked up, with all properties that the templates give:
# https://learn.microsoft.com/azure/templates/
KNOWN = {
    "Microsoft.Authorization/locks@2020-05-01",
    "Microsoft.Authorization/roleAssignments@2022-04-01",
    "Microsoft.Insights/actionGroups@2023-01-01",
    "Microsoft.Insights/components@2020-02-02",
    "Microsoft.Insights/scheduledQueryRules@2022-06-15",
    "Microsoft.Insights/workbooks@2022-04-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31",
    "Microsoft.Network/privateDnsZones@2020-06-01",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01",
    "Microsoft.Network/privateEndpoints@2024-05-01",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01",
    "Microsoft.Network/virtualNetworks@2024-05-01",
    "Microsoft.OperationalInsights/workspaces@2023-09-01",
    "Microsoft.Resources/resourceGroups@2024-03-01",
    "Microsoft.Storage/storageAccounts@2023-05-01",
    "Microsoft.Storage/storageAccounts/blobServices@2023-05-01",
    "Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01",
    "Microsoft.Storage/storageAccounts/queueServices@2023-05-01",
    "Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01",
    "Microsoft.Web/serverfarms@2024-04-01",
    "Microsoft.Web/sites@2024-04-01",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01",
    "Microsoft.Web/sites/config@2024-04-01",
}


@pytest.mark.parametrize("template", ALL)
def test_a_template_is_bicep(template: Template) -> None:
    assert template.errors == []
    assert template.declarations


@pytest.mark.parametrize("template", ALL)
def test_every_name_is_declared(template: Template) -> None:
    assert undeclared(template) == []


@pytest.mark.parametrize("template", ALL)
def test_nothing_is_declared_twice_or_for_nothing(template: Template) -> None:
    names = [each.name for each in template.declarations if each.kind != "output"]

    assert len(names) == len(set(names))
    assert unused(template) == []


def test_each_module_gets_what_it_declares() -> None:
    for module in MAIN.of("module").values():
        called = read(INFRA / module.type)
        given = set(properties(properties(module.body)["params"]))
        declared = called.of("param")
        needed = {name for name, each in declared.items() if not each.has_default}

        assert needed <= given <= set(declared), module.name


def test_each_module_is_used_once_and_lies_where_it_is_named() -> None:
    used = [INFRA / module.type for module in MAIN.of("module").values()]

    assert sorted(used) == sorted(each.path for each in templates() if each is not MAIN)


def test_outputs_that_are_used_exist_and_none_is_for_nothing() -> None:
    used = set(outputs_used(MAIN))
    given = {
        (name, output)
        for name, module in MAIN.of("module").items()
        for output in read(INFRA / module.type).of("output")
    }

    assert used == given


def test_the_parameters_file_gives_what_azd_knows_and_nothing_unknown() -> None:
    document = json.loads((INFRA / "main.parameters.json").read_text("utf-8"))
    given, declared = document["parameters"], MAIN.of("param")

    assert set(given) <= set(declared)
    assert {name for name, each in declared.items() if not each.has_default} <= set(given)
    assert all(re.fullmatch(r"\$\{[A-Z_]+(=[A-Za-z]+)?\}", each["value"]) for each in given.values())


def test_the_defaults_of_the_parameters_file_are_those_of_the_template() -> None:
    document = json.loads((INFRA / "main.parameters.json").read_text("utf-8"))
    stated = {
        name: match.group(1)
        for name, each in document["parameters"].items()
        if (match := re.search(r"=([A-Za-z]+)\}", each["value"]))
    }

    assert stated
    for name, default in stated.items():
        assert text(MAIN.of("param")[name].node).split("=")[-1].strip().strip("'") == default


@pytest.mark.parametrize("template", ALL)
def test_resources_are_of_types_and_versions_that_exist(template: Template) -> None:
    assert {each.type for each in template.of("resource").values()} <= KNOWN


def test_no_known_type_is_for_nothing() -> None:
    assert {each.type for template in templates() for each in template.of("resource").values()} == KNOWN


@pytest.mark.parametrize("template", ALL)
def test_there_are_no_keys_and_no_secrets(template: Template) -> None:
    words = re.findall(
        r"list\w+|AccountKey|SharedAccess|sas\b|@secure|InstrumentationKey|password", text(template.root)
    )

    assert words == []


@pytest.mark.parametrize("template", ALL)
def test_everything_carries_the_name_of_its_environment(template: Template) -> None:
    for resource in template.of("resource").values():
        members = properties(resource.body)
        if "location" in members:
            assert "tags" in members, f"{template.path.name}: {resource.name}"


def test_files_that_templates_load_are_there_and_none_is_for_nothing() -> None:
    loaded = [
        each.path.parent / text(node.children[1]).strip("()'")
        for each in templates()
        for node in walk(each.root)
        if node.type == "call_expression" and text(node.children[0]) == "loadTextContent"
    ]

    there = [*(INFRA / "queries").iterdir(), INFRA / "workbook.json"]
    assert sorted(path.resolve() for path in loaded) == sorted(there)


BROKEN = {
    "param a string\nvar b = 'x'": (["a", "b"], []),
    "output o string = missing": ([], ["x.bicep:1: missing"]),
    "output o string = listKeys('x')": ([], ["x.bicep:1: listKeys"]),
    "var a = map([1], n => n)\noutput o array = a": ([], []),
    "var a = map([1], n => m)\noutput o array = a": ([], ["x.bicep:1: m"]),
    "var v = [1]\noutput o array = [for (w, i) in v: w + i]": ([], []),
    "var v = [1]\noutput o array = [for w in v: '${i}']": ([], ["x.bicep:2: i"]),
}


@pytest.mark.parametrize("source", BROKEN)
def test_the_reader_sees_what_a_compiler_would(tmp_path: Path, source: str) -> None:
    path = tmp_path / "x.bicep"
    path.write_text(source)

    found = read(path)

    assert found.errors == []
    assert (unused(found), undeclared(found)) == BROKEN[source]


@pytest.mark.parametrize("source", ["param", "var a = {", "resource r 'T@1' = { name 'x' }", "output o string ="])
def test_the_reader_sees_broken_syntax(tmp_path: Path, source: str) -> None:
    path = tmp_path / "x.bicep"
    path.write_text(source)

    assert read(path).errors != []
