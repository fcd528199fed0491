"""Which addresses can people be invited by?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.provisioning.address import FORBIDDEN_CHARACTERS, address_problem, normalized_mail
from shared.provisioning.provisioning_log import ErrorCategory
from tests.shared.provisioning.people import VERIFIED

INVALID = "InvitationCreationFailureInvalidPropertyValue"


def code_of(mail: str | None, verified: frozenset[str] = VERIFIED) -> str | None:
    problem = address_problem(mail, verified)
    return problem.code if problem else None


@pytest.mark.parametrize(
    "mail",
    [
        "ada@contoso.example",
        "Ada.Lovelace@CONTOSO.example",
        "o'neil@contoso.example",
        "_ada_@contoso.example",
        "a-d.a@contoso.example",
        "a@contoso.onmicrosoft.com",
        "zoë.łukasz@contoso.example",
        "名前@contoso.example",
        "1@contoso.example",
    ],
)
def test_addresses_that_graph_takes_have_no_problem(mail: str) -> None:
    assert code_of(mail) is None


@pytest.mark.parametrize(
    ("mail", "code"),
    [
        (None, "ImportSkipped"),
        ("", INVALID),
        ("ada", INVALID),
        ("@contoso.example", INVALID),
        ("ada@", INVALID),
        ("@", INVALID),
        ("ada@work@contoso.example", INVALID),
        (".ada@contoso.example", INVALID),
        ("ada.@contoso.example", INVALID),
        ("-ada@contoso.example", INVALID),
        ("ada-@contoso.example", INVALID),
        (".@contoso.example", INVALID),
        ("ada lovelace@contoso.example", INVALID),
        (" ada@contoso.example", INVALID),
        ("ada@contoso.example ", INVALID),
        ("ada\t@contoso.example", INVALID),
        ("ada@gmail.example", "InvalidDomain"),
        ("ada@mail.contoso.example", "InvalidDomain"),
        ("ada@contoso.example.evil.example", "InvalidDomain"),
        ("ada@notcontoso.example", "InvalidDomain"),
        ("a+b@gmail.example", INVALID),
    ],
)
def test_each_address_is_refused_for_its_own_reason(mail: str | None, code: str) -> None:
    assert code_of(mail) == code


@pytest.mark.parametrize("character", sorted('~!#$%^&*()+=[]{}\\/|;:"<>?,'))
def test_each_character_that_invitations_refuse_is_refused_anywhere_before_the_at_sign(character: str) -> None:
    mails = [f"{character}ada@contoso.example", f"a{character}da@contoso.example", f"ada{character}@contoso.example"]

    assert [code_of(mail) for mail in mails] == [INVALID] * 3


@given(local=st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N")), min_size=1))
def test_letters_and_digits_of_every_script_are_fine(local: str) -> None:
    assert code_of(f"{local}@contoso.example") is None


@given(mail=st.text())
def test_no_text_makes_it_fail_and_what_passes_keeps_the_rules(mail: str) -> None:
    problem = address_problem(mail, frozenset({"a"}))

    local, _, domain = mail.rpartition("@")
    assert problem is not None or (domain.lower() == "a" and not FORBIDDEN_CHARACTERS.intersection(local))


@pytest.mark.parametrize(
    ("domain", "verified"), [("straße.example", "strasse.example"), ("strasse.example", "straße.example")]
)
def test_domains_that_only_fold_to_the_same_letters_do_not_vouch_for_each_other(domain: str, verified: str) -> None:
    assert code_of(f"ada@{domain}", frozenset({verified})) == "InvalidDomain"
    assert code_of(f"ada@{domain}", frozenset({domain})) is None


@pytest.mark.parametrize("mail", [None, "a+b@contoso.example", "ada@gmail.example"])
def test_each_problem_says_what_an_administrator_can_do(mail: str | None) -> None:
    problem = address_problem(mail, VERIFIED)

    assert problem is not None
    assert problem.reason
    assert problem.recommended_action
    assert problem.category is ErrorCategory.NON_SERVICE_FAILURE


def test_the_domain_that_is_not_verified_is_named() -> None:
    problem = address_problem("ada@gmail.example", VERIFIED)

    assert problem is not None
    assert "gmail.example" in problem.reason


def test_addresses_are_compared_trimmed_and_in_lower_case() -> None:
    assert normalized_mail(" Ada@Contoso.EXAMPLE ") == "ada@contoso.example"


@given(mail=st.text())
def test_normalizing_again_changes_nothing(mail: str) -> None:
    once = normalized_mail(mail)

    assert normalized_mail(once) == once
