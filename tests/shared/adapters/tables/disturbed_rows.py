"""What does a table do on a bad day? Storage fails before or after a call, or somebody else comes in between."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from shared.adapters.tables.rows import Operation, Row, Rows, StorageOutage


class DisturbedRows:
    """A table that counts its commits. Failing ones are numbered from 0; with `always` all after them fail too."""

    def __init__(
        self,
        rows: Rows,
        *,
        fails_before: int | None = None,
        fails_after: int | None = None,
        always: bool = False,
        meanwhile: Mapping[int, Callable[[], Awaitable[object]]] | None = None,
    ) -> None:
        self._rows = rows
        self._fails_before = fails_before
        self._fails_after = fails_after
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
        number = self.commits
        self.commits += 1
        if number in self._meanwhile:
            await self._meanwhile[number]()
        if _is(number, self._fails_before, always=self._always):
            raise StorageOutage
        etags = await self._rows.commit(partition, operations)
        if _is(number, self._fails_after, always=self._always):
            raise StorageOutage
        return etags

    def _may_be_down(self) -> None:
        failing = [number for number in (self._fails_before, self._fails_after) if number is not None]
        if self._always and failing and self.commits > failing[0]:
            raise StorageOutage


def _is(number: int, failing: int | None, *, always: bool) -> bool:
    return failing is not None and (number == failing or (always and number > failing))
