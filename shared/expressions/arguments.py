"""How does an argument become what its function takes?"""

from collections.abc import Callable, Mapping
from typing import Final

from shared.expressions import values
from shared.expressions.call_site import Argument, CallSite, Evaluation, Frame
from shared.expressions.signature import Absent, Kind, Parameter
from shared.expressions.syntax import Constant, Keyword, Number
from shared.expressions.values import Unfit, Value

_CONVERSIONS: Final[Mapping[Kind, Callable[[Value], Value]]] = {
    Kind.ANY: lambda value: value,
    Kind.TEXT: values.text,
    Kind.NUMBER: values.number,
    Kind.WHOLE_NUMBER: values.whole_number,
    Kind.MOMENT: values.moment,
}


def reader(site: CallSite, index: int, parameter: Parameter) -> Evaluation:
    """Return what reads an argument as its parameter wants it; a constant is converted once, and refused at once."""
    argument = site.argument(index)
    if argument is None:
        return lambda _frame: None
    convert = _checked(site, index, parameter)
    if isinstance(argument.tree, Keyword):
        keyword = convert(argument.tree.name)
        return lambda _frame: keyword
    if isinstance(argument.tree, Constant):
        constant = convert(argument.tree.value)
        return lambda _frame: constant
    if isinstance(argument.tree, Number):
        number = convert(values.number(argument.tree.text))
        return lambda _frame: number
    evaluate = argument.evaluate
    if parameter.kind is Kind.ANY and parameter.absent is not Absent.REFUSED:
        return evaluate
    if parameter.kind is not Kind.TEXT:
        return lambda frame: convert(evaluate(frame))

    def read(frame: Frame) -> Value:
        value = evaluate(frame)
        return value if value.__class__ is str else convert(value)  # most arguments are what they should be

    return read


def text_reader(site: CallSite, index: int, name: str) -> Callable[[Frame], str | None]:
    """Return what reads an argument as text, for functions that are lazy."""
    read = reader(site, index, Parameter(name=name, absent=Absent.PASSED_ON))

    def read_text(frame: Frame) -> str | None:
        value = read(frame)
        return value if isinstance(value, str) else None

    return read_text


def constant_text(argument: Argument | None) -> str | None:
    """Return the text of an argument that is a constant."""
    tree = None if argument is None else argument.tree
    if isinstance(tree, Number):
        return values.text(values.number(tree.text))
    return tree.value if isinstance(tree, Constant) else None


def _checked(site: CallSite, index: int, parameter: Parameter) -> Callable[[Value], Value]:
    """A conversion whose errors name the argument and what was expected of it."""
    convert = _word(parameter.words) if parameter.kind is Kind.WORD else _CONVERSIONS[parameter.kind]
    refused = parameter.absent is Absent.REFUSED
    expected = f"one of {', '.join(parameter.words)}" if parameter.words else parameter.kind

    def converted(value: Value) -> Value:
        try:
            result = convert(value)
        except Unfit as unfit:
            raise site.error(
                f"argument {index + 1} ({parameter.name}) is {unfit}, expected {expected}", index
            ) from unfit
        if result is None and refused:
            raise site.error(f"argument {index + 1} ({parameter.name}) has no value, expected {expected}", index)
        return result

    return converted


def _word(words: tuple[str, ...]) -> Callable[[Value], Value]:
    known = {word.casefold(): word for word in words}

    def convert(value: Value) -> Value:
        found = values.text(value)
        if found and found.casefold() not in known:
            raise Unfit("another word")
        return known[found.casefold()] if found else None

    return convert
