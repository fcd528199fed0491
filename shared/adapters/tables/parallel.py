"""How many requests may a store have under way at once?"""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

AT_ONCE = 8

_Result = TypeVar("_Result")


async def in_parallel(requests: Iterable[Awaitable[_Result]], at_once: int = AT_ONCE) -> list[_Result]:
    """The results in their order. All have ended when it returns, also when it raises the first failure."""
    wanted = list(requests)
    if len(wanted) == 1:  # most are: a chunk is of one shard
        return [await wanted[0]]
    slots = asyncio.Semaphore(at_once)

    async def one(request: Awaitable[_Result]) -> _Result:
        async with slots:
            return await request

    results = await asyncio.gather(*map(one, wanted), return_exceptions=True)
    return [_result(result) for result in results]


def _result(result: _Result | BaseException) -> _Result:
    if isinstance(result, BaseException):
        raise result
    return result
