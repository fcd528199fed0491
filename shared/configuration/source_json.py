"""Which JSON has the source of a mapping, Graph's attributeMappingSource?

An expression stands there twice: as text, and as a tree of `parameters`. The text is what counts; where there is none
it is made of the tree. https://learn.microsoft.com/graph/api/resources/synchronization-attributemappingsource
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from shared.configuration.attribute_mapping import ConstantSource, DirectSource, ExpressionSource, Source
from shared.expressions import (
    Attribute,
    Call,
    Constant,
    Expression,
    ExpressionError,
    Keyword,
    Number,
    function_named,
    parse,
    printed,
    quoted,
)

Json = Mapping[str, Any]


def read_source(value: Json) -> Source:
    """Return the source that the JSON stands for; its shape has been checked."""
    name = value.get("name") or ""
    match value["type"]:
        case "Attribute":
            return DirectSource(name=name)
        case "Constant":
            return ConstantSource(value=name)
        case _:
            return ExpressionSource(text=value.get("expression") or text_of(value))


def write_source(source: Source) -> dict[str, Any]:
    """Return the JSON of a source, its tree included."""
    match source:
        case DirectSource(name=name):
            return _json("Attribute", name, f"[{name}]")
        case ConstantSource(value=value):
            return _json("Constant", value, quoted(value))
        case _:
            text = source.text
            return {**_json("Function", _name(text), text), "parameters": list(_parameters(text))}


def tree_json(tree: Expression) -> dict[str, Any]:
    """Return the JSON of a parsed expression as Graph's parseExpression gives it."""
    match tree:
        case Attribute(name=name):
            return _json("Attribute", name, printed(tree))
        case Constant(value=name) | Number(text=name) | Keyword(name=name):
            return _json("Constant", name, quoted(name))
        case Call(name=name):
            return {**_json("Function", name, printed(tree)), "parameters": list(_arguments(tree))}
        case _:
            # Graph's resource has no word for an operation; the text says it all
            return _json("Function", "", printed(tree))


def text_of(value: Json) -> str:
    """Return the text of a source that has none of its own, made of its tree; slots that are not named stay empty."""
    name = value.get("name") or ""
    if value.get("expression"):
        return str(value["expression"])
    match value["type"]:
        case "Attribute":
            return f"[{name}]"
        case "Constant":
            return quoted(name)
        case _:
            return f"{name}({', '.join(_slots(name, value.get('parameters') or []))})"


def _slots(name: str, parameters: Sequence[Json]) -> tuple[str, ...]:
    """Return the text of each slot: what the function names stands at its own place, the others follow in order."""
    function = function_named(name)
    named = [each.name for each in takewhile(lambda each: not each.repeating, function.parameters)] if function else []
    given = {each.get("key"): _argument(each) for each in reversed(parameters) if each.get("key") in named}
    slots = [given.get(each, "") for each in named]
    slots += [_argument(each) for each in parameters if each.get("key") not in named]
    while slots and not slots[-1]:
        slots.pop()
    return tuple(slots)


def _argument(parameter: Json) -> str:
    value = parameter.get("value")
    return "" if value is None else text_of(value)


def _name(text: str) -> str:
    """Return the name of the outermost function; empty where the text is no call."""
    try:
        tree = parse(text)
    except ExpressionError:
        return ""
    return tree.name if isinstance(tree, Call) else ""


def _parameters(text: str) -> Iterator[dict[str, Any]]:
    try:
        tree = parse(text)
    except ExpressionError:
        return
    if isinstance(tree, Call):
        yield from _arguments(tree)


def _arguments(call: Call) -> Iterator[dict[str, Any]]:
    """Yield the filled slots under Graph's names for them; what a function has no name for goes by its number."""
    function = function_named(call.name)
    names = [] if function is None else [each.name for each in function.parameters_for(len(call.arguments))]
    for index, argument in enumerate(call.arguments):
        if argument is not None:
            yield {"key": names[index] if index < len(names) else str(index), "value": tree_json(argument)}


def _json(kind: str, name: str, text: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "expression": text, "parameters": []}


def source_json_problem(value: Json) -> str | None:
    """Return what of a source contradicts itself: its text counts, and name and parameters are to say the same."""
    text = value.get("expression")
    if not text:
        return None
    try:
        tree = parse(text)
    except ExpressionError:
        return None  # said where the expression is judged
    kind, name = value["type"], value.get("name") or ""
    said = tree_json(tree)
    if kind == "Function":
        if isinstance(tree, Call) and name and tree.name.casefold() != name.casefold():
            return f"calls {tree.name}, but the source's name is {name}; make them say the same"
        return None
    if (said["type"], said["name"]) != (kind, name):
        return f"is not the {kind.lower()} that the source's name says; make them say the same"
    return None
