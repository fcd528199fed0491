"""Which trees and texts can there be? What the properties are tested with."""

from hypothesis import strategies as st

from shared.expressions import (
    FUNCTIONS,
    Attribute,
    Call,
    Comparison,
    Concatenation,
    Constant,
    Expression,
    Keyword,
    Number,
    Operator,
)

names = st.one_of(st.sampled_from(sorted(FUNCTIONS)), st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True))
attribute_names = st.one_of(
    st.sampled_from(["mail", "a.b", "employee id", "x-y", 'emails[type eq "work"].value']),
    st.text(st.characters(exclude_characters="[]"), min_size=1, max_size=8).filter(str.strip),
)
numbers = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map(str),
    st.integers(0, 2**63 - 1).map(lambda number: f"&H{number:X}"),
    st.from_regex(r"-?[0-9]{1,6}\.[0-9]{1,6}", fullmatch=True),
)
leaves: st.SearchStrategy[Expression] = st.one_of(
    attribute_names.map(lambda name: Attribute(name=name)),
    st.text(max_size=8).map(lambda value: Constant(value=value)),
    numbers.map(lambda text: Number(text=text)),
    st.sampled_from(["vbTextCompare", "UTF8", "h"]).map(lambda name: Keyword(name=name)),
)


def _branches(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    slots = st.lists(st.none() | inner, max_size=4).filter(lambda arguments: arguments != [None]).map(tuple)
    return st.one_of(
        st.builds(lambda name, arguments: Call(name=name, arguments=arguments), names, slots),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Concatenation(parts=tuple(parts))),
        st.builds(
            lambda operator, first, second: Comparison(operator=operator, first=first, second=second),
            st.sampled_from(Operator),
            inner,
            inner,
        ),
    )


trees: st.SearchStrategy[Expression] = st.recursive(leaves, _branches, max_leaves=6)
