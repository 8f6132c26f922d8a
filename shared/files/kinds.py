"""What a file is, told from its first bytes alone: names and media types from outside are claims, not facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["image", "audio", "document"]


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken: its code here, what it is served as, and the ending its name gets."""

    code: str
    kind: Kind
    media_type: str
    ending: str


JPEG: Final = FileType("jpeg", "image", "image/jpeg", ".jpg")
PNG: Final = FileType("png", "image", "image/png", ".png")
WEBP: Final = FileType("webp", "image", "image/webp", ".webp")
HEIC: Final = FileType("heic", "image", "image/heic", ".heic")
AMR: Final = FileType("amr", "audio", "audio/amr", ".amr")
AMR_WB: Final = FileType("amr-wb", "audio", "audio/amr-wb", ".awb")
M4A: Final = FileType("m4a", "audio", "audio/mp4", ".m4a")
MP3: Final = FileType("mp3", "audio", "audio/mpeg", ".mp3")
PDF: Final = FileType("pdf", "document", "application/pdf", ".pdf")

_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AUDIO_BRANDS: Final = frozenset(
    {b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso5", b"iso6", b"3gp4", b"3gp5"}
)


def type_of(data: bytes) -> FileType | None:
    """The type of a file by its content, or None for one that is not taken (ZIP, HTML, SVG, EXE, GIF, …)."""
    head = data[:16]
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"#!AMR-WB\n"):
        return AMR_WB
    if head.startswith(b"#!AMR\n"):
        return AMR
    if head.startswith((b"%PDF-1.", b"%PDF-2.")):
        return PDF
    if head[4:8] == b"ftyp":
        return HEIC if head[8:12] in _HEIF_BRANDS else M4A if head[8:12] in _AUDIO_BRANDS else None
    if head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return MP3  # an ID3 tag, or the sync of an MPEG layer III frame; its frames are walked later
    return None
