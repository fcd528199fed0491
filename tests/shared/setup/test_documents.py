"""Do the pages say what the code says?"""

import re
from pathlib import Path

from shared.setup.permissions import PERMISSIONS, Side
from shared.setup.remedies import REMEDIES, Check

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_page_of_permissions_names_those_that_are_consented_to() -> None:
    rows = re.findall(r"^\| (source|target) \| `([A-Za-z.]+)` \|", (DOCS / "operations.md").read_text(), re.MULTILINE)

    # mail is consented to by hand, and only where somebody wants to be notified
    assert set(rows) - {("target", "Mail.Send")} == {
        (side.value, each.name) for side in Side for each in PERMISSIONS[side]
    }


def test_the_page_of_the_doctor_names_each_point_and_its_code() -> None:
    page = (DOCS / "setup.md").read_text()

    missing = [check for check in Check if f"`{check}`" not in page or f"`{REMEDIES[check].code}`" not in page]

    assert missing == []
