"""How do many log records leave in one answer? Through a file of the machine's own, so that memory stays small."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import Final

from shared.orchestration.engine import Engine
from shared.orchestration.read_logs import read_logs
from shared.web.log_csv import SHEETS, line, sheet_lines
from shared.web.log_filter import Search
from shared.web.log_resource import log_resource
from shared.web.resources import Resource

IN_MEMORY: Final = 1024 * 1024
_PAGE: Final = 500
# A search that finds little ends early, too: App Service ends a request after 230 seconds.
_MOST_PAGES: Final = 100
_CHUNK: Final = 64 * 1024

Spool = SpooledTemporaryFile[bytes]


@dataclass(slots=True)
class Download:
    """A file that is read once, and where the next one begins (empty: nowhere)."""

    content: Spool
    next: str

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the file; it is gone afterwards."""
        with self.content as content:
            while chunk := await asyncio.to_thread(content.read, _CHUNK):
                yield chunk


@dataclass(slots=True)
class Records:
    """The records of a search, page after page, as many as asked for."""

    engine: Engine
    search: Search
    top: int
    next: str = ""
    left: int = field(init=False)

    async def pages(self) -> AsyncIterator[list[Resource]]:
        """Yield them; afterwards `next` is where the rest begins."""
        self.left, looked = self.top, 0
        ids = [job.configuration.id for job in self.search.jobs]
        while self.left > 0 and looked < _MOST_PAGES:
            top = min(_PAGE, self.left)
            page = await read_logs(self.engine, ids, top=top, skip=self.next, query=self.search.query)
            yield [log_resource(each) for each in page.passes]
            self.left, looked = self.left - len(page.passes), looked + 1
            self.next = page.next
            if not page.next:
                return


async def json_download(records: Records) -> Download:
    """Return one JSON array without white space, as Entra's download."""
    spool = Spool(max_size=IN_MEMORY)
    separator = b"["
    async for page in records.pages():
        for record in page:
            spool.write(separator + json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode())
            separator = b","
    spool.write(b"]" if separator == b"," else b"[]")
    return _ready(spool, records)


async def csv_download(records: Records) -> Download:
    """Return a ZIP of the three files."""
    with ExitStack() as files:
        spools = [files.enter_context(Spool(max_size=IN_MEMORY)) for _ in SHEETS]
        for sheet, spool in zip(SHEETS, spools, strict=True):
            spool.write(line(sheet.header).encode())
        async for page in records.pages():
            for sheet, spool in zip(SHEETS, spools, strict=True):
                spool.writelines(text.encode() for record in page for text in sheet_lines(sheet, record))
        packed = await asyncio.to_thread(_packed, spools)
    return _ready(packed, records)


def _packed(spools: list[Spool]) -> Spool:
    packed = Spool(max_size=IN_MEMORY)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet, spool in zip(SHEETS, spools, strict=True):
            with archive.open(f"{sheet.name}.csv", "w", force_zip64=True) as member:
                for chunk in _chunks(spool):
                    member.write(chunk)
    return packed


def _chunks(spool: Spool) -> Iterator[bytes]:
    spool.seek(0)
    while chunk := spool.read(_CHUNK):
        yield chunk


def _ready(spool: Spool, records: Records) -> Download:
    spool.seek(0)
    return Download(content=spool, next=records.next)
