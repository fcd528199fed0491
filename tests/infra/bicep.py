"""What does a Bicep file say? A strict reader of the part of the language that `infra/` uses.

The compiler cannot be had from the package registries that this repository is built from. The grammar can: files are
parsed by it, and what a compiler would say of names is worked out here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

INFRA: Final = Path(__file__).resolve().parents[2] / "infra"

# https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
FUNCTIONS: Final = frozenset(
    {
        *("allowed", "description", "maxLength", "maxValue", "metadata", "minLength", "minValue"),
        *("empty", "environment", "guid", "items", "loadTextContent", "map", "replace", "resourceGroup"),
        *("subscription", "subscriptionResourceId", "tenant", "toLower", "union", "uniqueString"),
    }
)
_DECLARED: Final = {
    "parameter_declaration": "param",
    "variable_declaration": "var",
    "resource_declaration": "resource",
    "module_declaration": "module",
    "output_declaration": "output",
}


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A parameter, variable, resource, module or output."""

    name: str
    kind: str
    node: Node

    @property
    def type(self) -> str:
        """What stands in the string behind the name: type and version of a resource, path of a module."""
        string = next(child for child in self.node.children if child.type == "string")
        return text(string).strip("'")

    @property
    def has_default(self) -> bool:
        return any(child.type == "=" for child in self.node.children)

    @property
    def existing(self) -> bool:
        return any(child.type == "existing" for child in self.node.children)

    @property
    def body(self) -> Node:
        """The object of a resource or module, of a loop and a condition as well."""
        return next(node for node in walk(self.node) if node.type == "object")


@dataclass(frozen=True, kw_only=True)
class Template:
    """One file."""

    path: Path
    root: Node
    declarations: tuple[Declaration, ...]

    def of(self, *kinds: str) -> dict[str, Declaration]:
        return {each.name: each for each in self.declarations if each.kind in kinds}

    @property
    def errors(self) -> list[str]:
        """Where the grammar does not fit."""
        wrong = [node for node in walk(self.root) if node.type == "ERROR" or node.is_missing]
        return [f"{self.path.name}:{node.start_point[0] + 1}: {text(node)[:60]!r}" for node in wrong]

    @property
    def uses(self) -> list[Node]:
        """Every identifier that stands for a value, functions included."""
        return [node for node in walk(self.root) if node.type == "identifier" and _is_use(node)]


@cache
def read(path: Path) -> Template:
    root = Parser(Language(tree_sitter_bicep.language())).parse(path.read_bytes()).root_node
    found = [
        Declaration(name=text(_named(node)), kind=_DECLARED[node.type], node=node)
        for node in root.children
        if node.type in _DECLARED
    ]
    return Template(path=path, root=root, declarations=tuple(found))


def templates() -> list[Template]:
    """All templates, `main` first."""
    return [read(path) for path in (INFRA / "main.bicep", *sorted((INFRA / "modules").glob("*.bicep")))]


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def text(node: Node) -> str:
    return (node.text or b"").decode()


def properties(obj: Node) -> Mapping[str, Node]:
    """The members of an object by name."""
    return {text(child.children[0]).strip("'"): child.children[-1] for child in obj.children if _is_member(child)}


def undeclared(template: Template) -> list[str]:
    """Names that nothing declares, and functions that are not among those known."""
    declared = set(template.of("param", "var", "resource", "module"))
    return [
        f"{template.path.name}:{use.start_point[0] + 1}: {text(use)}"
        for use in template.uses
        if text(use) not in (FUNCTIONS if _is_called(use) else declared | _locals(use))
    ]


def unused(template: Template) -> list[str]:
    """Parameters, variables and existing resources that nothing uses."""
    used = {text(use) for use in template.uses}
    return [
        each.name
        for each in template.declarations
        if (each.kind in {"param", "var"} or each.existing) and each.name not in used
    ]


def outputs_used(template: Template) -> Iterator[tuple[str, str]]:
    """Each `module.outputs.name`."""
    modules = template.of("module")
    for node in walk(template.root):
        parts = text(node).split(".")
        if node.type == "member_expression" and len(parts) == 3 and parts[0] in modules and parts[1] == "outputs":
            yield parts[0], parts[2]


def _named(declaration: Node) -> Node:
    return next(child for child in declaration.children if child.type == "identifier")


def _is_member(node: Node) -> bool:
    return node.type == "object_property"


def _is_called(use: Node) -> bool:
    parent = use.parent
    return parent is not None and parent.type == "call_expression" and parent.children[0] == use


def _is_use(node: Node) -> bool:
    parent = node.parent
    if parent is None or parent.type in {"type", "target_scope_assignment", "assignment_statement"}:
        return False
    declares = parent.type in _DECLARED and _named(parent) == node
    names_member = _is_member(parent) and parent.children[0] == node
    names_argument = parent.type == "lambda_expression" and parent.children[0] == node
    names_item = parent.type == "for_statement" and _item(parent) == node
    return not (declares or names_member or names_argument or names_item)


def _item(loop: Node) -> Node:
    """What stands behind `for`."""
    return next(after for before, after in pairwise(loop.children) if before.type == "for")


def _locals(use: Node) -> set[str]:
    """Variables of the loops and lambdas around it."""
    found, node = set[str](), use.parent
    while node is not None:
        if node.type == "lambda_expression":
            found.add(text(node.children[0]))
        if node.type == "for_statement":
            item = _item(node)
            found |= {text(item)} | {text(each) for each in walk(item) if each.type.startswith("loop_")}
        node = node.parent
    return found
