"""What does an expression consist of? A frozen tree.

Two trees are equal when they mean the same text; where a node stood in a text (`span`) does not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from shared.expressions.errors import Span


class Operator(StrEnum):
    """How two values are compared."""

    EQUAL = "="
    NOT_EQUAL = "<>"
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """`[name]`: the value of an attribute of the source object; brackets inside the name come in pairs."""

    name: str
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """`"value"`: a text."""

    value: str
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number as written: `5`, `-10`, `1.5`, `&HF7`. In Graph's JSON it is a Constant with this text as name."""

    text: str
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A bare word, such as `vbBinaryCompare`. In Graph's JSON it is a Constant with this word as name."""

    name: str
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`name(arguments)`; None is an empty slot, as in `Replace([a], , , , "x", , )`. The name is spelled as written."""

    name: str
    arguments: tuple["Expression | None", ...] = ()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concatenation:
    """`part & part & ...`: the texts of all parts, one behind the other."""

    parts: tuple["Expression", ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`first operator second`: true or false."""

    operator: Operator
    first: "Expression"
    second: "Expression"
    span: Span | None = field(default=None, compare=False, repr=False)


Expression = Attribute | Constant | Number | Keyword | Call | Concatenation | Comparison


def nodes(tree: Expression) -> Iterator[Expression]:
    """Yield the tree's nodes, each before those inside it."""
    waiting: list[Expression] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(parts(node)))


def parts(node: Expression) -> tuple[Expression, ...]:
    """Return the expressions directly inside a node; empty slots are left out."""
    match node:
        case Call():
            return tuple(argument for argument in node.arguments if argument is not None)
        case Concatenation():
            return node.parts
        case Comparison():
            return (node.first, node.second)
        case _:
            return ()


def attribute_names(tree: Expression) -> frozenset[str]:
    """Return the names of all attributes that the expression may read."""
    return frozenset(node.name for node in nodes(tree) if isinstance(node, Attribute))
