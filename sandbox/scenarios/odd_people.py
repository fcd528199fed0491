"""Who makes a synchronization hard? The odd people of a company, and what the target has of them already."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.scenarios.people import Document, People, guest

TARGET_HOST = "marisol.onmicrosoft.com"
SOURCE_HOST = "lindenhof.onmicrosoft.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """People of the source who belong together, with the objects of the target that make them odd."""

    people: tuple[Document, ...]
    target_users: tuple[Document, ...] = ()
    target_deleted: tuple[Document, ...] = ()
    role_holders: tuple[str, ...] = field(default=())


def odd_people(people: People, limit: int) -> list[Oddity]:
    """The oddities that fit into a company of so many people, the most telling ones first."""
    chosen: list[Oddity] = []
    count = 0
    for make in _ODDITIES:
        oddity = make(people)
        if count + len(oddity.people) > limit:
            break
        chosen.append(oddity)
        count += len(oddity.people)
    return chosen


def _plain(people: People, **changes: object) -> Document:
    return people.person(accountEnabled=True, **changes)


def _quoted(people: People) -> Oddity:
    quoted = _plain(people, displayName='Zoë "Zo" O\'Malley, Jr.', surname="O'Malley")
    local = people.local_part("zoe.o'malley")
    mail = f"{local}@{people.domains[0]}"
    return Oddity(people=({**quoted, "mail": mail, "userPrincipalName": mail},))


def _adoptable(people: People) -> Oddity:
    """Guests of the target who are newer than the person: automatic adoption takes them over."""
    pair = (_plain(people), _plain(people))
    return Oddity(people=pair, target_users=tuple(guest(people, each["mail"], TARGET_HOST) for each in pair))


def _disabled(people: People) -> Oddity:
    return Oddity(people=(people.person(accountEnabled=False),))


def _without_mail(people: People) -> Oddity:
    return Oddity(people=(_plain(people, mail=None),))


def _unverified(people: People) -> Oddity:
    return Oddity(people=(_plain(people, mail="director@national-bank.example"),))


def _twins(people: People) -> Oddity:
    """Two people with one mail, written differently."""
    first = _plain(people)
    return Oddity(people=(first, _plain(people, mail=str(first["mail"]).upper())))


def _text_message_sign_in(people: People) -> Oddity:
    """Signing in by text message adds an identity; the person is as internal as before
    (https://learn.microsoft.com/entra/identity/authentication/howto-authentication-sms-signin)."""
    plain = _plain(people)
    identities = [
        {"signInType": "userPrincipalName", "issuer": SOURCE_HOST, "issuerAssignedId": plain["userPrincipalName"]},
        {"signInType": "phoneNumber", "issuer": SOURCE_HOST, "issuerAssignedId": "+491701234567"},
    ]
    return Oddity(people=({**plain, "identities": identities},))


def _namesakes(people: People) -> Oddity:
    """The same name, and the same local part in two verified domains."""
    local = people.local_part("anna.koch")
    mails = [f"{local}@{domain}" for domain in people.domains[:2]]
    changes = {"displayName": "Anna Koch", "givenName": "Anna", "surname": "Koch"}
    return Oddity(
        people=tuple(_plain(people, mail=mail, userPrincipalName=mail, mailNickname=local, **changes) for mail in mails)
    )


def _employee_of_target(people: People) -> Oddity:
    """An internal user of the target whose other address is the person's."""
    person = _plain(people)
    return Oddity(people=(person,), target_users=(own_employee(people, otherMails=[person["mail"]]),))


def _older_guest(people: People) -> Oddity:
    person = _plain(people, createdDateTime="2023-06-01T09:00:00Z")
    older = guest(people, person["mail"], TARGET_HOST, createdDateTime="2018-02-01T09:00:00Z")
    return Oddity(people=(person,), target_users=(older,))


def _administrator(people: People) -> Oddity:
    person = _plain(people)
    administrator = guest(people, person["mail"], TARGET_HOST)
    return Oddity(people=(person,), target_users=(administrator,), role_holders=(administrator["id"],))


def _held_by_deleted(people: People) -> Oddity:
    person = _plain(people)
    return Oddity(people=(person,), target_deleted=(guest(people, person["mail"], TARGET_HOST),))


def _not_invitable(people: People) -> Oddity:
    local = people.local_part("help+desk")
    mail = f"{local}@{people.domains[0]}"
    return Oddity(people=(_plain(people, mail=mail, mailNickname="helpdesk"),))


def _never_typed(people: People) -> Oddity:
    """An account from before user types existed: no type counts as a member."""
    return Oddity(people=(_plain(people, userType=None),))


def own_employee(people: People, **changes: object) -> Document:
    """An internal user of the target."""
    local = people.local_part("colleague")
    mail = f"{local}@{TARGET_HOST}"
    return _plain(people, userPrincipalName=mail, mail=mail, mailNickname=local, companyName="Marisol", **changes)


_ODDITIES: tuple[Callable[[People], Oddity], ...] = (
    _quoted,
    _adoptable,
    _disabled,
    _without_mail,
    _unverified,
    _twins,
    _text_message_sign_in,
    _namesakes,
    _employee_of_target,
    _older_guest,
    _administrator,
    _held_by_deleted,
    _not_invitable,
    _never_typed,
)
