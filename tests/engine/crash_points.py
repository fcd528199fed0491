"""Where can a process die? `python -m tests.engine.crash_points` tells all stories once and lists what it found."""

import asyncio
import sys
from collections.abc import Iterator, Mapping

from tests.engine import crash_decisions, crash_drift, crash_phases, crash_stories, crash_trouble
from tests.engine.crash_walk import Story, Walk, walk_through

STORIES: Mapping[str, Story] = {
    **crash_stories.ACTIONS,
    **crash_stories.RECOVERIES,
    **crash_phases.STORIES,
    **crash_decisions.STORIES,
    **crash_trouble.STORIES,
    **crash_drift.STORIES,
}


async def walks() -> dict[str, Walk]:
    """Tell all stories without a crash."""
    return {name: await walk_through(story) for name, story in STORIES.items()}


def listed(found: Mapping[str, Walk]) -> Iterator[str]:
    """Every effect of every story, and how a process can die at it."""
    for name, walk in found.items():
        points = walk.points
        yield f"{name}: {len(points)}"
        for number, seen in enumerate(walk.seen):
            ways = ", ".join(point.name for point in points if point.number == number)
            yield f"  {ways or '-':24} {seen}"
    yield f"crash points: {sum(len(walk.points) for walk in found.values())} in {len(found)} stories"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in listed(asyncio.run(walks())))
