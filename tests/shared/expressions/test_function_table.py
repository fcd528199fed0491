"""Is the table of functions what Microsoft's pages and Graph's schema say?"""

from pathlib import Path

import pytest

from shared.expressions import FUNCTIONS, ExpressionError, Parameter, compiled, function_named, parse
from shared.expressions.signature import Function

# Name, and the parameters as in Microsoft's signatures: ? is optional, * repeats.
SIGNATURES = """
AltSecIdFromNetId(netId)
Append(source, suffix)
AppRoleAssignments(source)
AppRoleAssignmentsComplex(source)
AssertiveAppRoleAssignmentsComplex(source)
BitAnd(value1, value2)
CBool(Expression)
CDate(expression)
Coalesce(source*)
Contains(attribute, search)
ConvertFromBase64(source, Encoding?)
ConvertToBase64(source)
ConvertToUTF8Hex(source)
Count(attribute)
CRef(value)
CStr(value)
DateAdd(interval, value, dateTime)
DateDiff(interval, date1, date2)
DateFromNum(value)
DefaultDomain()
DNComponent(dn, ComponentNumber)
Error(ErrorMessage)
FormatDateTime(source, dateTimeStyles?, inputFormat, outputFormat)
Guid()
IgnoreFlowIfNullOrEmpty(expression)
IIF(condition, valueIfTrue, valueIfFalse)
InStr(value1, value2, start?, compareType?)
IsNothing(Expression)
IsNull(Expression)
IsNullOrEmpty(Expression)
IsPresent(Expression)
IsString(Expression)
Item(attribute, index)
Join(separator, source*)
Left(String, NumChars)
Mid(source, start, length?)
NormalizeDiacritics(source)
Not(source)
Now()
NumFromDate(value)
PCase(source, wordSeparators?)
Prepend(prefix, source)
RandomString(Length, MinimumNumbers, MinimumSpecialCharacters, MinimumCapital, MinimumLowerCase, CharactersToAvoid?)
Redact(value)
RemoveDuplicates(attribute)
Replace(source, Find?, RegularExpression?, RegularExpressionGroupName?, Replacement?, \
ReplacementPropertyName?, Template?)
SelectUniqueValue(uniqueValueRule*)
SingleAppRoleAssignment(source)
Split(source, delimiter?)
StringFromSid(ObjectSID)
StripSpaces(source)
Switch(source, defaultValue?, key*, value*)
ToLower(source, culture?)
ToUpper(source, culture?)
Trim(value)
Word(String, WordNumber, Delimiters)
""".strip().splitlines()


def written(function: Function) -> str:
    parameters = (
        f"{parameter.name}{'*' if parameter.repeating else '' if parameter.required else '?'}"
        for parameter in function.parameters
    )
    return f"{function.name}({', '.join(parameters)})"


def test_the_table_has_these_functions_in_this_order() -> None:
    assert [written(function) for function in FUNCTIONS.values()] == SIGNATURES


def test_the_types_are_graphs() -> None:
    types = {parameter.type for function in FUNCTIONS.values() for parameter in function.parameters}
    returned = {function.returns for function in FUNCTIONS.values()}

    assert types == {"String", "Integer", "Boolean", "DateTime", "Reference", "Binary"}
    assert returned == {"String", "Integer", "Boolean", "DateTime"}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_says_in_a_sentence_what_it_gives(function: Function) -> None:
    assert function.description.endswith(".")
    assert len(function.description) < 120


def test_a_function_is_found_in_any_case() -> None:
    assert function_named("IsNullorEmpty") is FUNCTIONS["IsNullOrEmpty"]
    assert function_named("tolower") is function_named("TOLOWER") is FUNCTIONS["ToLower"]
    assert function_named("Nope") is None


def names(parameters: tuple[Parameter, ...]) -> list[str]:
    return [parameter.name for parameter in parameters]


