"""How is an expression evaluated? It becomes closures once; then each person costs one call of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.expressions import values
from shared.expressions.arguments import reader
from shared.expressions.call_site import Argument, CallSite, Dropped, Evaluation, Frame
from shared.expressions.comparing import compare
from shared.expressions.environment import Environment
from shared.expressions.errors import ExpressionError, Span
from shared.expressions.function_table import function_named, unknown_function
from shared.expressions.limits import SHORT, TooMuch
from shared.expressions.parser import parse_canonical
from shared.expressions.printer import printed
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.syntax import (
    Attribute,
    Call,
    Comparison,
    Concatenation,
    Constant,
    Expression,
    Keyword,
    Number,
    nodes,
)
from shared.expressions.values import DROP, Result, Unfit, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A checked expression, ready to be evaluated for many people."""

    text: str
    """The expression's canonical text, into which errors point."""
    is_volatile: bool
    """Whether it may give another value for the same attributes."""
    is_redacted: bool
    """Whether logs show [Redact] for its value."""
    root: Evaluation

    def evaluate(self, attributes: Mapping[str, Value], environment: Environment) -> Result:
        """Return the value for these attributes, or DROP; raises an ExpressionError."""
        try:
            value = self.root(Frame(attributes, environment))
        except Dropped:
            return DROP
        return value if value.__class__ is str else values.outside(value)  # most are texts


def compiled(tree: Expression) -> Program:
    """Return the program of a tree, or raise an ExpressionError that points into the tree's canonical text."""
    text = printed(tree)
    located = parse_canonical(text)
    return Program(
        text=text,
        is_volatile=is_volatile(located),
        is_redacted=is_redacted(located),
        root=_Compiler(text).root(located),
    )


def is_volatile(tree: Expression) -> bool:
    """Whether the expression may give another value for the same attributes: the time, chance, or the target."""
    return any(function.is_volatile for function in _called(tree))


def is_redacted(tree: Expression) -> bool:
    """Whether logs show [Redact] for the value: Redact is called anywhere, also in a branch that is not taken."""
    return any(function.name == "Redact" for function in _called(tree))


def _called(tree: Expression) -> list[Function]:
    named = (function_named(node.name) for node in nodes(tree) if isinstance(node, Call))
    return [function for function in named if function is not None]


