"""Which functions are about dates? A text without a zone is in UTC, and so is everything they give.

Now, CDate and DateAdd give `M/d/yyyy h:mm:ss tt`; FormatDateTime gives any other form.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from shared.expressions import dotnet_dates, moments
from shared.expressions.call_site import CallSite, Evaluation
from shared.expressions.dotnet_dates import DateRefused
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.values import Unfit

P = ParamSpec("P")
R = TypeVar("R")


def _dated(apply: Callable[P, R]) -> Callable[P, R]:
    """A date out of range is a value that does not fit, like a text that is no date."""

    @wraps(apply)
    def checked(*arguments: P.args, **names: P.kwargs) -> R:
        try:
            return apply(*arguments, **names)
        except DateRefused as refused:
            raise Unfit(str(refused)) from refused
        except OverflowError as error:
            raise Unfit("a date that no calendar has") from error

    return checked


def _c_date(value: datetime) -> datetime:
    return value


@_dated
def _date_add(interval: str, count: int, date: datetime) -> str:
    return moments.written(moments.add(interval, count, date))


def _date_diff(interval: str, first: datetime, second: datetime) -> int:
    return moments.difference(interval, first, second)


@_dated
def _date_from_num(value: int) -> datetime:
    return moments.from_file_time(value)


def _num_from_date(value: datetime) -> int:
    return moments.file_time(value)


@_dated
def _format_date_time(source: str, styles: str | None, input_format: str, output_format: str) -> str | None:
    if source == "":
        return None
    read_as = dotnet_dates.styles_named(styles) if styles else dotnet_dates.DEFAULT_STYLES
    return dotnet_dates.formatted(dotnet_dates.read_exactly(source, input_format, read_as), output_format)


def _now(_site: CallSite) -> Evaluation:
    return lambda frame: moments.written(frame.environment.now)


def _date(name: str) -> Parameter:
    return Parameter(name=name, kind=Kind.MOMENT, type="DateTime", absent=Absent.NULL_RESULT)


_INTERVAL: Final = Parameter(name="interval", kind=Kind.WORD, words=moments.INTERVALS)
_SOURCE: Final = Parameter(name="source", absent=Absent.NULL_RESULT)
_FORMATS: Final = (Parameter(name="inputFormat"), Parameter(name="outputFormat"))
FUNCTIONS: Final = (
    Function(
        name="CDate",
        description="The date that a text means, in UTC.",
        returns="DateTime",
        parameters=(_date("expression"),),
        apply=_c_date,
    ),
    Function(
        name="DateAdd",
        description="A date so many intervals later: yyyy year, m month, ww week, d day, h hour, n minute, s second.",
        parameters=(_INTERVAL, Parameter(name="value", kind=Kind.WHOLE_NUMBER, type="Integer"), _date("dateTime")),
        apply=_date_add,
    ),
    Function(
        name="DateDiff",
        description="How many intervals the second date lies after the first one.",
        returns="Integer",
        parameters=(_INTERVAL, _date("date1"), _date("date2")),
        apply=_date_diff,
    ),
    Function(
        name="DateFromNum",
        description="The date of a number as Active Directory stores it.",
        returns="DateTime",
        parameters=(Parameter(name="value", kind=Kind.WHOLE_NUMBER, type="Integer", absent=Absent.NULL_RESULT),),
        apply=_date_from_num,
    ),
    Function(
        name="NumFromDate",
        description="A date as the number that Active Directory stores.",
        returns="Integer",
        parameters=(_date("value"),),
        apply=_num_from_date,
    ),
    Function(
        name="FormatDateTime",
        description="A date in another format; the styles may be left out, or their slot empty.",
        parameters=(
            _SOURCE,
            Parameter(name="dateTimeStyles", required=False, absent=Absent.PASSED_ON),
            *_FORMATS,
        ),
        short_form=(_SOURCE, *_FORMATS),
        apply=_format_date_time,
    ),
    Function(name="Now", description="The present moment in UTC.", build=_now, is_volatile=True),
)
