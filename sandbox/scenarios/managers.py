"""Who reports to whom in an invented company, and how does that change? Drawn by chances of its own.

Whatever else is drawn of a company stays as it is, so a seed is the same company with managers as without.
"""

from collections.abc import Iterable, Iterator, Sequence
from random import Random

from sandbox.scenarios.people import Document

SHARE_WITH_MANAGER = 0.9
SHARE_OF_LEADERS = 0.12
SHARE_OF_THOSE_WHO_LOSE_THEIRS = 0.25


def with_managers(users: Iterable[Document], seed: str) -> Iterator[Document]:
    """The people, of whom most report to somebody who stands before them: to odd people, too."""
    chance, leaders = Random(f"managers {seed}"), list[str]()
    for user in users:
        managed = leaders and chance.random() < SHARE_WITH_MANAGER
        yield {**user, "manager": {"id": chance.choice(leaders)}} if managed else user
        if not leaders or chance.random() < SHARE_OF_LEADERS:
            leaders.append(user["id"])


def other_managers(
    people: Sequence[str], newcomers: Sequence[str], count: int, chance: Random
) -> Iterator[tuple[str, str]]:
    """So many people with their managers from now on (empty: none); the first reports to a newcomer."""
    changed = chance.sample(people, min(count, len(people)))
    for number, person in enumerate(changed):
        others = newcomers if newcomers and number == 0 else [each for each in people if each != person]
        loses = number > 0 and chance.random() < SHARE_OF_THOSE_WHO_LOSE_THEIRS
        yield person, "" if loses or not others else chance.choice(others)
