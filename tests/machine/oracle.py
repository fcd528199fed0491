"""May the engine do what it just did? Laws 3 to 8 of the design, asked at each change of an object of the target.

The oracle sees the two simulated tenants themselves and what the operator wants; it asks the engine nothing. It raises
nothing either: it is called in the middle of an answer of Graph's, and the engine must not be able to survive it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.judge.address import domain_of
from sandbox.judge.mapping import DISPLAY_NAME, POSITION, Value, comparable
from sandbox.tenants.exchange import Request
from sandbox.tenants.people import Person, Presence
from shared.cycles.pending import Verdict
from tests.machine.history import Moment
from tests.machine.objects import By, Origin, TargetObject, TargetObjects
from tests.machine.run import ACTING, Run
from tests.machine.truth import Truth

UNDER_WAY = timedelta(minutes=45)
"""For so long after the engine looked an address up it may still be about to invite it."""

_ADDRESS = re.compile(r"'([^'#:]+@[^'#]+)'")


NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What somebody has decided about a removal, or about a disable: it is about that one kind only."""

    verdict: Verdict
    disable: bool
    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Somebody was removed or disabled by a release of the guard; `due` since when that had to be done."""

    source_id: str
    release: int
    due: datetime


class Oracle:
    """Follows every object; `broken` says which law was broken and how."""

    def __init__(self, truth: Truth, released: Callable[[], int]) -> None:
        self.truth = truth
        self.objects = TargetObjects()
        self.broken: list[str] = []
        self.written: list[TargetObject] = []
        """What the engine has changed, once for each change."""
        self.removed: list[Removed] = []
        """Who was removed or disabled, when, and by which release of the guard."""
        self.verdicts: dict[str, Decided] = {}
        """What a person has decided about those whom the guard held."""
        self._released = released
        self._looked_up: dict[str, datetime] = {}
        people = truth.target.people
        for person in (*people, *people.deleted()):
            self._found(person, Origin.FOREIGN)

    def asked(self, request: Request) -> None:
        """Hear a request to the target: what does its run know now, and may it write?"""
        run = ACTING.get()
        if run is None:
            return
        if request.method != "GET":
            self._check_policy(run, request)
        elif request.path[-1] == "identitySynchronization":
            run.policy = self.truth.policy.now
        elif request.path == ("users",):
            for address in _ADDRESS.findall(request.options.get("$filter", "")):
                self._looked_up[address.casefold()] = self.truth.time

    def changed(self, person: Person, names: frozenset[str] | None) -> None:
        """Hear that an object of the target was made, changed, deleted, restored or purged."""
        run, known = ACTING.get(), self.objects.find(person.id)
        if known is None:
            self._made(person, run)
        elif run is None or person.presence is Presence.PURGED:  # nobody but time and administrators purges
            self._moved(known, person, By.ADMINISTRATOR)
        else:
            self._acted(known, person, names or frozenset(), run)

    def _acted(self, known: TargetObject, person: Person, names: frozenset[str], run: Run) -> None:
        self.written.append(known)
        if person.presence is Presence.DELETED:
            self._check_removal(known, run)
        elif known.presence is Presence.DELETED:
            self._check_restore(known, run)
        else:
            self._check_update(known, person.document, names, run)
        known.removed = person.presence is Presence.DELETED
        self._moved(known, person, By.ENGINE)

    def _moved(self, known: TargetObject, person: Person, by: By) -> None:
        if person.presence is not Presence.PURGED:
            known.show(person.document)
        if person.presence is Presence.DELETED:
            known.deleted_by, known.deleted_at = by, self.truth.moment
        if person.presence is not known.presence:
            known.presence, known.moved, known.since = person.presence, by, self.truth.time

    def _found(self, person: Person, origin: Origin) -> TargetObject:
        return self.objects.add(
            TargetObject(
                id=person.id,
                origin=origin,
                document=person.document,
                presence=person.presence,
                since=self.truth.time,
            )
        )

    def _made(self, person: Person, run: Run | None) -> None:
        mail = (person.document.get("mail") or "").casefold()
        if run is None:
            looked_up = self._looked_up.get(mail)
            doubtful = looked_up is not None and self.truth.time - looked_up <= UNDER_WAY
            self._found(person, Origin.DOUBTFUL if doubtful else Origin.FOREIGN)
            return
        owners = self._invited(person, mail, run)
        found = self._found(person, Origin.OURS)
        self.written.append(found)
        found.owners, found.moved = owners, By.ENGINE
        if not owners:
            self._break("3", f"nobody in scope has the address of the {found}")
        elif all(any(each is not found for each in self._made_for(owner)) for owner in owners):
            self._break("6", f"{found} is a second one: {', '.join(map(str, self._made_for(next(iter(owners)))))}")
        self._check_mail(found)

    def _invited(self, person: Person, mail: str, run: Run) -> frozenset[str]:
        """For whom was it made? Whoever had the address; if several had, the name that it was invited with tells."""
        owners = frozenset(self.truth.who_had(mail, run.began))
        name = person.document.get("displayName")
        named = {each for each in owners if self._was_called(each, name, run)}
        return frozenset(named) or owners

    def _was_called(self, source_id: str, name: Value, run: Run) -> bool:
        standings = self.truth.standings(source_id, run.began)
        return any(each.user is not None and each.user.values[DISPLAY_NAME] == name for each in standings)

    def _made_for(self, source_id: str) -> list[TargetObject]:
        return [each for each in self.objects.of(source_id) if each.origin is not Origin.FOREIGN or each.adopted_by]

    def _check_policy(self, run: Run, request: Request) -> None:
        what = f"{request.method} {'/'.join(request.path)}"
        if run.policy is False:
            self._break("8", f"{what} although the run has read that the policy forbids it")
        elif not any(self.truth.policy.since(run.began)):
            self._break("8", f"{what} although the policy has forbidden it since before the run began")
        elif all(self.truth.read_only.since(run.began)):
            self._break("8", f"{what} although nothing is to be written since before the run began")

    def _check_removal(self, known: TargetObject, run: Run) -> None:
        if known.origin is Origin.FOREIGN:
            self._break("5", f"{known} was deleted")
        elif not self._left(known, run.began) and not self._is_answered_for(known, run):
            self._break("3", f"{known} was deleted, and its owner was in scope all the time")
        self._check_guard(known, run, disable=False)

    def _is_answered_for(self, known: TargetObject, run: Run) -> bool:
        """Has an operator approved it, and did the source itself say of everybody that they are not assigned?

        Then nobody is left who could prove the lie, and the approval stands for them.
        """
        approved = self.last_verdict_on(known.owner, disable=False) is Verdict.APPROVED
        return approved and any(self.truth.hides_assignments.since(run.began))

    def _left(self, known: TargetObject, began: Moment) -> bool:
        """Was somebody whom it may stand for out of scope at any moment since then?"""
        if known.origin is Origin.DOUBTFUL and not known.owners:
            return True
        return any(not each.in_scope for owner in known.possible_owners for each in self.truth.standings(owner, began))

    def _check_guard(self, known: TargetObject, run: Run, *, disable: bool) -> None:
        if self.last_verdict_on(known.owner, disable=disable) is Verdict.APPROVED:
            return
        if self.truth.is_held and all(self.truth.held.since(run.began)):
            self._break("4", f"{known} was removed or disabled while removals are held")
        if run.on_demand:
            return
        if self._verdict_on(known.owner, disable=disable) is Verdict.REJECTED:
            self._break("4", f"{known} was removed or disabled although somebody has rejected it")
        self.removed.append(
            Removed(source_id=known.owner or known.id, release=self._released(), due=self.truth.due(known.owner))
        )

    def last_verdict_on(self, source_id: str, *, disable: bool) -> Verdict:
        """What was decided about a person, as far as the engine may know: it need not have seen them in scope since."""
        decided = self.verdicts.get(source_id)
        return Verdict.NONE if decided is None or decided.disable is not disable else decided.verdict

    def note_settled(self) -> None:
        """By now the engine has seen everybody who is in scope and enabled: what was decided about them is over."""
        self.truth.settled, self.truth.troubled = self.truth.moment, False
        for source_id in [*self.verdicts]:
            standing = self.truth.people[source_id].now
            if standing.in_scope and standing.enabled:
                del self.verdicts[source_id]

    def _verdict_on(self, source_id: str, *, disable: bool) -> Verdict:
        """What was decided about a person; it ends when they are not what it was about, if only for a moment."""
        verdict = self.last_verdict_on(source_id, disable=disable)
        if verdict is Verdict.NONE:
            return verdict
        standings = self.truth.standings(source_id, self.verdicts[source_id].at, NO_TIME)
        stayed = any(each.in_scope is not disable or (each.in_scope and each.enabled) for each in standings)
        return Verdict.NONE if stayed else verdict

    def lately_to_go(self, window: timedelta) -> set[str]:
        """Everybody with an object who was not in scope and enabled at any moment of the window."""
        now = self.truth.moment
        return {
            owner
            for each in self.objects
            for owner in each.possible_owners
            if any(not (one.in_scope and one.enabled) for one in self.truth.standings(owner, now, window))
        }

    def _check_restore(self, known: TargetObject, run: Run) -> None:
        if known.origin is Origin.FOREIGN:
            self._break("5", f"{known} was restored")
        elif not any(self._was_in_scope(owner, run.began) for owner in known.possible_owners):
            self._break("1", f"{known} was restored, and its owner was not in scope")
        elif known.deleted_by is By.ADMINISTRATOR and not self._left_since(known):
            self._break("5", f"{known} was restored, and it was an administrator who had deleted it")

    def _left_since(self, known: TargetObject) -> bool:
        """Was its owner out of scope since it was deleted, or before anybody looked? Then it was to be deleted.

        So it was where an operator has approved it, even if it was a lie of the source that the operator believed.
        """
        if any(self.last_verdict_on(owner, disable=False) is Verdict.APPROVED for owner in known.possible_owners):
            return True
        since = min(filter(None, (known.deleted_at, self.truth.settled)), key=lambda moment: moment.number)
        return any(not each.in_scope for owner in known.possible_owners for each in self.truth.standings(owner, since))

    def _was_in_scope(self, source_id: str, began: Moment) -> bool:
        """Whom a cycle found to be entitled is not asked once more, only whether they are there."""
        there = any(each.internal for each in self.truth.standings(source_id, began))
        return there and self.truth.seemed_in_scope(source_id, began)

    def _check_update(self, known: TargetObject, document: dict[str, Any], names: frozenset[str], run: Run) -> None:
        owner = self.truth.badges.get(document.get("employeeId"), "")
        if not owner:
            self._break("7", f"{known} was changed for nobody: {sorted(names)}")
            return
        if known.finished and known.owner != owner:
            self._break("7", f"{known} became that of {owner}")
        elif not known.finished:
            self._finish(known, owner, run)
        self._check_values(known, owner, document, names, run)
        if "accountEnabled" in names and document.get("accountEnabled") is False:
            self._check_disable(known, owner, run)
        known.finished = True
        known.written += 1

    def _finish(self, known: TargetObject, owner: str, run: Run) -> None:
        """Its attributes are written for the first time: by that it says whom it stands for."""
        if known.origin is Origin.FOREIGN:
            problem = self._adoption_problem(known, owner, run)
            if problem:
                self._break("5", f"{known} was adopted for {owner}: {problem}")
            known.adopted_by = owner
        elif known.origin is Origin.OURS and owner not in known.owners:
            self._break("7", f"{known} was invited for others than {owner}")
        known.owners = frozenset({owner})

    def _adoption_problem(self, known: TargetObject, owner: str, run: Run) -> str:
        document = known.document
        if not any(each["adoption"] == "automatic" for each in self.truth.document.since(run.began)):
            return "the configuration does not adopt"
        if not known.invited:
            return "it is an internal user"
        if self.truth.target.holds_role(known.id):
            return "it holds a role"
        if known.mail and domain_of(known.mail) not in self.truth.source.verified_domains:
            return "its address is of another domain"
        # an adoption whose worker died goes on by the address that the person had then
        begun = min(self.truth.settled, run.began, key=lambda moment: moment.number)
        users = [each.user for each in self.truth.standings(owner, begun) if each.user is not None]
        if not any(user.address in known.addresses for user in users):
            return "it has not the address of the person"
        created = datetime.fromisoformat(document["createdDateTime"])
        if not any(user.created and created >= user.created for user in users):
            return "it is older than the person"
        return "the person has an object" if self._made_for(owner) else ""

    def _check_values(
        self, known: TargetObject, owner: str, document: dict[str, Any], names: frozenset[str], run: Run
    ) -> None:
        users = [each.user for each in self.truth.standings(owner, run.began) if each.internal and each.user]
        if not users:
            self._break("3", f"{known} was changed, and {owner} was not there: {sorted(names)}")
            return
        for name in names.intersection(POSITION):
            value = comparable(document.get(name))
            if all(value != user.values[POSITION[name]] for user in users):
                self._break("1", f"{known}: {name} became {value!r}, which {owner} did not have")
        if known.origin is Origin.FOREIGN and "userType" in names:
            self._break("5", f"{known} became {document['userType']}")
        if "mail" in names:
            self._check_mail(known)

    def _check_mail(self, known: TargetObject) -> None:
        """Nobody made by us has the address of another one made by us."""
        others = [each for each in self.objects if each is not known and each.live and each.origin is Origin.OURS]
        twin = next((each for each in others if each.mail == known.mail), None)
        if twin is not None and known.origin is Origin.OURS:
            self._break("7", f"{known} and {twin} have one address")

    def _check_disable(self, known: TargetObject, owner: str, run: Run) -> None:
        if all(each.enabled for each in self.truth.standings(owner, run.began)):
            self._break("3", f"{known} was disabled, and its owner was enabled all the time")
        just_came = known.moved is By.ENGINE and known.since >= run.began.time
        if known.finished and not just_came:
            self._check_guard(known, run, disable=True)

    def _break(self, law: str, what: str) -> None:
        run = ACTING.get()
        self.broken.append(f"law {law} broken by {run.name if run else 'nobody'}: {what}")
