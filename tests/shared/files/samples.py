"""Files as phones and attackers make them."""

from __future__ import annotations

import io
import struct
import zipfile

import pillow_heif
from PIL import Image

PLACE = b"30.2741N120.1551E"


def photo(width: int = 640, height: int = 480, format: str = "JPEG", **options: object) -> bytes:
    """A picture with something in it."""
    image = Image.effect_noise((width, height), 40).convert("RGB")
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def phone_photo() -> bytes:
    """A JPEG as a phone writes it: lying on its side, with place and device in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "PhoneMaker"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (30.0, 16.0, 26.0), "E", (120.0, 9.0, 18.0)
    exif[0x010E] = PLACE.decode()
    return photo(exif=exif, comment=PLACE)


def heic() -> bytes:
    """A HEIC photo with EXIF."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    image = pillow_heif.from_pillow(Image.open(io.BytesIO(photo())))
    image.save(out, exif=exif.tobytes())
    return out.getvalue()


def amr(frames: int = 50) -> bytes:
    """A voice note of 20 ms frames, 12.2 kbit/s."""
    return b"#!AMR\n" + (b"\x3c" + b"\x55" * 31) * frames


def mp3(frames: int = 20, tag: bytes = PLACE) -> bytes:
    """MPEG-1 layer III, 128 kbit/s, 44.1 kHz, with an ID3 tag."""
    size = len(tag)
    head = b"ID3\x03\x00\x00" + bytes([(size >> s) & 0x7F for s in (21, 14, 7, 0)])
    return head + tag + (b"\xff\xfb\x90\x00" + b"\x00" * 413) * frames + b"TAG" + tag.ljust(125, b"\x00")


def box(kind: bytes, content: bytes) -> bytes:
    """An MPEG-4 box."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def m4a(handler: bytes = b"soun") -> bytes:
    """An MPEG-4 recording with its place in `udta`."""
    hdlr = box(b"hdlr", b"\x00" * 8 + handler + b"\x00" * 13)
    moov = box(b"moov", box(b"trak", box(b"mdia", hdlr)) + box(b"udta", PLACE))
    return box(b"ftyp", b"M4A \x00\x00\x00\x00M4A mp42") + moov + box(b"mdat", b"\x21" * 400)


def pdf(body: bytes = b"") -> bytes:
    """A PDF in outline."""
    return b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n" + body + b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def zipped(**files: bytes) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
