"""What does a table do on a bad day? Storage fails before or after a call, or somebody else comes in between."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from shared.adapters.tables.rows import Operation, Row, Rows, StorageOutage


class DisturbedRows:
    """A table that counts its commits, the first is 0.

    The commit `fails_at` raises StorageOutage, before or (`happened`) after it was done; with `always` storage stays
    down from then on. `meanwhile` is awaited before a commit.
    """

    def __init__(
        self,
        rows: Rows,
        *,
        fails_at: int | None = None,
        happened: bool = False,
        always: bool = False,
        meanwhile: Mapping[int, Callable[[], Awaitable[object]]] | None = None,
    ) -> None:
        self._rows = rows
        self._fails_at = fails_at
        self._happened = happened
        self._always = always
        self._meanwhile = dict(meanwhile or {})
        self.commits = 0

    async def get(self, partition: str, key: str) -> Row | None:
        self._may_be_down()
        return await self._rows.get(partition, key)

    async def get_many(self, partition: str, keys: Sequence[str]) -> Mapping[str, Row]:
        self._may_be_down()
        return await self._rows.get_many(partition, keys)

    def scan(
        self, partition: str, *, first: str = "", before: str | None = None, select: Sequence[str] | None = None
    ) -> AsyncIterator[Row]:
        return self._rows.scan(partition, first=first, before=before, select=select)

    async def page(
        self,
        partition: str,
        *,
        first: str = "",
        before: str | None = None,
        limit: int,
        select: Sequence[str] | None = None,
    ) -> list[Row]:
        return await self._rows.page(partition, first=first, before=before, limit=limit, select=select)

    async def commit(self, partition: str, operations: Sequence[Operation]) -> Mapping[str, str]:
        self._may_be_down()
        number = self.commits
        self.commits += 1
        if number in self._meanwhile:
            await self._meanwhile[number]()
        if number == self._fails_at and not self._happened:
            raise StorageOutage
        etags = await self._rows.commit(partition, operations)
        if number == self._fails_at:
            raise StorageOutage
        return etags

    def _may_be_down(self) -> None:
        if self._always and self._fails_at is not None and self.commits > self._fails_at:
            raise StorageOutage
