"""Which hosts are up? Some are killed, all come back."""

import asyncio
from collections.abc import Iterable, Sequence

from sandbox.runner.functions_host import FunctionsHost


class Fleet:
    """The functions hosts of one storage."""

    def __init__(self, hosts: Sequence[FunctionsHost]) -> None:
        self._hosts = hosts
        self._changing = [asyncio.Lock() for _ in hosts]
        self.kills = 0
        self.wrong_clocks = 0

    async def replace(self, numbers: Iterable[int], *, ahead: float) -> None:
        """Kill these hosts at once and start them again, their clocks so many seconds ahead.

        A host that is just starting is killed when it is up.
        """
        async with asyncio.TaskGroup() as group:
            for number in numbers:
                group.create_task(self._replace(number, ahead))

    async def _replace(self, number: int, ahead: float) -> None:
        async with self._changing[number]:
            await self._hosts[number].process.kill()
            self.kills += 1
            await self._hosts[number].start(ahead=ahead)
            self.wrong_clocks += bool(ahead)

    async def end(self) -> None:
        """Kill what is left: nobody waits for it any more."""
        for host in self._hosts:
            await host.process.kill()
