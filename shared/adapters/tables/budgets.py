"""Where does it stand whether, and how fast, a target tenant may be written to?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.adapters.tables.changing import change_row
from shared.adapters.tables.row_format import RowFormat
from shared.adapters.tables.rows import Delete, Rows, Upsert, escape_key
from shared.cycles.write_budget import (
    Grant,
    Invitations,
    WriteBudget,
    blocked,
    passed,
    reserve_invitations,
    reserve_writes,
)
from shared.orchestration.ports import TenantStanding

WRITES = "writes"
INVITATIONS = "invitations"
# No escaped tenant id begins with ":".
EVERYBODY = ":everybody"
READ_ONLY = "read-only"

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
        row = await self._rows.get(escape_key(tenant_id), WRITES)
        return None if row is None else BUDGET.value(row).not_before

    async def standing(self, tenant_id: str, source_tenant_id: str) -> TenantStanding:
        """All of a tenant's rows together: it has a few, and they are one request."""
        rows = {row.key: row async for row in self._rows.scan(escape_key(tenant_id))}
        writes, invited, refused = map(rows.get, (WRITES, INVITATIONS, _refused_key(source_tenant_id)))
        return TenantStanding(
            not_before=None if writes is None else BUDGET.value(writes).not_before,
            refused_since=None if refused is None else REFUSED.value(refused).since,
            invitations=Invitations() if invited is None else INVITED.value(invited),
        )

    async def hold_until(self, tenant_id: str, until: datetime) -> None:
        def held(budget: WriteBudget) -> WriteBudget:
            return replace(budget, not_before=max(until, budget.not_before or until))

        await change_row(self._rows, escape_key(tenant_id), WRITES, BUDGET, WriteBudget(), held)

    async def reserve_writes(self, tenant_id: str, count: int, now: datetime, *, patience: timedelta) -> Grant:
        grants: list[Grant] = []

        def reserved(budget: WriteBudget) -> WriteBudget:
            grant, after = reserve_writes(budget, count, now, patience=patience)
            grants.append(grant)
            return after

        await change_row(self._rows, escape_key(tenant_id), WRITES, BUDGET, WriteBudget(), reserved)
        return grants[-1]

    async def reserve_invitations(
        self, tenant_id: str, count: int, now: datetime, *, patience: timedelta = timedelta(0)
    ) -> Grant:
        grants: list[Grant] = []

        def reserved(invitations: Invitations) -> Invitations:
            grant, after = reserve_invitations(invitations, count, now, patience=patience)
            grants.append(grant)
            return after

        await change_row(self._rows, escape_key(tenant_id), INVITATIONS, INVITED, Invitations(), reserved)
        return grants[-1]

    async def invitations(self, tenant_id: str) -> Invitations:
        row = await self._rows.get(escape_key(tenant_id), INVITATIONS)
        return Invitations() if row is None else INVITED.value(row)

    async def block_invitations(self, tenant_id: str, now: datetime) -> None:
        await change_row(
            self._rows,
            escape_key(tenant_id),
            INVITATIONS,
            INVITED,
            Invitations(),
            lambda standing: blocked(standing, now),
        )

    async def pass_invitations(self, tenant_id: str) -> None:
        await change_row(self._rows, escape_key(tenant_id), INVITATIONS, INVITED, Invitations(), passed)

    async def refused_since(self, tenant_id: str, source_tenant_id: str) -> datetime | None:
        row = await self._rows.get(escape_key(tenant_id), _refused_key(source_tenant_id))
        return None if row is None else REFUSED.value(row).since

    async def refuse(self, tenant_id: str, source_tenant_id: str, since: datetime) -> None:
        columns = REFUSED.columns(Refused(since=since))
        await self._rows.commit(escape_key(tenant_id), [Upsert(key=_refused_key(source_tenant_id), values=columns)])

    async def allow(self, tenant_id: str, source_tenant_id: str) -> None:
        await self._rows.commit(escape_key(tenant_id), [Delete(key=_refused_key(source_tenant_id))])

    async def is_read_only(self) -> bool:
        return self._always_read_only or await self._rows.get(EVERYBODY, READ_ONLY) is not None

    async def set_read_only(self, *, on: bool, by: str, now: datetime) -> None:
        if on and not await self._rows.get(EVERYBODY, READ_ONLY):
            columns = SWITCH.columns(ReadOnly(since=now, switched_by=by))
            await self._rows.commit(EVERYBODY, [Upsert(key=READ_ONLY, values=columns)])
        if not on:
            await self._rows.commit(EVERYBODY, [Delete(key=READ_ONLY)])


def _refused_key(source_tenant_id: str) -> str:
    return f"refused:{escape_key(source_tenant_id)}"
