"""Does the command run as a process of its own, on a terminal that knows few characters?"""

import json
import subprocess
import sys
from pathlib import Path

from tests.shared.configuration.documents import document

ROOT = Path(__file__).parents[2]


def test_a_process_says_what_its_terminal_cannot_show_as_an_escape(tmp_path: Path) -> None:
    file = tmp_path / "configuration.json"
    file.write_text(json.dumps(document({"/id": "Ωmega"})), "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "cli", "configuration", "validate", str(file)],
        cwd=ROOT,
        env={"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("/id: must be 1 to 64 letters")
    assert r'found "\u03a9mega"' in done.stdout
