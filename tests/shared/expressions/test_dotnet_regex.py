"""Does a .NET regular expression mean here what it means in .NET, and does none run long?"""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.expressions.dotnet_escapes import PatternRefused
from shared.expressions.dotnet_pattern import translate
from shared.expressions.dotnet_regex import RegularExpression
from shared.expressions.limits import TooMuch


# What .NET's Regex.Replace(text, pattern, replacement) gives.
@pytest.mark.parametrize(
    ("pattern", "text", "replacement", "replaced"),
    [
        # characters
        ("a.c", "abc a\nc", "x", "x a\nc"),
        ("a\\.c", "abc a.c", "x", "abc x"),
        ("{}]", "{}]", "x", "x"),
        ("a{,3}", "a{,3}", "x", "x"),
        ("a{x", "a{x", "x", "x"),
        ("\\t\\n\\r\\f\\v\\a\\e", "\t\n\r\f\v\a\x1b", "x", "x"),
        ("\\x41\\u0042\\103\\0", "ABC\0", "x", "x"),
        ("\\cA\\ca\\c[", "\x01\x01\x1b", "x", "x"),
        ("\\-\\ \\#", "- #", "x", "x"),
        ("ß😀é", "ß😀é", "x", "x"),
        ("\\400", "\0", "x", "x"),
        # classes
        ("\\d\\D\\w\\W\\s\\S", "1aa! b", "x", "x"),
        ("\\d", "٣", "x", "x"),
        ("[abc]", "a-b-d", "x", "x-x-d"),
        ("[^abc]", "ad", "x", "ax"),
        ("[a-c]", "abcd", "x", "xxxd"),
        ("[]a]", "]a", "x", "xx"),
        ("[^]a]", "]ab", "x", "]ax"),
        ("[a-]", "a-b", "x", "xxb"),
        ("[-a]", "a-b", "x", "xxb"),
        ("[\\d-z]", "1-zy", "x", "xxxy"),
        ("[a-\\d]", "a-1b", "x", "xxxb"),
        ("[\\b\\n\\]\\\\]", "\b\n]\\", "x", "xxxx"),
        ("[[:a]", "[:ab", "x", "xxxb"),
        ("[a&&b||c~~]", "&|~z", "x", "xxxz"),
        ("[!--]", "!+-.", "x", "xxx."),
        ("[a-z-[aeiou]]", "hello", "x", "xexxo"),
        ("[a-z-[b-y-[m]]]", "azm b", "x", "xxx b"),
        ("[^a-z-[0-9]]", "a1!", "x", "a1x"),
        ("[\\u0041-\\x43\\103]", "ABCD", "x", "xxxD"),
        ("\\p{Lu}\\P{Lu}", "Aa", "x", "x"),
        ("[\\p{Lu}\\P{L}]", "Aa1", "x", "xax"),
        ("\\p{IsCyrillic}+", "aЖд", "x", "ax"),
        ("\\P{IsCyrillic}", "aЖ", "x", "xЖ"),
        ("\\p{IsGreek}", "aΩ", "x", "ax"),
        ("\\p{IsBasicLatin}", "aΩ", "x", "xΩ"),
        # places
        ("^a", "a\na", "x", "x\na"),
        ("a$", "a\na\n", "x", "a\nx\n"),
        ("a\\Z", "a\na\n", "x", "a\nx\n"),
        ("a\\z", "a\na\n", "x", "a\na\n"),
        ("a\\z", "ba", "x", "bx"),
        ("\\Aa", "aa", "x", "xa"),
        ("\\Ga", "aaba", "x", "xxba"),
        ("\\ba\\b", "a ba a", "x", "x ba x"),
        ("\\Ba", "a ba a", "x", "a bx a"),
        # repetitions
        ("a*", "baac", "-", "-b--c-"),
        ("a+", "baac", "-", "b-c"),
        ("a?", "ba", "-", "-b--"),
        ("a{2}", "aaa", "x", "xa"),
        ("a{2,}", "aaab", "x", "xb"),
        ("a{1,2}", "aaa", "x", "xx"),
        ("a{1,2}?", "aa", "x", "xx"),
        ("<.+?>", "<a><b>", "x", "xx"),
        ("<.+>", "<a><b>", "x", "x"),
        ("a*?b", "aab", "x", "x"),
        ("a??b", "ab", "x", "x"),
        ("(?:ab){2}", "ababab", "x", "xab"),
        # groups and references
        ("(a)(b)", "ab", "$2$1", "ba"),
        ("(?<x>a)(b)", "ab", "$1$2", "ba"),
        ("(?<x>a)(?<y>b)", "ab", "$2$1", "ba"),
        ("(?'x'a)", "a", "${x}${x}", "aa"),
        ("(?<2>a)(b)", "ab", "$1-$2", "b-a"),
        ("(?<x>a)|(?<x>b)", "ab", "<${x}>", "<a><b>"),
        ("(a)|b", "b", "<$1>", "<>"),
        ("(a)\\1", "aa", "x", "x"),
        ("(?<q>['\"])a\\k<q>", "'a' \"a'", "x", "x \"a'"),
        ("(?<q>')a\\k'q'", "'a'", "x", "x"),
        ("(?i)(a)\\1", "aA", "x", "x"),
        ("a|b|cd", "abcd", "x", "xxx"),
        ("(?:a|b)c", "acbc", "x", "xx"),
        ("a(?=b)", "abac", "x", "xbac"),
        ("a(?!b)", "abac", "x", "abxc"),
        ("(?<=b)a", "aba", "x", "abx"),
        ("(?<!b)a", "aba", "x", "xba"),
        ("(?>a+)b", "aab", "x", "x"),
        ("(?>a+)ab", "aab", "x", "aab"),
        ("()", "a", "-", "-a-"),
        # options
        ("(?i)ab", "aB", "x", "x"),
        ("(?i)[a-b]\\u0041", "Ba", "x", "x"),
        ("a(?i)b|c", "aBC", "x", "xx"),
        ("(?i:a)b", "Ab AB", "x", "x AB"),
        ("(?i)a(?-i)b", "Ab AB", "x", "x AB"),
        ("((?i)a)b", "Ab AB", "x", "x AB"),
        ("(?I)a", "A", "x", "x"),
        ("(?m)^a$", "a\na", "x", "x\nx"),
        ("(?s)a.b", "a\nb", "x", "x"),
        ("(?s-s:a.)b", "a\nb acb", "x", "a\nb x"),
        ("(?n)(a)(?<x>b)", "ab", "$1", "b"),
        ("(?x) a b # c", "ab", "x", "x"),
        ("(?x) a # c\n b ", "ab", "x", "x"),
        ("(?x)a\\ b[ ]c", "a b c", "x", "x"),
        ("(?x)a +", "aa", "x", "x"),
        ("(?x)(?#c)a", "a", "x", "x"),
        ("(?x: a ) b", "a b", "x", "x"),
        ("a(?#comment)+", "aa", "x", "x"),
        ("(?#only)", "a", "-", "-a-"),
        ("(?ms-i)^.$", "a\nb", "x", "x\nx"),
        ("(?-i)a", "A", "x", "A"),
        # replacements
        ("b", "abc", "$$", "a$c"),
        ("b", "abc", "<$&>", "a<b>c"),
        ("b", "abc", "<$0>", "a<b>c"),
        ("b", "abc", "<${0}>", "a<b>c"),
        ("b", "abc", "<$`>", "a<a>c"),
        ("b", "abc", "<$'>", "a<c>c"),
        ("b", "abc", "<$_>", "a<abc>c"),
        ("b", "abc", "<$+>", "a<>c"),
        ("(a)(b)", "abc", "<$+>", "<b>c"),
        ("(a)(b)?", "ac", "<$+>", "<>c"),
        ("b", "abc", "$1${x}$", "a$1${x}$c"),
        ("(b)", "abc", "$01", "abc"),
        ("b", "abc", "\\1\\g<0>", "a\\1\\g<0>c"),
    ],
)
def test_a_pattern_replaces_as_in_dotnet(pattern: str, text: str, replacement: str, replaced: str) -> None:
    assert RegularExpression(pattern).replaced(text, replacement) == replaced


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("*a", "a quantifier follows nothing that it could repeat, at character 1"),
        ("a|+", "a quantifier follows nothing that it could repeat, at character 3"),
        ("(?:{2})", "a quantifier follows nothing that it could repeat, at character 4"),
        ("a**", "a quantifier follows another one, at character 3"),
        ("a+?{2}", "a quantifier follows another one, at character 4"),
        ("a{2,1}", "a quantifier has its greater number first, at character 1"),
        ("(a", 'a group needs its closing ")", at character 1'),
        ("b(?:a", 'a group needs its closing ")", at character 2'),
        ("(?<x>a", 'a group needs its closing ")", at character 1'),
        ("(?i:a", 'a group needs its closing ")", at character 1'),
        ("a)b", 'a ")" closes nothing, at character 2'),
        ("b[a", 'a class needs its closing "]", at character 2'),
        ("[]", 'a class needs its closing "]", at character 1'),
        ("[a-", 'a class needs its closing "]", at character 1'),
        ("[c-a]", "a range of characters runs backwards, at character 3"),
        ("[a-[b]c]", "a subtraction is the last part of a class, at character 7"),
        ("[a-[b]", "a subtraction is the last part of a class, at character 7"),
        ("a\\q", "a backslash stands before nothing that it changes, at character 2"),
        ("a\\", "a backslash stands before nothing that it changes, at character 2"),
        ("\\_", "a backslash stands before nothing that it changes, at character 1"),
        ("\\x4", "a backslash stands before nothing that it changes, at character 1"),
        ("[\\B]", "a backslash stands before nothing that it changes, at character 2"),
        ("\\pL", "\\p needs a category or block in braces, as in \\p{Lu}, at character 1"),
        ("a\\p{Xx}", "no category or block of Unicode is named Xx, at character 2"),
        ("\\p{IsNowhere}", "a part of it means nothing, at character 14"),
        ("a\\1", "there is no group 1, at character 2"),
        ("(a)\\2", "there is no group 2, at character 4"),
        ("\\k<x>", "there is no group x, at character 1"),
        ("(?<a-b>c)", "a group of a kind that is not supported, at character 1"),
        ("(a)(?(1)b|c)", "a group of a kind that is not supported, at character 4"),
        ("(?P<a>b)", "a group of a kind that is not supported, at character 1"),
        ("(?R)", "a group of a kind that is not supported, at character 1"),
        ("(?q)", "a group of a kind that is not supported, at character 1"),
        ("(?)", "a group of a kind that is not supported, at character 1"),
        ("(*PRUNE)", "a quantifier follows nothing that it could repeat, at character 2"),
        ("(" * 11 + ")" * 11, "more than 10 groups stand inside each other, at character 12"),
        ("[a-" * 12 + "]" * 12, "more than 10 classes stand inside each other, at character 34"),
        ("a" * 1001, "a pattern has more than 1,000 characters, at character 1001"),
        ("a{1001}", "a pattern has more than 1,000 characters when its repetitions are written out"),
        ("(?:a{40}){26}", "a pattern has more than 1,000 characters when its repetitions are written out"),
        ("a{600}b{600}", "a pattern has more than 1,000 characters when its repetitions are written out"),
        ("(?:a|b{600})|c{401}", "a pattern has more than 1,000 characters when its repetitions are written out"),
    ],
)
def test_what_is_no_pattern_is_refused_with_its_place(pattern: str, reason: str) -> None:
    with pytest.raises(PatternRefused) as raised:
        RegularExpression(pattern)

    assert str(raised.value).startswith(reason)
    assert str(raised.value).endswith(" of the pattern")


