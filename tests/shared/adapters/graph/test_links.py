"""Is a link followed only where our token may go?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.graph.links import relative_link
from shared.orchestration.ports import UnexpectedAnswer

BASE = "https://graph.microsoft.com/v1.0"

REFUSED = {
    "another host": "https://evil.example/v1.0/users/delta?$skiptoken=1",
    "a host that begins alike": "https://graph.microsoft.com.evil.example/v1.0/users",
    "another scheme": "http://graph.microsoft.com/v1.0/users",
    "another port": "https://graph.microsoft.com:8443/v1.0/users",
    "a user": "https://graph.microsoft.com@evil.example/v1.0/users",
    "a user at our host": "https://me@graph.microsoft.com/v1.0/users",
    "another version": "https://graph.microsoft.com/beta/users",
    "a version that begins alike": "https://graph.microsoft.com/v1.00/users",
    "a way up": "https://graph.microsoft.com/v1.0/../beta/users",
    "a hidden way up": "https://graph.microsoft.com/v1.0/%2e%2e/beta/users",
    "a backslash": "https://graph.microsoft.com\\@evil.example/v1.0/users",
    "a fragment": "https://graph.microsoft.com/v1.0/users#x",
    "a line break": "https://graph.microsoft.com/v1.0/users\r\nHost: evil.example",
    "a space": " https://graph.microsoft.com/v1.0/users",
    "no host": "/v1.0/users/delta",
    "no URL": "users",
    "nothing": "",
    "a port that is none": "https://graph.microsoft.com:x/v1.0/users",
    "a broken address": "https://[::1/v1.0/users",
}


@pytest.mark.parametrize("link", REFUSED.values(), ids=REFUSED.keys())
def test_a_link_to_elsewhere_is_refused(link: str) -> None:
    with pytest.raises(UnexpectedAnswer):
        relative_link(link, BASE)


@pytest.mark.parametrize(
    ("link", "relative"),
    [
        ("https://graph.microsoft.com/v1.0/users/delta?$skiptoken=a%2Fb", "/users/delta?$skiptoken=a%2Fb"),
        ("https://graph.microsoft.com:443/v1.0/users", "/users"),
        ("https://GRAPH.microsoft.com/v1.0/users", "/users"),
        ("https://graph.microsoft.com/v1.0/users/delta()?$deltatoken=..", "/users/delta()?$deltatoken=.."),
    ],
)
def test_a_link_below_the_base_is_followed_as_it_stands(link: str, relative: str) -> None:
    assert relative_link(link, BASE) == relative


@given(st.text())
def test_any_text_is_followed_below_the_base_or_refused(link: str) -> None:
    try:
        relative = relative_link(link, BASE)
    except UnexpectedAnswer:
        return

    assert link.endswith(relative)
