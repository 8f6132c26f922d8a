"""What an xlsx is before anybody parses it: really so large, really so many cells.

A ZIP may lie about sizes in its directory, and a sheet of two cells may claim a billion between them. So every entry is
inflated once, piece by piece, and thrown away; only then the real reader sees the file.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import Final

from shared.tabular.errors import TableBomb, TableTooLarge, TableUnreadable

MOST_UNPACKED: Final = 120 * 1024 * 1024
MOST_ENTRIES: Final = 500
#: Cells far to the right or below make a reader allocate everything between.
MOST_COLUMNS: Final = 200
_PIECE: Final = 64 * 1024
_CELL: Final = re.compile(rb"""<(?:\w+:)?(?:c|row)\b[^<>]*?\br\s*=\s*["']([A-Za-z]{0,4})([0-9]{1,10})["']""")
_NEWER: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def inspect(data: bytes, *, rows: int) -> None:
    """Refuse an xlsx that is not what it says.

    Raises:
        TableUnreadable: not a whole ZIP, or not a workbook.
        TableBomb: unpacks to too much, lies about it, or hides entities.
        TableTooLarge: cells beyond the rows or columns that are taken.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, UnicodeDecodeError) as problem:
        raise TableUnreadable from problem
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not any(name.endswith("workbook.xml") for name in names):
        raise TableUnreadable
    if len(entries) > MOST_ENTRIES or len(names) < len(entries):
        raise TableBomb
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise TableBomb
    left = MOST_UNPACKED
    for entry in entries:
        left -= _measure(data, entry, left, rows)


def _measure(data: bytes, entry: zipfile.ZipInfo, most: int, rows: int) -> int:
    """The true unpacked size of an entry, which must be what its directory says."""
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise TableUnreadable  # encrypted, or packed in a way that no spreadsheet program writes
    head = data[entry.header_offset : entry.header_offset + 30]
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise TableUnreadable
    name_length, extra_length = struct.unpack_from("<HH", head, 26)
    begin = entry.header_offset + 30 + name_length + extra_length
    packed = memoryview(data)[begin : begin + entry.compress_size]
    watch = _Watch(rows) if entry.filename.endswith((".xml", ".rels")) else None
    size = 0
    if entry.compress_type == zipfile.ZIP_STORED:
        size = len(packed)
        for at in range(0, size, _PIECE):
            if watch is not None:
                watch.see(bytes(packed[at : at + _PIECE]))
    else:
        inflate = zlib.decompressobj(-15)
        rest: bytes | memoryview = packed
        while not inflate.eof:
            try:
                piece = inflate.decompress(rest, _PIECE)
            except zlib.error as problem:
                raise TableUnreadable from problem
            rest = inflate.unconsumed_tail
            size += len(piece)
            if size > most:
                raise TableBomb
            if watch is not None:
                watch.see(piece)
            if not piece and not rest and not inflate.eof:
                raise TableUnreadable  # cut off
    if size != entry.file_size:
        raise TableBomb
    return size


class _Watch:
    """Reads an entry's XML as it passes by: places of cells, and entities, which no spreadsheet program writes."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._tail = b""

    def see(self, piece: bytes) -> None:
        text = self._tail + piece
        if _NEWER.search(text):
            raise TableBomb
        for letters, digits in _CELL.findall(text):
            if int(digits) > self._rows + 1 or _column(letters) > MOST_COLUMNS:
                raise TableTooLarge(rows=self._rows, megabytes=MOST_UNPACKED // (1024 * 1024))
        self._tail = text[-256:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
