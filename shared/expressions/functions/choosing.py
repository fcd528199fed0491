"""Which functions choose? They evaluate what they choose, and nothing else."""

from typing import Final

from shared.expressions import values
from shared.expressions.arguments import constant_text, text_reader
from shared.expressions.call_site import CallSite, Dropped, Evaluation, Frame
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.values import Unfit, Value


def _iif(site: CallSite) -> Evaluation:
    condition, when_true, when_false = (site.given(index).evaluate for index in range(3))

    def evaluate(frame: Frame) -> Value:
        try:
            value = condition(frame)
            holds = value if value.__class__ is bool else values.boolean(value)
        except Unfit as unfit:
            raise site.error(f"argument 1 (condition) is {unfit}, expected true or false", 0) from unfit
        return when_true(frame) if holds else when_false(frame)

    return evaluate


def _switch(site: CallSite) -> Evaluation:
    source, default = text_reader(site, 0, "source"), site.argument(1)
    cases = [
        (constant_text(site.argument(index)), text_reader(site, index, "key"), site.given(index + 1).evaluate)
        for index in range(2, len(site.arguments), 2)
    ]

    def evaluate(frame: Frame) -> Value:
        # Microsoft's page: the empty text as key stands for the absent value as well.
        sought = source(frame) or ""
        for constant, key, value in cases:
            if sought == (key(frame) if constant is None else constant):
                return value(frame)
        return None if default is None else default.evaluate(frame)

    return evaluate


def _coalesce(site: CallSite) -> Evaluation:
    sources = [site.given(index).evaluate for index in range(len(site.arguments))]

    def evaluate(frame: Frame) -> Value:
        for source in sources:
            value = source(frame)
            if value is not None and value != ():
                return value
        return None

    return evaluate


def _error(site: CallSite) -> Evaluation:
    message = text_reader(site, 0, "ErrorMessage")

    def evaluate(frame: Frame) -> Value:
        raise site.raised(message(frame) or "the expression reports an error")

    return evaluate


def _ignore_flow(site: CallSite) -> Evaluation:
    inner = site.given(0).evaluate

    def evaluate(frame: Frame) -> Value:
        value = inner(frame)
        if values.is_empty(value):
            raise Dropped
        return value

    return evaluate


def _select_unique(site: CallSite) -> Evaluation:
    rules = [text_reader(site, index, "uniqueValueRule") for index in range(len(site.arguments))]

    def evaluate(frame: Frame) -> Value:
        for rule in rules:
            candidate = rule(frame)
            if candidate and not frame.environment.exists(candidate):
                return candidate
        raise site.raised(f"SelectUniqueValue: all {len(rules)} values are taken in the target or empty; add a rule")

    return evaluate


def _redact(value: Value) -> Value:
    """The value flows; who logs it asks the program whether it is redacted."""
    return value


def _any(name: str, *, required: bool = True, repeating: bool = False) -> Parameter:
    return Parameter(name=name, kind=Kind.ANY, required=required, repeating=repeating, absent=Absent.PASSED_ON)


FUNCTIONS: Final = (
    Function(
        name="IIF",
        description="One value where a condition holds, another one where it does not.",
        parameters=(_any("condition"), _any("valueIfTrue"), _any("valueIfFalse")),
        build=_iif,
    ),
    Function(
        name="Switch",
        description="The value behind the first key that equals the source, upper and lower case being different.",
        parameters=(
            _any("source"),
            _any("defaultValue", required=False),
            _any("key", repeating=True),
            _any("value", repeating=True),
        ),
        fewest=4,
        in_pairs=True,
        build=_switch,
    ),
    Function(
        name="Coalesce",
        description="The first value that is there; the last one is the default.",
        parameters=(_any("source", repeating=True),),
        build=_coalesce,
    ),
    Function(
        name="Error",
        description="No value: the entry fails with this message.",
        parameters=(_any("ErrorMessage"),),
        build=_error,
    ),
    Function(
        name="IgnoreFlowIfNullOrEmpty",
        description="The value; where there is none, the attribute is left out of the change.",
        parameters=(_any("expression"),),
        build=_ignore_flow,
    ),
    Function(
        name="SelectUniqueValue",
        description="The first value that nobody has in the target; only as the outermost function.",
        parameters=(_any("uniqueValueRule", repeating=True),),
        fewest=2,
        build=_select_unique,
        is_volatile=True,
        only_outermost=True,
    ),
    Function(
        name="Redact",
        description="The value, which provisioning logs show as [Redact].",
        parameters=(_any("value"),),
        apply=_redact,
    ),
)
