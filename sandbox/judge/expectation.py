"""What does the target owe each person in scope? Derived from the directories as they were before the cycle."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sandbox.judge.address import domain_of, external_principal_name, is_invitable
from sandbox.judge.case import Adoption, Case
from sandbox.judge.comparison import differences
from sandbox.judge.directory import User
from sandbox.judge.history import Pair
from sandbox.judge.mapping import DIRECT_ATTRIBUTES, is_refused


class Reason(StrEnum):
    """Why a person in scope is not in the target, or not as in the source."""

    DISABLED_IN_SOURCE = "disabledInSource"
    NO_MAIL = "noMail"
    UNVERIFIED_DOMAIN = "unverifiedDomain"
    INVALID_ADDRESS = "invalidAddress"
    REFUSED_VALUE = "refusedValue"
    DUPLICATE_MAIL = "duplicateMail"
    INTERNAL_USER_IN_TARGET = "internalUserInTarget"
    NEEDS_APPROVAL = "needsApproval"
    SEVERAL_MATCHES = "severalMatches"
    ADDRESS_HELD_BY_DELETED_USER = "addressHeldByDeletedUser"


class Due(StrEnum):
    #: The known object, equal to the person.
    LINKED = "linked"
    #: A guest who was there before, equal to the person.
    ADOPTED = "adopted"
    #: One new object, equal to the person.
    CREATED = "created"
    #: One new object, or an exception: it depends on the order in which two changes were made.
    MAYBE_CREATED = "maybeCreated"
    #: The known object, equal to the person or with the mail it had: it depends on the order of two changes.
    MAYBE_LINKED = "maybeLinked"
    #: The known object, with the mail it had.
    FROZEN = "frozen"
    #: Nothing.
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    person: User
    due: Due
    target_id: str | None = None
    adopted: bool = False
    reason: Reason | None = None


def expectations(case: Case) -> dict[str, Expectation]:
    """One expectation for each person in scope.

    known object | mail of the person                        | due
    -------------|-------------------------------------------|---------------------------------------------
    yes          | as usual, or none at all                  | LINKED
    yes          | unverified, not invitable, somebody else's| FROZEN
    no           | none, unverified, not invitable; disabled | NOTHING
    yes or no    | any, and a value that Graph refuses       | FROZEN or NOTHING
    no           | somebody else in scope was first          | NOTHING, duplicateMail
    no           | held by nobody in the target              | CREATED
    no           | held by a guest whom the rules let adopt  | ADOPTED
    no           | held by anybody else                      | NOTHING, with the reason
    """
    found = {person.id: _alone(case, person) for person in case.people.values()}
    for rivals in _rivals(found):
        found.update((each.person.id, each) for each in _settled(case, rivals))
    return found


def known_pair(case: Case, source_id: str) -> Pair | None:
    """The pair of a person whose object is still there or can be restored."""
    pair = case.history.pairs.get(source_id)
    if pair is None:
        return None
    there = pair.target_id in case.previous.users or pair.target_id in case.previous.deleted
    return pair if there and not case.is_purged(pair.target_id) else None


_FREEZING = (Reason.REFUSED_VALUE, Reason.INVALID_ADDRESS, Reason.UNVERIFIED_DOMAIN)


def _alone(case: Case, person: User) -> Expectation:
    """What is due to a person if nobody else has the same mail."""
    pair = known_pair(case, person.id)
    refusal = _refusal(case, person)
    if pair is None:
        return refusal or _first_sight(case, person)
    due: Due = Due.LINKED
    reason: Reason | None = None
    if refusal is not None and refusal.reason in _FREEZING:
        due, reason = Due.FROZEN, refusal.reason
    elif person.mail is not None:
        due, reason = _new_address(case, person, pair)
    return Expectation(person=person, due=due, target_id=pair.target_id, adopted=pair.adopted, reason=reason)


def _refusal(case: Case, person: User) -> Expectation | None:
    """Why the person alone keeps an invitation from being sent."""
    if any(is_refused(name, value) for name, value in zip(DIRECT_ATTRIBUTES, person.values, strict=True)):
        return _nothing(person, Reason.REFUSED_VALUE)
    if person.mail is None:
        return _nothing(person, Reason.NO_MAIL)
    if not is_invitable(person.mail):
        return _nothing(person, Reason.INVALID_ADDRESS)
    if domain_of(person.mail) not in case.source.verified_domains:
        return _nothing(person, Reason.UNVERIFIED_DOMAIN)
    if person.disabled:
        return _nothing(person, Reason.DISABLED_IN_SOURCE)
    return None


def _first_sight(case: Case, person: User) -> Expectation:
    """What is due to a person whom the target does not know yet, by who holds the address there."""
    hits = _holding(case.holders, person, case.previous.initial_domain)
    if len(hits) > 1:
        return _nothing(person, Reason.SEVERAL_MATCHES)
    if hits:
        return _by_holder(case, person, hits[0])
    if _holding(case.deleted_holders, person, case.previous.initial_domain):
        return _nothing(person, Reason.ADDRESS_HELD_BY_DELETED_USER)
    return Expectation(person=person, due=Due.CREATED)


def _by_holder(case: Case, person: User, holder: User) -> Expectation:
    if not holder.is_collaboration_user:
        return _nothing(person, Reason.INTERNAL_USER_IN_TARGET)
    owner = case.people.get(case.owners.get(holder.id, ""))
    if owner is not None and owner.address == person.address:
        return _nothing(person, Reason.DUPLICATE_MAIL)
    if owner is not None:
        # The owner has another address now; who of the two is written first decides.
        return Expectation(person=person, due=Due.MAYBE_CREATED, reason=Reason.NEEDS_APPROVAL)
    if _may_adopt(case, person, holder):
        return Expectation(person=person, due=Due.ADOPTED, target_id=holder.id, adopted=True)
    return _nothing(person, Reason.NEEDS_APPROVAL)


def _may_adopt(case: Case, person: User, holder: User) -> bool:
    """Only by the rule of the configuration, and never somebody else's guest, an administrator or an older guest."""
    if case.rules.adoption is not Adoption.AUTOMATIC:
        return False
    if holder.id in case.owners or holder.id in case.others or holder.id in case.previous.role_holders:
        return False
    if holder.mail and domain_of(holder.mail) not in case.source.verified_domains:
        return False
    return not (holder.created and person.created and holder.created < person.created)