class _Compiler:
    """Turns the nodes of one text into closures, from the leaves up."""

    def __init__(self, text: str) -> None:
        self._text = text

    def root(self, tree: Expression) -> Evaluation:
        return self._call(tree, outermost=True) if isinstance(tree, Call) else self._compiled(tree)

    def _compiled(self, node: Expression) -> Evaluation:
        match node:
            case Attribute():
                return self._attribute(node)
            case Constant():
                constant = node.value
                return lambda _frame: constant
            case Number():
                return self._number(node)
            case Keyword():
                raise self._error(f"{node.name} is no argument here; a text needs quotes, an attribute brackets", node)
            case Call():
                return self._call(node)
            case Concatenation():
                return self._concatenation(node)
            case _:
                return self._comparison(node)

    def _attribute(self, node: Attribute) -> Evaluation:
        name = node.name
        guarded = self._guarded(lambda frame: frame.attributes.get(name), node)

        def read(frame: Frame) -> Value:
            value = frame.attributes.get(name)
            return value if value.__class__ is str and len(value) <= SHORT else guarded(frame)

        return read

    def _number(self, node: Number) -> Evaluation:
        try:
            number = values.number(node.text)
        except Unfit as unfit:
            raise self._error(f"it is {unfit}; whole numbers have 64 bits", node) from unfit
        return lambda _frame: number

    def _concatenation(self, node: Concatenation) -> Evaluation:
        parts = list[Evaluation]()  # filled by a loop, which takes no frame at each level
        for part in node.parts:
            parts.append(self._compiled(part))

        return self._guarded(lambda frame: "".join([values.text(part(frame)) or "" for part in parts]), node)

    def _comparison(self, node: Comparison) -> Evaluation:
        sign, first, second = node.operator, self._compiled(node.first), self._compiled(node.second)
        return self._guarded(lambda frame: compare(sign, first(frame), second(frame)), node)

    def _call(self, node: Call, *, outermost: bool = False) -> Evaluation:
        function = function_named(node.name)
        if function is None:
            raise self._error(unknown_function(node.name), node)
        if function.only_outermost and not outermost:
            raise self._error(f"{function.name} is allowed as the outermost function only", node)
        self._check_count(function, node)
        site = CallSite(
            text=self._text,
            call=node,
            function=function.name,
            arguments=self._arguments(function, node),
        )
        evaluate = function.build(site) if function.build else _eager(site, function)
        return self._guarded(evaluate, node, f"{function.name}: ")

    def _check_count(self, function: Function, node: Call) -> None:
        count, least, most = len(node.arguments), function.least, function.most
        if count >= least and (most is None or count <= most) and not (function.in_pairs and count % 2):
            return
        wanted = f"{least}" if most == least else f"at least {least}" if most is None else f"{least} to {most}"
        pairs = ", always an even number" if function.in_pairs else ""
        raise self._error(f"{function.name} takes {wanted} arguments{pairs}, found {count}", node)

    def _arguments(self, function: Function, node: Call) -> tuple[Argument | None, ...]:
        parameters = function.parameters_for(len(node.arguments))
        arguments = list[Argument | None]()
        for index, (parameter, argument) in enumerate(zip(parameters, node.arguments, strict=True)):
            if argument is not None:
                is_word = isinstance(argument, Keyword) and parameter.kind is Kind.WORD
                # A keyword is read by its parameter, before anybody is evaluated.
                evaluate = (lambda _frame: None) if is_word else self._compiled(argument)
                arguments.append(Argument(tree=argument, evaluate=evaluate))
            elif parameter.required:
                raise self._error(f"{function.name}: argument {index + 1} ({parameter.name}) is needed", node)
            else:
                arguments.append(None)
        return tuple(arguments)

    def _guarded(self, evaluate: Evaluation, node: Expression, named: str = "") -> Evaluation:
        """A closure that counts its value and whose refusals point to its node; its parts' refusals already do.

        Truths and short texts are within the limits however often they stand in an expression: they are not counted.
        """

        def guarded(frame: Frame) -> Value:
            try:
                value = evaluate(frame)
                if value.__class__ is not bool and (value.__class__ is not str or len(value) > SHORT):
                    frame.spend(value)
            except (Unfit, TooMuch) as refused:
                raise self._error(f"{named}{refused}", node) from refused
            return value

        return guarded

    def _error(self, message: str, node: Expression) -> ExpressionError:
        return ExpressionError(message, text=self._text, span=node.span or Span(start=0, end=len(self._text)))


def _eager(site: CallSite, function: Function) -> Evaluation:
    """All arguments first, from the left; where one that matters has no value, the call has none."""
    apply = function.apply
    readers = [
        (reader(site, slot, parameter), parameter.absent is Absent.NULL_RESULT)
        for slot, parameter in _slots(site, function)
    ]
    if len(readers) == 1:
        return _eager_of_one(*readers[0], apply)

    def evaluate(frame: Frame) -> Value:
        arguments = []
        for read, matters in readers:
            value = read(frame)
            if value is None and matters:
                return None
            arguments.append(value)
        return apply(*arguments)

    return evaluate


def _eager_of_one(read: Evaluation, matters: bool, apply: Callable[..., Value]) -> Evaluation:  # noqa: FBT001
    """Most calls have one argument; without a list of arguments they take half the time."""

    def evaluate(frame: Frame) -> Value:
        value = read(frame)
        return None if value is None and matters else apply(value)

    return evaluate


def _slots(site: CallSite, function: Function) -> list[tuple[int, Parameter]]:
    """The slot of each parameter; one that the call lacks gets a slot behind all others, which is empty."""
    count = len(site.arguments)
    given = function.parameters_for(count)
    if given == function.short_form:
        return [(given.index(each) if each in given else count, each) for each in function.parameters]
    return list(enumerate(function.parameters_for(max(count, len(function.parameters)))))
