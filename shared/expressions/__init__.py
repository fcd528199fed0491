"""The language of attribute mappings: Microsoft's functions over the attributes of a source object.

    IIF([country] = "USA", ToUpper([mailNickname]), "t-" & [mailNickname])

    parse(text)                      -> Expression   a frozen tree; raises ExpressionSyntaxError
    printed(tree)                    -> str          its canonical text; parse(printed(tree)) == tree
    attribute_names(tree)            -> frozenset    what it may read
    compiled(tree)                   -> Program      checked once: names, number and kind of arguments
    Program.evaluate(attributes, environment)        -> Value, or DROP: leave the attribute out of the change
    FUNCTIONS, function_named(name)                  what there is, with the parameters as Graph describes them
    is_volatile(tree), is_redacted(tree)             whether it may differ each time; whether logs hide its value
    RegularExpression(pattern).matches(text)         a .NET pattern by itself; raises PatternRefused, or TooMuch

An expression is an attribute `[name]`, a text `"..."`, a number `5` or `&HF`, a call `Name(argument, ...)` with slots
that may be empty, parts joined by `&`, or a comparison by `=`, `<>`, `<`, `<=`, `>`, `>=`; parentheses group. Nothing
else is known to it: the time, chance and the target come in as an `Environment`. Whatever the text and the attributes
are, evaluating raises nothing but ExpressionError and does bounded work.

https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

from shared.expressions.dotnet_escapes import PatternRefused
from shared.expressions.dotnet_regex import RegularExpression
from shared.expressions.environment import Environment
from shared.expressions.errors import ExpressionError, ExpressionRaised, ExpressionSyntaxError, Span
from shared.expressions.evaluator import Program, compiled, is_redacted, is_volatile
from shared.expressions.function_table import FUNCTIONS, function_named
from shared.expressions.limits import TooMuch
from shared.expressions.parser import parse
from shared.expressions.printer import printed, quoted
from shared.expressions.signature import Function, Parameter
from shared.expressions.syntax import (
    Attribute,
    Call,
    Comparison,
    Concatenation,
    Constant,
    Expression,
    Keyword,
    Number,
    Operator,
    attribute_names,
)
from shared.expressions.values import DROP, Drop, Result, Scalar, Value, from_json

__all__ = [
    "DROP",
    "FUNCTIONS",
    "Attribute",
    "Call",
    "Comparison",
    "Concatenation",
    "Constant",
    "Drop",
    "Environment",
    "Expression",
    "ExpressionError",
    "ExpressionRaised",
    "ExpressionSyntaxError",
    "Function",
    "Keyword",
    "Number",
    "Operator",
    "Parameter",
    "PatternRefused",
    "Program",
    "RegularExpression",
    "Result",
    "Scalar",
    "Span",
    "TooMuch",
    "Value",
    "attribute_names",
    "compiled",
    "from_json",
    "function_named",
    "is_redacted",
    "is_volatile",
    "parse",
    "printed",
    "quoted",
]
