"""What does a seed decide? The company, the number of hosts, and what happens when. The same seed decides the same.

Moments are counted in requests to Graph since the event before, so that they lie within the work and not beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeVar

#: So few people make 200 to 400 requests in an initial cycle: most of them are made in trouble.
LONGEST_BETWEEN_EVENTS = 60

#: Seconds, of engine time and of real time alike.
CLOCK_ERRORS = (-3600.0, -600.0, 600.0, 3600.0)

_SCENARIOS = {"company": 4, "assigned": 4, "review": 1}
_HOSTS = {1: 3, 2: 4, 3: 2}
_TIMERS_EVERYWHERE = 0.3
_PROFILES = {"flaky": 5, "throttled": 3, "none": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """These hosts die at once and are started again."""

    hosts: tuple[int, ...]
    #: So many seconds the clock of the machine is ahead on which they start; mostly none.
    ahead: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFaults:
    """From now on Graph misbehaves like this."""

    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeInSource:
    """Life goes on in the source."""

    kinds: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeInTarget:
    """An administrator of the target minds own business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """The trouble that there is goes on."""


Happening = Nothing | Kill | GraphFaults | LifeInSource | LifeInTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    #: Requests to Graph since the event before.
    after: int
    happening: Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    seed: int
    scenario: str
    users: int
    hosts: int
    #: Every host fires timers. That is harder than on the platform, where one host of an app does.
    timers_everywhere: bool
    #: After each round the faults stop, everything settles, and the judge compares.
    rounds: tuple[tuple[Event, ...], ...]


#: Kinds of life, see sandbox.scenarios.life.
_GENTLE = ("move", "lose", "join")
_HARD = ("leave", "enable", "disable", "marry", "reassign", "return")


def plan_of(seed: int, *, hosts: int | None = None, users: int | None = None) -> CampaignPlan:
    """The plan of a seed; what is given does not change the rest of it."""
    chance = Random(f"campaign {seed}")
    scenario, drawn_users, drawn_hosts = _one_of(chance, _SCENARIOS), chance.randint(25, 30), _one_of(chance, _HOSTS)
    count = hosts or drawn_hosts
    return CampaignPlan(
        seed=seed,
        scenario=scenario,
        users=users or drawn_users,
        hosts=count,
        timers_everywhere=Random(f"campaign {seed} timers").random() < _TIMERS_EVERYWHERE,
        rounds=tuple(tuple(_round(Random(f"campaign {seed} round {number}"), count)) for number in (1, 2)),
    )


def _round(chance: Random, hosts: int) -> Iterator[Event]:
    """Faults from the beginning, life at the beginning and in between, and deaths."""
    yield Event(after=0, happening=GraphFaults(profile=_one_of(chance, _PROFILES)))
    yield Event(after=0, happening=LifeInSource(kinds=_kinds(chance)))
    happenings: list[Happening] = [_kill(chance, hosts) for _ in range(chance.randint(1, 2))]
    happenings += [GraphFaults(profile=_one_of(chance, _PROFILES))]
    happenings += [LifeInSource(kinds=_kinds(chance)) for _ in range(chance.randint(1, 2))]
    happenings += [LifeInTarget()]
    chance.shuffle(happenings)
    for happening in happenings:
        yield Event(after=chance.randrange(LONGEST_BETWEEN_EVENTS), happening=happening)
    yield Event(after=LONGEST_BETWEEN_EVENTS, happening=Nothing())


def _kinds(chance: Random) -> frozenset[str]:
    return frozenset((*chance.sample(_GENTLE, 2), *chance.sample(_HARD, 3), "manage"))


def _kill(chance: Random, hosts: int) -> Kill:
    """One of them, or all of them."""
    everybody = tuple(range(hosts))
    victims = everybody if chance.random() < 0.25 else (chance.choice(everybody),)
    return Kill(hosts=victims, ahead=chance.choice(CLOCK_ERRORS) if chance.random() < 0.4 else 0.0)


_Choice = TypeVar("_Choice")


def _one_of(chance: Random, weights: dict[_Choice, int]) -> _Choice:
    return chance.choices(tuple(weights), tuple(weights.values()))[0]
