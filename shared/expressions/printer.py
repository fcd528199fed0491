"""Which text stands for a tree? Parsing it gives the tree again."""

from collections.abc import Sequence

from shared.expressions.errors import ExpressionError, Span
from shared.expressions.parser import DEEPEST_EXPRESSION, TOO_DEEP
from shared.expressions.syntax import Attribute, Call, Comparison, Concatenation, Constant, Expression, Keyword, Number


def printed(tree: Expression) -> str:
    """Return the canonical text: one space behind each comma and around each operator, no others.

    Raises an ExpressionError where the tree is deeper than any text that can be parsed.
    """
    return _printed(tree, 0)


def quoted(value: str) -> str:
    r"""Return a text constant as an expression writes it: in double quotes, `\` and `"` escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _printed(node: Expression, depth: int) -> str:
    if depth > DEEPEST_EXPRESSION:
        raise ExpressionError(TOO_DEEP, text="…", span=Span(start=0, end=1))
    match node:
        case Attribute():
            return f"[{node.name}]"
        case Constant():
            return quoted(node.value)
        case Number():
            return node.text
        case Keyword():
            return node.name
        case Call():
            return f"{node.name}({_arguments(node.arguments, depth + 1)})"
        case Concatenation():
            return " & ".join(_operand(part, depth) for part in node.parts)
        case _:
            return f"{_compared(node.first, depth)} {node.operator} {_compared(node.second, depth)}"


def _arguments(arguments: Sequence[Expression | None], depth: int) -> str:
    return ", ".join("" if argument is None else _printed(argument, depth) for argument in arguments)


def _operand(node: Expression, depth: int) -> str:
    """What is no operand by itself becomes one in parentheses."""
    if isinstance(node, Concatenation | Comparison):
        return f"({_printed(node, depth + 1)})"
    return _printed(node, depth)


def _compared(node: Expression, depth: int) -> str:
    return _printed(node, depth) if isinstance(node, Concatenation) else _operand(node, depth)
