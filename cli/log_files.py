"""How do the parts of a download become files? Each part is added as it comes, so that memory stays small."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path

from cli.server import Refused

_SHEETS = ("ProvisioningLogs", "ProvisioningLogs_ProvisioningSteps", "ProvisioningLogs_ModifiedProperties")


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


def write_files(directory: Path, form: Format, parts: Iterable[bytes]) -> list[Path]:
    """Write all parts into the files of the format; returns their names. A file is there when it is whole."""
    names = [directory / "ProvisioningLogs.json"]
    if form is Format.CSV:
        names = [directory / f"{sheet}.csv" for sheet in _SHEETS]
    unfinished = [name.with_name(f"{name.name}.part") for name in names]
    with ExitStack() as files:
        opened = [files.enter_context(name.open("wb")) for name in unfinished]
        if form is Format.JSON:
            _write_json(opened[0], parts)
        else:
            _write_sheets(opened, parts)
    for name, part in zip(names, unfinished, strict=True):
        part.replace(name)
    return names


def _write_json(file: io.BufferedWriter, parts: Iterable[bytes]) -> None:
    separator = b"["
    for part in parts:
        for record in _records(part):
            file.write(separator + json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode())
            separator = b","
    file.write(b"]" if separator == b"," else b"[]")


def _records(part: bytes) -> list[object]:
    try:
        found = json.loads(part)
    except ValueError as error:
        raise Refused("the download is no JSON; is this the right address?") from error
    if not isinstance(found, list):
        raise Refused("the download is no list of records; is this the right address?")
    return found


def _write_sheets(files: list[io.BufferedWriter], parts: Iterable[bytes]) -> None:
    for number, part in enumerate(parts):
        try:
            with zipfile.ZipFile(io.BytesIO(part)) as archive:
                for sheet, file in zip(_SHEETS, files, strict=True):
                    with archive.open(f"{sheet}.csv") as member:
                        if number:
                            member.readline()  # the header stands in the first part
                        shutil.copyfileobj(member, file)
        except (zipfile.BadZipFile, KeyError) as error:
            raise Refused("the download is not the three files; is this the right address?") from error
