"""From bytes that somebody sent to bytes that may be kept."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from shared.files import audio, images
from shared.files.errors import FileDamaged, FileTooLarge, FileTypeRefused
from shared.files.kinds import AMR_WB, M4A, MP3, PDF, FileType, type_of

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is taken: bytes at most, and the codes of types (None: all there are)."""

    size: int = 15 * MEGABYTE
    types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """A file as it will be kept. ``source_sha256`` is of what was sent, ``sha256`` of ``data``."""

    type: FileType
    data: bytes
    name: str
    sha256: str
    source_sha256: str
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = None


def examine(data: bytes, name: str | None, accepted: Accepted = Accepted()) -> Examined:
    """Check a file and make it clean; takes CPU, so run it in a thread.

    Raises:
        FileTooLarge: too many bytes or pixels.
        FileTypeRefused: the content is of no type that is taken.
        FileDamaged: it is not whole, or holds something else besides.
    """
    if len(data) > accepted.size:
        raise FileTooLarge(megabytes=accepted.size // MEGABYTE, megapixels=images.MOST_PIXELS // 1_000_000)
    type = type_of(data)
    if type is None or (accepted.types is not None and type.code not in accepted.types):
        raise FileTypeRefused
    source = hashlib.sha256(data).hexdigest()
    if type.kind == "image":
        picture = images.clean(data, type, megabytes=accepted.size // MEGABYTE)
        return Examined(
            picture.type,
            picture.data,
            safe_name(name, picture.type),
            hashlib.sha256(picture.data).hexdigest(),
            source,
            picture.width,
            picture.height,
            picture.thumbnail,
        )
    cleaned = _cleaned(data, type)
    return Examined(type, cleaned, safe_name(name, type), hashlib.sha256(cleaned).hexdigest(), source)


def _cleaned(data: bytes, type: FileType) -> bytes:
    if type is PDF:
        return _pdf(data)
    if type is M4A:
        return audio.m4a(data)
    if type is MP3:
        return audio.mp3(data)
    return audio.amr(data, wide=type is AMR_WB)


def _pdf(data: bytes) -> bytes:
    """A PDF with nothing behind it, no ZIP in front of a reader that looks from the end, no script, no attachment.

    It is never shown in our pages: it is handed out as a download, in a sandbox.
    """
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\r\n\t \x00") or b"PK\x05\x06" in data[-66_000:]:
        raise FileDamaged
    if re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|OpenAction\s*<<[^>]*/JS)\b", data):
        raise FileTypeRefused
    return data


_LONGEST_NAME: Final = 80


def safe_name(name: str | None, type: FileType) -> str:
    """What people are shown as the file's name: the last part of what was sent, without tricks, with a true ending.

    It never becomes part of a path: contents are kept under ids.
    """
    text = unicodedata.normalize("NFC", name or "")
    text = re.split(r"[/\\]", text)[-1]
    # Controls, direction overrides ("gpj.exe" shown as "exe.jpg") and what a header or a shell would read.
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C" and c not in '"<>|:*?;%$`\'')
    stem = text.rsplit(".", 1)[0] if "." in text else text
    stem = re.sub(r"\s+", " ", stem).strip(" .") or "file"
    return stem[:_LONGEST_NAME].rstrip(" .") + type.ending
