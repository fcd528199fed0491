"""A world survives its file, and a bad one says what is wrong."""

from pathlib import Path

import pytest

from sandbox.world import TenantDocument, World, WorldError

TENANT = {"id": "t-1", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com"}


def test_a_world_read_back_is_the_world_that_was_written(tmp_path: Path) -> None:
    tenant = TenantDocument.from_json({**TENANT, "users": [{"id": "u-1", "displayName": "Zoë"}]})
    world = World(tenants=(tenant,), automatic_redemption_accepts=True)

    world.dump(tmp_path / "world.json")
    read = World.load(tmp_path / "world.json")

    assert read.to_json() == world.to_json()
    assert read.tenants[0].users[0]["displayName"] == "Zoë"
    assert read.tenants[0].users == [{"id": "u-1", "displayName": "Zoë"}]
    assert read.tenants[0].users[0:1] == [{"id": "u-1", "displayName": "Zoë"}]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"displayName": "x"}, "no id"),
        ({**TENANT, "people": []}, "people"),
        ({"id": "t-1", "displayName": "x"}, "initialDomain"),
    ],
)
def test_a_bad_tenant_is_refused_with_what_is_wrong(document: dict[str, object], words: str) -> None:
    with pytest.raises(WorldError, match=words):
        TenantDocument.from_json(document)


def test_a_file_that_is_no_world_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    path.write_text("[]")

    with pytest.raises(WorldError, match=r"world\.json"):
        World.load(path)