def _new_address(case: Case, person: User, pair: Pair) -> tuple[Due, Reason | None]:
    """Whether a known person can have the mail: an object of the target may hold it already."""
    known = case.previous.users.get(pair.target_id) or case.previous.deleted[pair.target_id]
    if person.address in known.addresses:
        return Due.LINKED, None
    hits = [user for user in case.holders.get(person.address, []) if user.id != pair.target_id]
    if any(not user.is_collaboration_user for user in hits):
        return Due.FROZEN, Reason.INTERNAL_USER_IN_TARGET
    if any(_keeps_address(case, user) for user in hits):
        return Due.FROZEN, Reason.DUPLICATE_MAIL
    if any(user.id != pair.target_id for user in case.deleted_holders.get(person.address, [])):
        return Due.FROZEN, Reason.ADDRESS_HELD_BY_DELETED_USER
    return (Due.MAYBE_LINKED, Reason.DUPLICATE_MAIL) if hits else (Due.LINKED, None)


def _keeps_address(case: Case, holder: User) -> bool:
    """Whether nobody's change takes the address away from its holder in the target."""
    owner = case.people.get(case.owners.get(holder.id, ""))
    return owner is None or owner.address in holder.addresses


def _holding(index: Mapping[str, list[User]], person: User, initial_domain: str) -> list[User]:
    computed = external_principal_name(person.address, initial_domain)
    found = {user.id: user for key in (person.address, computed) for user in index.get(key, ())}
    return list(found.values())


def _nothing(person: User, reason: Reason) -> Expectation:
    return Expectation(person=person, due=Due.NOTHING, reason=reason)


_WANTS_MAIL = (Due.LINKED, Due.MAYBE_LINKED, Due.ADOPTED, Due.CREATED, Due.MAYBE_CREATED)


def _rivals(found: dict[str, Expectation]) -> Iterator[list[Expectation]]:
    """People in scope who want one and the same mail."""
    by_mail: defaultdict[str, list[Expectation]] = defaultdict(list)
    for each in found.values():
        if each.person.mail and each.due in _WANTS_MAIL:
            by_mail[each.person.address].append(each)
    return (rivals for rivals in by_mail.values() if len(rivals) > 1)


def _settled(case: Case, rivals: list[Expectation]) -> list[Expectation]:
    """At most one of them is in the target: who had the mail before, else who has it now; the others are exceptions."""
    winner = _winner(case, rivals)
    return [each if each is winner else _lost(each) for each in rivals]


def _winner(case: Case, rivals: list[Expectation]) -> Expectation | None:
    linked = [each for each in rivals if each.due is Due.LINKED and _had_address(case, each)]
    if linked:
        return linked[0]
    resemblances = [(_unlikeness(case, each), each.person.id, each) for each in rivals]
    unlikeness, _, best = min(resemblances)
    return best if unlikeness < _NOBODY else None


def _had_address(case: Case, expectation: Expectation) -> bool:
    known = case.previous.users.get(expectation.target_id or "")
    return known is not None and expectation.person.address in known.addresses


_NOBODY = 1000


def _unlikeness(case: Case, expectation: Expectation) -> int:
    """In how many attributes the object that has the mail now differs from the person."""
    person, target_id = expectation.person, expectation.target_id
    if target_id is None:
        found = case.appeared_by_address.get(person.address, [])
    else:
        found = [user for user in (case.current.users.get(target_id),) if user and person.address in user.addresses]
    previous = case.previous.users.get(target_id or "")
    adopted = expectation.adopted
    return min((len(differences(person, user, previous, adopted=adopted)) for user in found), default=_NOBODY)


def _lost(expectation: Expectation) -> Expectation:
    if expectation.target_id is None or expectation.due is Due.ADOPTED:
        return _nothing(expectation.person, Reason.DUPLICATE_MAIL)
    return replace(expectation, due=Due.FROZEN, reason=Reason.DUPLICATE_MAIL)
