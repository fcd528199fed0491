"""Documents name tests as their proof: each of these is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))


def named(document: Path) -> set[str]:
    return set(re.findall(r"`(test_\w+(?:\.py)?)`", document.read_text()))


@pytest.fixture(scope="module")
def present() -> set[str]:
    files = list((ROOT / "tests").rglob("test_*.py"))
    functions = (name for file in files for name in re.findall(r"def (test_\w+)", file.read_text()))
    return {*functions, *(file.name for file in files)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_test_that_a_document_names_is_there(document: Path, present: set[str]) -> None:
    assert named(document) - present == set()


def compared() -> list[list[str]]:
    """The rows of the comparison's tables: what Entra does, what holds here, the tests."""
    lines = (ROOT / "docs" / "compared_with_entra.md").read_text().splitlines()
    rows = [line.removeprefix("| ").removesuffix("|").rstrip().split(" |") for line in lines if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if row[-1].strip() != "test"]


@pytest.mark.parametrize("row", compared(), ids=lambda row: row[0])
def test_each_line_of_the_comparison_says_how_it_stands_and_by_which_test(row: list[str]) -> None:
    assert len(row) == 3
    entra, here, tests = row
    assert entra
    assert re.match(r"(same|better|other|impossible|not yet)\b", here), here
    assert re.fullmatch(r"`test_\w+(\.py)?`(, `test_\w+(\.py)?`)*", tests) or lacks_a_test(here), tests


def lacks_a_test(here: str) -> bool:
    """Only what is not there, or cannot be, needs no proof; and the reason has to be named."""
    return "not yet" in here or here.startswith("impossible: ")


def test_the_comparison_names_tests() -> None:
    assert len(compared()) > 100
    assert len(named(ROOT / "docs" / "compared_with_entra.md")) > 90
