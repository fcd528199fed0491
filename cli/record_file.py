"""Where is it kept what was there before a setup?"""

from pathlib import Path

import typer

from shared.setup.desired import Setup
from shared.setup.record import Record, UnreadableRecord, from_json, to_json


def default_record(setup: Setup) -> Path:
    """Return the place of a setup's record where nobody names one: one file for each side of each pair."""
    folder = Path(typer.get_app_dir("tenantsync", roaming=False)) / "setup"
    return folder / f"{setup.side}-{setup.tenant_id}-{setup.other_tenant_id}.json"


def load_record(path: Path) -> Record | None:
    """Return the record, None where there is no file. Raises UnreadableRecord."""
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableRecord(f"{path} cannot be read: {error}") from error


def save_record(path: Path, record: Record) -> None:
    """Write the record whole or not at all; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(to_json(record), encoding="utf-8")
    unfinished.replace(path)