@pytest.mark.parametrize(
    "pattern", ["a" * 1000, "(" * 10 + ")" * 10, "a{1000}", "(?:a{40}){25}", "[a-" * 11 + "b" + "]" * 11]
)
def test_the_limits_of_a_pattern_are_allowed(pattern: str) -> None:
    RegularExpression(pattern)


def test_a_group_is_replaced_where_it_matched_something() -> None:
    assert RegularExpression("(?<g>a*)b").replaced_group("aab b ab", "g", "X$1") == "X$1b b X$1b"
    assert RegularExpression("(?<g>a)?b").replaced_group("b", "g", "X") == "b"


def test_a_group_of_the_first_match_is_captured() -> None:
    pattern = RegularExpression("(?<g>[0-9])|x")

    assert pattern.captured("a1b2", "g") == "1"
    assert pattern.captured("x1", "g") is None
    assert pattern.captured("", "g") is None
    assert (pattern.has_group("g"), pattern.has_group("1"), pattern.has_group("2")) == (True, True, False)


def test_a_pattern_matches_anywhere() -> None:
    assert RegularExpression("([1-9][0-9])").matches("a55")
    assert not RegularExpression("([1-9][0-9])").matches("a5")


@pytest.mark.parametrize("pattern", ["(a+)+b", "(x+x+)+y", "(.)(?=.*\\1b)", "(?:(?:a|a)(?:a|a)){1,40}c"])
def test_a_pattern_that_would_run_for_ages_is_stopped(pattern: str) -> None:
    with pytest.raises(TooMuch, match="a regular expression takes too long"):
        RegularExpression(pattern).matches("ax" * 10 + "a" * 2000 + "x" * 2000 + "!")


