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


def test_the_comparison_names_tests() -> None:
    assert len(named(ROOT / "docs" / "compared_with_entra.md")) > 25
