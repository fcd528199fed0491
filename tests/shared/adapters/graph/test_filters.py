"""Does a filter ask for exactly the address, whatever is in it, and survive the way to Graph?"""

import re
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.graph.calls import relative_url
from shared.adapters.graph.filters import holder_filter, ids_filter, invited_user_principal_name, quoted
from tests.shared.adapters.graph.fake_graph import FakeGraph, connected

LITERAL = re.compile(r"'(?:[^']|'')*'")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(TEXT)
def test_a_quoted_text_is_one_literal_with_the_text_in_it(value: str) -> None:
    literal = quoted(value)

    assert LITERAL.fullmatch(literal)
    assert literal[1:-1].replace("''", "'") == value


@given(TEXT)
def test_no_address_adds_a_clause(mail: str) -> None:
    condition = holder_filter(mail, "fabrikam.onmicrosoft.com")

    assert LITERAL.sub("?", condition) == (
        "userPrincipalName eq ? or mail eq ? or otherMails/any(x:x eq ?) "
        "or proxyAddresses/any(x:x eq ?) or proxyAddresses/any(x:x eq ?)"
    )


def test_the_name_of_an_invited_user_is_made_of_the_address() -> None:
    name = invited_user_principal_name("o'neil_x@contoso.com", "fabrikam.onmicrosoft.com")

    assert name == "o'neil_x_contoso.com#EXT#@fabrikam.onmicrosoft.com"


def test_ids_are_the_clauses_that_delta_takes() -> None:
    assert ids_filter(("a", "b")) == "id eq 'a' or id eq 'b'"


async def test_a_filter_arrives_as_it_was_made() -> None:
    condition = holder_filter("o'né+%24&x=#/?@contoso.com", "fabrikam.onmicrosoft.com")

    async with connected(FakeGraph({})) as client:
        url = relative_url(client.calls.users_where(condition, ["id", "mail"]))

    assert "#" not in url
    assert parse_qs(urlsplit(url).query, strict_parsing=True) == {"$filter": [condition], "$select": ["id,mail"]}
