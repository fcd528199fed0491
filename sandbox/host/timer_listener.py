"""When does a timer function run? On its schedule, in engine time, one invocation at a time.

A host that starts and finds that an occurrence was missed runs the function once, past due. A failed run is not
repeated before its next occurrence.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.host.arguments import ScheduleStatus, timer_request
from sandbox.host.bindings import HostedFunction, TimerTrigger
from sandbox.host.clock import EngineClock
from sandbox.host.invocation import Invoker
from sandbox.host.schedule import Schedule
from sandbox.host.timer_status import TimerStatuses


class TimerListener:
    """Fires one function."""

    def __init__(
        self,
        function: HostedFunction,
        trigger: TimerTrigger,
        *,
        clock: EngineClock,
        invoker: Invoker,
        statuses: TimerStatuses,
    ) -> None:
        self._function = function
        self._trigger = trigger
        self._clock = clock
        self._invoker = invoker
        self._statuses = statuses
        self._schedule = Schedule.parse(trigger.schedule)

    async def listen(self, stopping: asyncio.Event) -> None:
        status = await self._initial_status()
        past_due = status.next <= self._clock.now()
        if past_due or self._trigger.run_on_startup:
            status = await self._fire(status, past_due=past_due)
        while await self._clock.reaches(status.next, stopping):
            status = await self._fire(status, past_due=False)

    async def _initial_status(self) -> ScheduleStatus:
        stored = await self._statuses.read(self._function.name) if self._monitored else None
        if stored is None:
            now = self._clock.now()
            return await self._keep(ScheduleStatus(last=None, next=self._schedule.next_after(now), last_updated=now))
        # A schedule that was changed meanwhile counts from when the old one fired last.
        return replace(stored, next=self._schedule.next_after(stored.last or stored.last_updated))

    async def _fire(self, status: ScheduleStatus, *, past_due: bool) -> ScheduleStatus:
        fired = self._clock.now()
        request = timer_request(status if self._monitored else None, past_due=past_due)
        await self._invoker.invoke(self._function, request)
        # What came due while the function ran is not made up for.
        following = self._schedule.next_after(self._clock.now())
        return await self._keep(ScheduleStatus(last=fired, next=following, last_updated=fired))

    async def _keep(self, status: ScheduleStatus) -> ScheduleStatus:
        if self._monitored:
            await self._statuses.write(self._function.name, status)
        return status

    @property
    def _monitored(self) -> bool:
        """Whether missed occurrences are made up for: never where they are less than a minute apart."""
        return self._trigger.use_monitor and _interval(self._schedule, self._clock.now()) >= timedelta(minutes=1)


def _interval(schedule: Schedule, moment: datetime) -> timedelta:
    first = schedule.next_after(moment)
    return schedule.next_after(first) - first