def test_a_pattern_is_applied_to_4096_characters_and_no_more() -> None:
    assert RegularExpression("b").replaced("a" * 4096, "x") == "a" * 4096
    with pytest.raises(TooMuch, match="a regular expression is applied to more than 4,096 characters"):
        RegularExpression("b").matches("a" * 4097)


def test_a_replacement_does_not_grow_beyond_a_texts_limit() -> None:
    assert len(RegularExpression("a").replaced("a" * 4096, "b" * 8)) == 32_768
    with pytest.raises(TooMuch, match="a text has more than 32,768 characters"):
        RegularExpression("a").replaced("a" * 4096, "b" * 9)
    with pytest.raises(TooMuch, match="a text has more than 32,768 characters"):
        RegularExpression("a").replaced("a" * 4096, "$_")


@given(
    st.text(alphabet="ab01(){}[]<>?*+|^$.\\-,:=!'#kpPiIxsdwLu&~ ", max_size=40), st.text(alphabet="ab01", max_size=40)
)
def test_any_pattern_is_translated_or_refused(pattern: str, text: str) -> None:
    with contextlib.suppress(PatternRefused, TooMuch):
        RegularExpression(pattern).replaced(text, "$1${a}")


@given(st.text(max_size=30))
def test_an_escaped_text_matches_itself(text: str) -> None:
    escaped = "".join(f"\\u{ord(character):04x}" if ord(character) < 0x10000 else character for character in text)

    assert RegularExpression(f"^(?:{escaped})\\z").matches(text)


def test_groups_are_numbered_as_dotnet_numbers_them() -> None:
    assert translate("(?<x>a)(b)(?<y>c)(?<9>d)").groups == {
        "1": "u0",
        "x": "n0",
        "y": "n1",
        "9": "n2",
        "2": "n0",
        "3": "n1",
    }
