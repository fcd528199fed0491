"""What leaves with a download: the same records as JSON and as three files that a spreadsheet may open?"""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.log_csv import LOGS as SHEET
from shared.web.log_csv import MODIFIED, STEPS, cell, line
from tests.engine.local_engine import LocalEngine
from tests.shared.web.calling import LOGS, calling
from tests.shared.web.running import company, operating

DOWNLOAD = f"{LOGS}/download"


async def parts(world: LocalEngine, query: str) -> list[bytes]:
    """The bodies of a download, one after the other."""
    bodies: list[bytes] = []
    link = f"{DOWNLOAD}?{query}"
    async with operating(world) as client:
        while link:
            answer = await client.get(link)
            assert answer.status_code == 200, answer.text
            bodies.append(answer.content)
            link = answer.links.get("next", {}).get("url", "")
    return bodies


async def records(world: LocalEngine) -> list[dict[str, Any]]:
    async with operating(world) as client:
        found: list[dict[str, Any]] = (await client.get(f"{LOGS}?$top=1000")).json()["value"]
    return found


def sheets(bodies: list[bytes]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for body in bodies:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                text = io.StringIO(archive.read(name).decode(), newline="")
                found.setdefault(name.removesuffix(".csv"), []).extend(csv.DictReader(text))
    return found


@pytest.mark.parametrize("top", [7, 20_000])
async def test_json_is_one_array_in_parts_of_any_size(top: int) -> None:
    world = await company(cycles=2)

    bodies = await parts(world, f"$format=json&$top={top}")

    assert [record for body in bodies for record in json.loads(body)] == await records(world)
    assert b": " not in bodies[0].split(b'"provisioningSteps"')[0]
    assert len(bodies) == (1 if top > 1000 else -(-len(await records(world)) // 7))


@pytest.mark.parametrize("top", [7, 20_000])
async def test_the_three_files_are_joined_on_the_change(top: int) -> None:
    world = await company(cycles=2)
    every = await records(world)

    found = sheets(await parts(world, f"$format=csv&$top={top}"))

    assert set(found) == {SHEET, STEPS, MODIFIED}
    assert [row["changeId"] for row in found[SHEET]] == [record["changeId"] for record in every]
    assert [row["status"] for row in found[SHEET]] == [each["provisioningStatusInfo"]["status"] for each in every]
    assert [(row["changeId"], row["name"]) for row in found[STEPS]] == [
        (record["changeId"], step["name"]) for record in every for step in record["provisioningSteps"]
    ]
    assert [(row["changeId"], row["displayName"]) for row in found[MODIFIED]] == [
        (record["changeId"], each["displayName"]) for record in every for each in record["modifiedProperties"]
    ]


async def test_a_download_honours_filter_and_order() -> None:
    world = await company(cycles=2)
    query = "$filter=provisioningStatusInfo/status eq 'failure'&$orderby=activityDateTime asc"

    [body] = await parts(world, f"{query}&$format=json")
    [packed] = await parts(world, f"{query}&$format=csv")

    failed = [each for each in await records(world) if each["provisioningStatusInfo"]["status"] == "failure"]
    assert failed
    assert sorted(each["id"] for each in json.loads(body)) == sorted(each["id"] for each in failed)
    assert [row["id"] for row in sheets([packed])[SHEET]] == [each["id"] for each in json.loads(body)]
    assert set(sheets([packed])[STEPS][0]) == {
        "changeId",
        "index",
        "name",
        "provisioningStepType",
        "status",
        "description",
        "details",
    }


async def test_an_empty_download_is_an_empty_array_and_three_headers() -> None:
    world = await company(cycles=0)

    assert await parts(world, "$format=json") == [b"[]"]
    assert {name: len(rows) for name, rows in sheets(await parts(world, "$format=csv")).items()} == {
        SHEET: 0,
        STEPS: 0,
        MODIFIED: 0,
    }


async def test_others_records_do_not_leave() -> None:
    world = await company(cycles=1)

    async with calling(world.engine, "Tenantsync.Reader:another") as client:
        answer = await client.get(DOWNLOAD)

    assert (answer.status_code, answer.content) == (200, b"[]")


async def test_another_format_is_refused() -> None:
    world = await company(cycles=0)

    async with operating(world) as client:
        assert (await client.get(f"{DOWNLOAD}?$format=xml")).status_code == 400
        assert (await client.get(f"{DOWNLOAD}?$top=20001")).status_code == 400


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (12, "12"),
        ("plain", '"plain"'),
        ('say "hi", twice\r\n', '"say ""hi"", twice\r\n"'),
        ("=1+1", '"\'=1+1"'),
        ("+49 30", '"\'+49 30"'),
        ("-2", '"\'-2"'),
        ("@SUM(A1)", '"\'@SUM(A1)"'),
        ("\t=1", '"\'\t=1"'),
        ("\r=1", '"\'\r=1"'),
        ("  =1", '"\'  =1"'),
        ("\u00a0=1", '"\'\u00a0=1"'),
        ("\uff1d1", '"\'\uff1d1"'),
        ({"a": "=1"}, '"{""a"": ""=1""}"'),
        ("a=1", '"a=1"'),
    ],
)
def test_no_cell_is_a_formula(value: object, written: str) -> None:
    assert cell(value) == written


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=6))
def test_any_texts_come_back_from_a_line_but_for_what_makes_them_harmless(texts: list[str]) -> None:
    [read] = csv.reader(io.StringIO(line(texts), newline=""), strict=True)

    assert [each.removeprefix("'") for each in read] == [each.removeprefix("'") for each in texts]
    assert not any(each.lstrip()[:1] in {"=", "+", "-", "@"} for each in read if each)