@pytest.mark.parametrize(
    ("function", "count", "expected"),
    [
        ("Mid", 2, ["source", "start"]),
        ("Mid", 3, ["source", "start", "length"]),
        ("Join", 1, ["separator"]),
        ("Join", 4, ["separator", "source", "source", "source"]),
        ("Switch", 6, ["source", "defaultValue", "key", "value", "key", "value"]),
        ("Coalesce", 2, ["source", "source"]),
        ("FormatDateTime", 3, ["source", "inputFormat", "outputFormat"]),
        ("FormatDateTime", 4, ["source", "dateTimeStyles", "inputFormat", "outputFormat"]),
        ("Now", 0, []),
    ],
)
def test_each_argument_has_its_parameter(function: str, count: int, expected: list[str]) -> None:
    assert names(FUNCTIONS[function].parameters_for(count)) == expected


REPLACE_WAYS = (
    "Replace: fill oldValue and replacementValue, or oldValue and template, or regexPattern and replacementValue"
    " (with or without regexGroupName), or regexPattern, regexGroupName and replacementAttributeName"
)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("Now(1)", "Now takes 0 arguments, found 1"),
        ("Mid([a])", "Mid takes 2 to 3 arguments, found 1"),
        ("Append([a], 1, 2)", "Append takes 2 arguments, found 3"),
        ("Join()", "Join takes at least 2 arguments, found 0"),
        ("SelectUniqueValue([a])", "SelectUniqueValue takes at least 2 arguments, found 1"),
        ("Switch([a], 1)", "Switch takes at least 4 arguments, always an even number, found 2"),
        ("Switch([a], 1, 2, 3, 4)", "Switch takes at least 4 arguments, always an even number, found 5"),
        ("FormatDateTime([a], 1)", "FormatDateTime takes 3 to 4 arguments, found 2"),
        ("Coalesce()", "Coalesce takes at least 1 arguments, found 0"),
        ("Append([a], )", "Append: argument 2 (suffix) is needed"),
        ("Apend([a], 1)", "there is no function Apend; did you mean Append?"),
        ("tolowr([a])", "there is no function tolowr; did you mean ToLower?"),
        ('Mid([a], "x")', "Mid: argument 2 (start) is a text that is no number, expected a whole number"),
        ("Left([a], 1.5)", "Left: argument 2 (NumChars) is a number with a fraction, expected a whole number"),
        (
            'DateAdd("q", 1, [a])',
            "DateAdd: argument 1 (interval) is another word, expected one of yyyy, m, ww, d, h, n, s",
        ),
        (
            'InStr("a", "b", 1, vbX)',
            "InStr: argument 4 (compareType) is another word, expected one of vbTextCompare, vbBinaryCompare",
        ),
        ("Append(vbTextCompare, 1)", "vbTextCompare is no argument here; a text needs quotes, an attribute brackets"),
        ("CDate(5)", "CDate: argument 1 (expression) is a number, expected a date"),
        ("9223372036854775808", "it is a number of more than 64 bits; whole numbers have 64 bits"),
        (
            'Trim(SelectUniqueValue("a", "b"))',
            "SelectUniqueValue is allowed as the outermost function only",
        ),
        (
            "Replace([a], 1)",
            REPLACE_WAYS,
        ),
        (
            'Replace([a], , "(", , "")',
            'Replace: argument 3 (RegularExpression): a group needs its closing ")", at character 1 of the pattern',
        ),
    ],
)
def test_a_wrong_call_is_refused_before_anybody_is_evaluated(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        compiled(parse(expression))

    assert raised.value.message == message


def test_a_name_like_no_other_is_told_all_there_are() -> None:
    with pytest.raises(ExpressionError) as raised:
        compiled(parse("Qqqqqqqqqq()"))

    assert raised.value.message == f"there is no function Qqqqqqqqqq; there are {', '.join(FUNCTIONS)}"


def test_the_page_about_the_language_has_the_same_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "expressions.md").read_text("utf-8")

    for function in FUNCTIONS.values():
        signature = written(function).replace("*", "…")
        assert f"| `{signature}` | {function.returns} | {function.description} |" in page
