"""Which function does a path reach?"""

import pytest

from sandbox.host.routes import find, parse
from sandbox.host.settings import SettingsError

TEMPLATES = {
    "home": ("", ()),
    "items": ("items", ("GET", "POST")),
    "item": ("items/{name}", ("GET",)),
    "special": ("items/special", ("GET",)),
    "part": ("parts/{name}/{piece?}", ()),
    "rest": ("{*path}", ("GET",)),
}
ROUTES = [
    parse(template, prefix="", function=function, methods=methods)
    for function, (template, methods) in TEMPLATES.items()
]


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/", "home", {}),
        ("GET", "/items", "items", {}),
        ("post", "/ITEMS/", "items", {}),
        ("GET", "/items/special", "special", {}),
        ("GET", "/items/J%C3%BCrgen%2FX", "item", {"name": "Jürgen/X"}),
        ("GET", "/parts/a", "part", {"name": "a"}),
        ("GET", "/parts/a/b", "part", {"name": "a", "piece": "b"}),
        ("GET", "/parts/a/b/c", "rest", {"path": "parts/a/b/c"}),
        ("GET", "/any/thing%20else", "rest", {"path": "any/thing else"}),
    ],
)
def test_the_most_particular_route_wins(method: str, path: str, function: str, parameters: dict[str, str]) -> None:
    found = find(ROUTES, method=method, path=path)

    assert (found.function, found.parameters) == (function, parameters)


def test_a_path_without_the_method_names_those_it_has() -> None:
    found = find(ROUTES, method="DELETE", path="/items/special")

    assert found.function is None
    assert found.allowed == {"GET"}


def test_a_prefix_stands_before_every_route() -> None:
    routes = [parse("items", prefix="api", function="items", methods=())]

    assert find(routes, method="GET", path="/api/items").function == "items"
    assert find(routes, method="GET", path="/items").function is None


@pytest.mark.parametrize(
    ("template", "prefix", "reason"),
    [
        ("/{*path}", "api", "does not work below"),
        ("{id:int}", "", "no route segment"),
        ("a{b}", "", "no route segment"),
    ],
)
def test_what_the_host_does_not_know_is_refused(template: str, prefix: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        parse(template, prefix=prefix, function="f", methods=())
