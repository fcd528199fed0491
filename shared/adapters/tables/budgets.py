"""Where does it stand whether, and how fast, a target tenant may be written to?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.adapters.tables.changing import change_row
from shared.adapters.tables.row_format import RowFormat
from shared.adapters.tables.rows import Delete, Rows, Upsert, escape_key
from shared.cycles.write_budget import (
    Grant,
    Invitations,
    WriteBudget,
    blocked,
    held_until,
    passed,
    reserve_invitations,
    reserve_writes,
    slowed_down,
)
from shared.orchestration.ports import TenantStanding

# One for all tenants, who have a few rows each: so one request says everything that keeps one from being written to.
STANDING = "standing"
WRITES = "writes"
INVITATIONS = "invitations"
# No escaped tenant id begins with ":".
READ_ONLY = ":read-only"
#: Where the versions before this one have the switch.
FORMER_SWITCH = (":everybody", "read-only")

BUDGET = RowFormat(WriteBudget)
INVITED = RowFormat(Invitations)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOnly:
    """What the row of the global switch holds."""

    since: datetime
    switched_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What a row of a forbidding partner policy holds."""

    since: datetime


SWITCH = RowFormat(ReadOnly)
REFUSED = RowFormat(Refused)


class TableBudgetStore:
    """BudgetStore on the table `budgets`. `always_read_only`: the app setting says so, whatever the row says."""

    def __init__(self, rows: Rows, *, always_read_only: bool = False) -> None:
        self._rows = rows
        self._always_read_only = always_read_only

    async def not_before(self, tenant_id: str) -> datetime | None:
        return (await self.writes(tenant_id)).not_before

    async def standing(self, tenant_id: str, source_tenant_id: str) -> TenantStanding:
        rows = {row.key: row async for row in self._rows.scan(STANDING)}
        keys = (
            budget_key(tenant_id, WRITES),
            budget_key(tenant_id, INVITATIONS),
            _refused_key(tenant_id, source_tenant_id),
        )
        writes, invited, refused = map(rows.get, keys)
        return TenantStanding(
            read_only=self._always_read_only or READ_ONLY in rows,
            not_before=None if writes is None else BUDGET.value(writes).not_before,
            refused_since=None if refused is None else REFUSED.value(refused).since,
            invitations=Invitations() if invited is None else INVITED.value(invited),
        )

    async def hold_until(self, tenant_id: str, until: datetime, *, refused: datetime | None = None) -> None:
        def held(budget: WriteBudget) -> WriteBudget:
            return held_until(budget, until, refused)

        await change_row(self._rows, STANDING, budget_key(tenant_id, WRITES), BUDGET, WriteBudget(), held)

    async def slow_down(self, tenant_id: str, used: float, now: datetime) -> None:
        def slowed(budget: WriteBudget) -> WriteBudget:
            return slowed_down(budget, used, now)

        await change_row(self._rows, STANDING, budget_key(tenant_id, WRITES), BUDGET, WriteBudget(), slowed)

    async def writes(self, tenant_id: str) -> WriteBudget:
        row = await self._rows.get(STANDING, budget_key(tenant_id, WRITES))
        return WriteBudget() if row is None else BUDGET.value(row)

    async def reserve_writes(self, tenant_id: str, count: int, now: datetime, *, patience: timedelta) -> Grant:
        grants: list[Grant] = []

        def reserved(budget: WriteBudget) -> WriteBudget:
            grant, after = reserve_writes(budget, count, now, patience=patience)
            grants.append(grant)
            return after

        await change_row(self._rows, STANDING, budget_key(tenant_id, WRITES), BUDGET, WriteBudget(), reserved)
        return grants[-1]

    async def reserve_invitations(
        self, tenant_id: str, count: int, now: datetime, *, patience: timedelta = timedelta(0)
    ) -> Grant:
        grants: list[Grant] = []

        def reserved(invitations: Invitations) -> Invitations:
            grant, after = reserve_invitations(invitations, count, now, patience=patience)
            grants.append(grant)
            return after

        await change_row(self._rows, STANDING, budget_key(tenant_id, INVITATIONS), INVITED, Invitations(), reserved)
        return grants[-1]

    async def invitations(self, tenant_id: str) -> Invitations:
        row = await self._rows.get(STANDING, budget_key(tenant_id, INVITATIONS))
        return Invitations() if row is None else INVITED.value(row)

    async def block_invitations(self, tenant_id: str, now: datetime) -> None:
        await change_row(
            self._rows,
            STANDING,
            budget_key(tenant_id, INVITATIONS),
            INVITED,
            Invitations(),
            lambda standing: blocked(standing, now),
        )

    async def pass_invitations(self, tenant_id: str) -> None:
        await change_row(self._rows, STANDING, budget_key(tenant_id, INVITATIONS), INVITED, Invitations(), passed)

    async def refused_since(self, tenant_id: str, source_tenant_id: str) -> datetime | None:
        row = await self._rows.get(STANDING, _refused_key(tenant_id, source_tenant_id))
        return None if row is None else REFUSED.value(row).since

    async def refuse(self, tenant_id: str, source_tenant_id: str, since: datetime) -> None:
        columns = REFUSED.columns(Refused(since=since))
        await self._rows.commit(STANDING, [Upsert(key=_refused_key(tenant_id, source_tenant_id), values=columns)])

    async def allow(self, tenant_id: str, source_tenant_id: str) -> None:
        await self._rows.commit(STANDING, [Delete(key=_refused_key(tenant_id, source_tenant_id))])

    async def is_read_only(self) -> bool:
        return self._always_read_only or await self._rows.get(STANDING, READ_ONLY) is not None

    async def set_read_only(self, *, on: bool, by: str, now: datetime) -> None:
        if on and not await self._rows.get(STANDING, READ_ONLY):
            columns = SWITCH.columns(ReadOnly(since=now, switched_by=by))
            await self._rows.commit(STANDING, [Upsert(key=READ_ONLY, values=columns)])
        if not on:
            partition, key = FORMER_SWITCH
            await self._rows.commit(partition, [Delete(key=key)])
            await self._rows.commit(STANDING, [Delete(key=READ_ONLY)])

    async def take_over_switch(self) -> None:
        """Take the switch over from an earlier version: where it is on, an update must not switch it off."""
        former = await self._rows.get(*FORMER_SWITCH)
        if former is not None:
            await self._rows.commit(STANDING, [Upsert(key=READ_ONLY, values=former.values)])


def budget_key(tenant_id: str, name: str) -> str:
    """Return the key of a target tenant's row of this name."""
    return f"{escape_key(tenant_id)}:{name}"


def _refused_key(tenant_id: str, source_tenant_id: str) -> str:
    return budget_key(tenant_id, f"refused:{escape_key(source_tenant_id)}")
