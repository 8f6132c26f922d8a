"""Voice notes walked frame by frame: only whole frames are kept, so nothing hides behind them and no tag says where.

They are not decoded: a walk finds out whether a file is what it seems, and costs no decoder.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from shared.files.errors import FileDamaged

_AMR_NB: Final = (12, 13, 15, 17, 19, 20, 26, 31, 5, -1, -1, -1, -1, -1, -1, 0)
_AMR_WB: Final = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0)

_KBITS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}

_BOXES: Final = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"moof", b"mfra", b"sidx"}
)
#: Boxes that tell about the recording (places, titles, covers) and not how it sounds: blanked, so that offsets hold.
_TELLING: Final = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip"})
_INSIDE: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"edts", b"stbl"})


def amr(data: bytes, *, wide: bool) -> bytes:
    """An AMR recording, which must be whole frames to its end. Raises FileDamaged."""
    sizes = _AMR_WB if wide else _AMR_NB
    position = len(b"#!AMR-WB\n" if wide else b"#!AMR\n")
    if position == len(data):
        raise FileDamaged
    while position < len(data):
        head = data[position]
        size = sizes[(head >> 3) & 0x0F]
        if head & 0x83 or size < 0 or position + 1 + size > len(data):
            raise FileDamaged
        position += 1 + size
    return data


def mp3(data: bytes) -> bytes:
    """The frames of an MP3 recording, without tags before or after them. Raises FileDamaged."""
    begin = _id3_length(data)
    end = len(data)
    if data[-128:-125] == b"TAG":
        end -= 128
    position = begin
    frames = 0
    while position < end:
        size = _frame_length(data, position)
        if size is None:
            # Recorders may be cut off within the last frame; anything longer than a frame is something else.
            if frames and end - position < 1500 and data[position : position + 1] == b"\xff":
                break
            raise FileDamaged
        if position + size > end:
            break
        position += size
        frames += 1
    if not frames:
        raise FileDamaged
    return data[begin:position]


def _id3_length(data: bytes) -> int:
    if data[:3] != b"ID3":
        return 0
    if len(data) < 10 or max(data[6:10]) > 0x7F:
        raise FileDamaged
    size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
    return 10 + size + (10 if data[5] & 0x10 else 0)


def _frame_length(data: bytes, at: int) -> int | None:
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return None
    version = (data[at + 1] >> 3) & 3
    bits, rate = data[at + 2] >> 4, (data[at + 2] >> 2) & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return None
    kbits = (_KBITS_1 if version == 3 else _KBITS_2)[bits]
    padding = (data[at + 2] >> 1) & 1
    return (144 if version == 3 else 72) * kbits * 1000 // _RATES[version][rate] + padding


def m4a(data: bytes) -> bytes:
    """An MPEG-4 recording of sound alone, its telling boxes blanked. Raises FileDamaged."""
    cleaned = bytearray(data)
    seen = set()
    for kind, begin, body, end in _boxes(data, 0, len(data)):
        if kind not in _BOXES:
            raise FileDamaged
        seen.add(kind)
        if kind in _TELLING:
            _blank(cleaned, begin, body, end)
        elif kind == b"moov":
            _clean_inside(data, cleaned, body, end, 0)
    if not {b"ftyp", b"moov", b"mdat"} <= seen or b"soun" not in _handlers(data):
        raise FileDamaged
    return bytes(cleaned)


def _clean_inside(data: bytes, cleaned: bytearray, begin: int, end: int, depth: int) -> None:
    for kind, at, body, stop in _boxes(data, begin, end):
        if kind in _TELLING:
            _blank(cleaned, at, body, stop)
        elif kind in _INSIDE and depth < 8:
            _clean_inside(data, cleaned, body, stop, depth + 1)
        elif kind == b"hdlr" and data[body + 8 : body + 12] == b"vide":
            raise FileDamaged  # a film, not a voice note


def _handlers(data: bytes) -> set[bytes]:
    found = set()

    def walk(begin: int, end: int, depth: int) -> None:
        for kind, _, body, stop in _boxes(data, begin, end):
            if kind == b"hdlr":
                found.add(data[body + 8 : body + 12])
            elif kind in _INSIDE and depth < 8:
                walk(body, stop, depth + 1)

    walk(0, len(data), 0)
    return found


def _blank(cleaned: bytearray, begin: int, body: int, end: int) -> None:
    cleaned[begin + 4 : begin + 8] = b"free"
    cleaned[body:end] = bytes(end - body)


def _boxes(data: bytes, begin: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Kind, begin, begin of the content and end of each box; they must fill the range exactly."""
    while begin < end:
        if begin + 8 > end:
            raise FileDamaged
        size, kind = struct.unpack_from(">I4s", data, begin)
        body = begin + 8
        if size == 1:
            if begin + 16 > end:
                raise FileDamaged
            (size,) = struct.unpack_from(">Q", data, begin + 8)
            body = begin + 16
        elif size == 0:
            size = end - begin
        if size < body - begin or begin + size > end:
            raise FileDamaged
        yield kind, begin, body, begin + size
        begin += size
