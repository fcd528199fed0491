"""Do source and target agree? Every person, every object of the target, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sandbox.judge.bystanders import bystander_problems, leaver_problems
from sandbox.judge.case import Case
from sandbox.judge.comparison import Difference, differences, frozen_differences
from sandbox.judge.directory import User
from sandbox.judge.disagreement import Disagreement, Kind
from sandbox.judge.expectation import Due, Expectation, Reason, expectations
from sandbox.judge.guard import is_disable_tolerated
from sandbox.judge.history import History, Pair
from sandbox.judge.managers import possible_managers
from sandbox.judge.mapping import REFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionEntry:
    source_id: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """In agreement the people in scope are those who are equal and the exceptions, and nothing is unexpected."""

    in_scope: int = 0
    present: int = 0
    equal: int = 0
    unexpected: int = 0
    exceptions: tuple[ExceptionEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    closing: Closing
    disagreements: tuple[Disagreement, ...]
    history: History

    @property
    def agreement(self) -> bool:
        return not self.disagreements


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """What the target has for one person."""

    expectation: Expectation
    found: User | None = None
    disagreements: tuple[Disagreement, ...] = ()
    is_exception: bool = False


def judge(case: Case) -> Judgement:
    """The judgement of one configuration; a pure function of the directories."""
    found = [_find(case, each) for each in expectations(case).values()]
    objects = {each.expectation.person.id: each.found for each in found if each.found}
    findings = [_with_manager(case, each, objects) for each in found]
    history = _history(case, findings)
    strangers = tuple(bystander_problems(case, _standing(findings)))
    problems = tuple(problem for finding in findings for problem in finding.disagreements)
    present = [each for each in findings if each.found and not each.is_exception]
    exceptions = tuple(_exception(each.expectation) for each in findings if each.is_exception)
    leavers = tuple(leaver_problems(case))
    closing = Closing(
        in_scope=len(findings),
        present=len(present),
        equal=sum(not each.disagreements for each in present),
        unexpected=len({each.target_id for each in (*leavers, *strangers)}),
        exceptions=exceptions,
    )
    return Judgement(closing=closing, disagreements=(*problems, *leavers, *strangers), history=history)


def _find(case: Case, expectation: Expectation) -> _Finding:
    if expectation.due is Due.NOTHING:
        return _Finding(expectation=expectation, is_exception=True)
    if expectation.due in (Due.CREATED, Due.MAYBE_CREATED):
        return _find_created(case, expectation)
    found = case.current.users.get(expectation.target_id or "")
    if found is None:
        return _Finding(expectation=expectation, disagreements=(_missing(case, expectation),))
    if expectation.due is Due.FROZEN:
        return _find_frozen(case, expectation, found)
    problems = _compare(case, expectation, found)
    if problems and expectation.due is Due.MAYBE_LINKED:
        return _find_frozen(case, expectation, found)
    return _Finding(expectation=expectation, found=found, disagreements=problems)


def _with_manager(case: Case, finding: _Finding, objects: Mapping[str, User]) -> _Finding:
    found, expectation = finding.found, finding.expectation
    if found is None or finding.is_exception:
        return finding
    possible = possible_managers(case, expectation, objects)
    if found.manager in possible:
        return finding
    wrong = Difference(attribute=REFERENCE, expected=possible[0] or None, found=found.manager or None)
    return replace(finding, disagreements=(*finding.disagreements, _different(expectation, found, wrong)))


def _find_created(case: Case, expectation: Expectation) -> _Finding:
    candidates = case.appeared_by_address.get(expectation.person.address, [])
    if not candidates and expectation.due is Due.MAYBE_CREATED:
        return _Finding(expectation=expectation, is_exception=True)
    if not candidates:
        return _Finding(expectation=expectation, disagreements=(_missing(case, expectation),))
    judged = [(len(_compare(case, expectation, user)), user.id, user) for user in candidates]
    best = min(judged)[2]
    return _Finding(expectation=expectation, found=best, disagreements=_compare(case, expectation, best))


def _find_frozen(case: Case, expectation: Expectation, found: User) -> _Finding:
    previous = case.previous.users.get(found.id) or case.previous.deleted[found.id]
    wrong = frozen_differences(expectation.person, found, previous)
    problems = tuple(_different(expectation, found, each) for each in wrong)
    return _Finding(expectation=expectation, found=found, disagreements=problems, is_exception=True)


def _compare(case: Case, expectation: Expectation, found: User) -> tuple[Disagreement, ...]:
    previous = case.previous.users.get(found.id) or case.previous.deleted.get(found.id)
    wrong = differences(expectation.person, found, previous, adopted=expectation.adopted)
    tolerated = is_disable_tolerated(case)
    return tuple(_different(expectation, found, each) for each in wrong if not (tolerated and _is_held_disable(each)))


def _is_held_disable(difference: Difference) -> bool:
    return difference.attribute == "accountEnabled" and difference.expected is False


def _missing(case: Case, expectation: Expectation) -> Disagreement:
    person, target_id = expectation.person, expectation.target_id
    expected = f"the object {target_id}" if target_id else "a new user"
    found = "nobody"
    if target_id in case.current.deleted:
        found = "it among the deleted items"
    elif person.mail and (others := case.appeared_by_address.get(person.address)):
        found = f"another object, {others[0].id}"
    return Disagreement(
        # Who returned and was not restored had been removed rightly.
        kind=Kind.WRONGLY_REMOVED if target_id in case.previous.users else Kind.LOST,
        subject=person.name,
        source_id=person.id,
        target_id=target_id,
        attribute=None,
        expected=expected,
        found=found,
    )


def _different(expectation: Expectation, found: User, difference: Difference) -> Disagreement:
    return Disagreement(
        kind=Kind.DIFFERENT,
        subject=expectation.person.name,
        source_id=expectation.person.id,
        target_id=found.id,
        attribute=difference.attribute,
        expected=difference.expected,
        found=difference.found,
    )


def _standing(findings: list[_Finding]) -> frozenset[str]:
    """Objects that stand for somebody in scope, or should."""
    found = {each.found.id for each in findings if each.found}
    return frozenset(found | {each.expectation.target_id or "" for each in findings})


def _exception(expectation: Expectation) -> ExceptionEntry:
    return ExceptionEntry(source_id=expectation.person.id, reason=expectation.reason or Reason.NEEDS_APPROVAL)


def _history(case: Case, findings: list[_Finding]) -> History:
    """The pairs after this judgement: those seen now, and those of people who left and may come back."""
    pairs = {key: pair for key, pair in case.history.pairs.items() if _is_kept(case, pair)}
    pairs.update((pair.source_id, pair) for pair in _pairs(findings))
    return History(pairs=pairs)


def _pairs(findings: list[_Finding]) -> Iterator[Pair]:
    for each in findings:
        if each.found is not None:
            person, adopted = each.expectation.person, each.expectation.adopted
            yield Pair(source_id=person.id, target_id=each.found.id, adopted=adopted)


def _is_kept(case: Case, pair: Pair) -> bool:
    return pair.target_id in case.current.users or pair.target_id in case.current.deleted
