"""Whom does a principal header name?"""

import base64
from typing import Any

import pytest

from shared.web.principal import AccessSettings, InitiatorType, NotAuthenticated, Principal, read_principal
from tests.shared.web.calling import OBJECT_ID, claims, header

ON = AccessSettings(platform_authentication=True)
OFF = AccessSettings(platform_authentication=False)
LONG_ROLE = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
GOOD = header(*claims("Tenantsync.Reader"))


def principal(*claimed: dict[str, Any], **changes: str) -> Principal:
    return read_principal([header(*claimed, **changes)], ON)


def encoded(text: bytes) -> str:
    return base64.b64encode(text).decode()


def test_the_header_names_a_person() -> None:
    found = principal(*claims("Tenantsync.Reader", "Tenantsync.Operator", wids=["ABC"]))

    assert found == Principal(
        object_id=OBJECT_ID,
        name="Ada Lovelace",
        kind=InitiatorType.USER,
        roles=frozenset({"Tenantsync.Reader", "Tenantsync.Operator"}),
        directory_roles=frozenset({"abc"}),
    )


@pytest.mark.parametrize("kind", ["roles", LONG_ROLE, "custom"])
def test_roles_come_under_any_of_their_names(kind: str) -> None:
    found = principal(*claims(), {"typ": kind, "val": "Tenantsync.Reader"}, role_typ="custom")

    assert found.roles == {"Tenantsync.Reader"}


def test_a_claim_of_another_type_is_no_role() -> None:
    found = principal(*claims(), {"typ": "groups", "val": "Tenantsync.Administrator"})

    assert found.roles == frozenset()


def test_an_application_that_calls_is_told_from_a_person() -> None:
    found = principal(*claims(), {"typ": "idtyp", "val": "app"})

    assert found.kind is InitiatorType.APPLICATION


def test_a_name_holds_nothing_that_a_log_acts_on() -> None:
    found = principal(*claims(name="Ada\r\nLovelace\x1b[31m" + "x" * 1000))

    assert found.name.startswith("AdaLovelace[31m")
    assert len(found.name) == 256


def test_without_the_platform_nobody_is_believed() -> None:
    with pytest.raises(NotAuthenticated):
        read_principal([GOOD], OFF)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="none"),
        pytest.param([GOOD, GOOD], id="two"),
        pytest.param([""], id="empty"),
        pytest.param(["Administrator"], id="plain text"),
        pytest.param([GOOD + "!"], id="not base64"),
        pytest.param([GOOD[:-7]], id="cut off"),
        pytest.param([encoded(b"\xff\xfe")], id="not UTF-8"),
        pytest.param([encoded(b"[]")], id="a list"),
        pytest.param([encoded(b'{"auth_typ":"aad"}')], id="no claims"),
        pytest.param([encoded(b'{"auth_typ":"aad","claims":[{"typ":"roles","val":1}]}')], id="a number as claim"),
        pytest.param([encoded(b'{"auth_typ":"aad","claims":[],"x":' + b"[" * 40000 + b"}")], id="deep"),
        pytest.param([header()], id="no object id"),
        pytest.param([header({"typ": "oid", "val": "../../x"})], id="object id is none"),
        pytest.param([header(*claims(), auth_typ="google")], id="another provider"),
        pytest.param([header(*claims(*("x" * 60 for _ in range(2000))))], id="oversized"),
        pytest.param([header(*claims(*("x" for _ in range(2000))))], id="too many claims"),
    ],
)
def test_what_cannot_be_believed_is_nobody(values: list[str]) -> None:
    with pytest.raises(NotAuthenticated):
        read_principal(values, ON)
