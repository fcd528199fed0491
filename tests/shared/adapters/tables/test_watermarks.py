"""Do delta links come back, one for each chain?"""

import pytest

from shared.adapters.tables.rows import Rows
from shared.adapters.tables.watermarks import TableWatermarkStore
from shared.orchestration.ports import Watermark
from tests.shared.adapters.tables.values import HOUR, NOW

USERS = Watermark(chain="users", link="https://graph/" + "x" * 90_000, issued=NOW)
GROUPS = Watermark(chain="groups:1/2", link="https://graph/é", issued=NOW, members=("g1", "g2"))


@pytest.fixture
def store(rows: Rows) -> TableWatermarkStore:
    return TableWatermarkStore(rows)


async def test_each_chain_has_its_watermark(store: TableWatermarkStore) -> None:
    await store.save("c", USERS)
    await store.save("c", GROUPS)
    await store.save("d", USERS)

    found = await store.all("c")

    assert sorted(found, key=lambda each: each.chain) == [GROUPS, USERS]


async def test_a_watermark_replaces_the_one_before(store: TableWatermarkStore) -> None:
    later = Watermark(chain="users", link="short", issued=NOW + HOUR)
    await store.save("c", USERS)

    await store.save("c", later)

    assert await store.all("c") == [later]


async def test_a_deleted_watermark_is_gone_and_a_missing_one_is_no_matter(store: TableWatermarkStore) -> None:
    await store.save("c", GROUPS)

    await store.delete("c", GROUPS.chain)
    await store.delete("c", GROUPS.chain)

    assert await store.all("c") == []
