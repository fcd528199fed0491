"""Who must be found in the source before anybody's absence is believed?"""

from collections.abc import Callable, Collection

from shared.cycles.pending import Pending, Verdict, WorkKind
from shared.cycles.state import ConfigurationState
from shared.orchestration.engine import Engine
from shared.orchestration.ports import EntryPart
from shared.provisioning.link import LinkState

PROVISIONED = 2
"""Provisioned people who serve as a positive control, besides those that reading saw last."""

LOOKED_AT = 100
"""So many provisioned people are looked at for some whose removal nobody has approved."""


async def provisioned(
    engine: Engine, state: ConfigurationState, *, first: int = 0, without: Collection[str] = (), most: int = PROVISIONED
) -> list[str]:
    """Return a few provisioned people, those of one shard first: in a small company it holds nobody else."""
    found = list[str]()
    for shard in (*range(first, state.shards), *range(first)):
        async for link in engine.entries.links(state.configuration_id, shard):
            if link.state is LinkState.ACTIVE and link.source_id not in without:
                found.append(link.source_id)
            if len(found) == most:
                return found
    return found


async def standing(
    engine: Engine, state: ConfigurationState, *, first: int = 0, without: Collection[str] = ()
) -> list[str]:
    """Return a few known people of whom nothing says that they are to go; of whom that is said, none is a control."""
    return await _known(engine, state, lambda row: row is None or row.kind is not WorkKind.REMOVE, first, without)


async def not_approved(engine: Engine, state: ConfigurationState, *, first: int, without: Collection[str]) -> list[str]:
    """Return a few known people whose removal nobody has approved; none where all of them are to go.

    Then nobody is left who must be found, and the approval stands for them: a person has looked at exactly this set.
    """
    return await _known(engine, state, lambda row: not is_approved(row), first, without)


async def _known(
    engine: Engine,
    state: ConfigurationState,
    serves: Callable[[Pending | None], bool],
    first: int,
    without: Collection[str],
) -> list[str]:
    """Mostly one of the first few serves; only where none does, many are looked at."""
    for most in (PROVISIONED, LOOKED_AT):
        people = [*state.known_users, *await provisioned(engine, state, first=first, without=without, most=most)]
        candidates = [each for each in dict.fromkeys(people) if each not in without]
        rows = await engine.entries.read(state, candidates, parts=frozenset({EntryPart.PENDING}))
        found = [each for each in candidates if serves(rows[each].pending)]
        if found or len(candidates) < most:
            return found[: PROVISIONED + 1]
    return []


def is_approved(pending: Pending | None) -> bool:
    """Has a person approved that this one is removed?"""
    return pending is not None and pending.kind is WorkKind.REMOVE and pending.verdict is Verdict.APPROVED
