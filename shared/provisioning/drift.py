"""Somebody in the target has changed what we wrote: is it left so, and is it written again?

Drift is what differs although the person is as last written; where the source has changed, all that differs flows.

| found | the rules say | then |
|---|---|---|
| a value is another one | enforce | written again |
| 〃 | report | left, and reported |
| disabled, though we left it enabled | sticky, not released | left, as blocked: also when the source changes |
| 〃 | enforce, or released | enabled again |
| enabled, though the source is disabled | as for any value | disabled again (by the guard), or reported |

Whoever was blocked stays so when the source disables and enables them, and when they leave and come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.configuration.configuration import Departures, DriftPolicy, DriftRules
from shared.provisioning.link import Departure, Drift, Link
from shared.provisioning.provisioning_log import ModifiedProperty

ENABLED: Final = "accountEnabled"

REPAIRED: Final = "DriftRepaired"
"""The code of what was written again; Entra has none, since it never looks at the target."""

REPORTED: Final = "DriftReported"
DELETED: Final = "DeletedInTarget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of an object's past, besides its link."""

    as_written: bool = False
    """The person is as last written: what differs is others' doing."""
    unclear: bool = False
    """We may have written to it without knowing: then what is found may be ours."""
    released: bool = False
    """Somebody wants undone what was done in the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What others have changed: what of it is left, and what is written again."""

    blocked: bool = False
    reported: tuple[ModifiedProperty, ...] = ()
    repaired: tuple[str, ...] = ()

    @property
    def leave(self) -> frozenset[str]:
        """Return the attributes that are not written."""
        return frozenset({*(each.name for each in self.reported), *([ENABLED] if self.blocked else [])})

    def drift(self, before: Drift | None, now: datetime) -> Drift | None:
        """Return what stays of it on the link; what is as before keeps its time."""
        if not self.blocked and not self.reported:
            return None
        departure = Departure.BLOCKED if self.blocked else Departure.NONE
        return since(Drift(since=now, departure=departure, attributes=self.reported), before)


def judge_drift(
    rules: DriftRules, link: Link | None, differing: Sequence[ModifiedProperty], past: Circumstances, *, disabled: bool
) -> Judgement:
    """Return what becomes of the differences of an object; `disabled` says that it may not sign in."""
    blocked = disabled and is_blocked(rules, link, past)
    theirs = [each for each in differing if not (blocked and each.name == ENABLED)] if past.as_written else []
    reported = tuple(each for each in theirs if _is_reported(rules, each.name, disabled=disabled))
    repaired = tuple(each.name for each in theirs if each not in reported)
    return Judgement(blocked=blocked, reported=reported, repaired=repaired)


def _is_reported(rules: DriftRules, name: str, *, disabled: bool) -> bool:
    """Whether a block is undone is no matter of the attribute's policy."""
    return not (disabled and name == ENABLED) and rules.policy(name) is DriftPolicy.REPORT


def is_blocked(rules: DriftRules, link: Link | None, past: Circumstances) -> bool:
    """Was it the target's side that has disabled the object? A guest without a link was disabled before we came."""
    if not is_kept(rules, past):
        return False
    if link is None or link.departure is Departure.BLOCKED:
        return True
    return link.enabled and not past.unclear


def is_kept(rules: DriftRules, past: Circumstances) -> bool:
    """Is what the target's side does to the object as a whole left so?"""
    return rules.departures is Departures.STICKY and not past.released


def is_settled(rules: DriftRules, drift: Drift) -> bool:
    """Is what was left so still to be left, by the rules as they are now?"""
    if drift.departure is not Departure.NONE and rules.departures is not Departures.STICKY:
        return False
    return all(rules.policy(each.name) is DriftPolicy.REPORT for each in drift.attributes)


def since(drift: Drift, before: Drift | None) -> Drift:
    """Return the drift with the time of the one before, if both say the same."""
    return before if before is not None and drift.same(before) else drift
