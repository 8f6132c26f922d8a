"""Photos made anew from their pixels: no EXIF (where the owner lives), no payload behind the picture, upright.

HEIC becomes JPEG, because neither WeChat nor most browsers show it.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Final

import pillow_heif
from PIL import Image, ImageOps

from shared.files.errors import FileDamaged, FileTooLarge
from shared.files.kinds import HEIC, JPEG, PNG, WEBP, FileType

#: Pixels that are decoded at once (50 megapixels are 150 MB); a JPEG can be halved while it is read and may have more.
MOST_PIXELS: Final = 50_000_000
MOST_JPEG_PIXELS: Final = 220_000_000
LONGEST_SIDE: Final = 4096
THUMBNAIL_SIDE: Final = 320
_FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}

pillow_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = MOST_JPEG_PIXELS  # ours are checked first and answered as what they are


@dataclass(frozen=True, slots=True)
class Picture:
    """A cleaned picture and its thumbnail (always JPEG); sizes in pixels as a person sees it."""

    type: FileType
    data: bytes
    thumbnail: bytes
    width: int
    height: int


def clean(data: bytes, type: FileType, *, megabytes: int) -> Picture:
    """Decode a picture with the one decoder its content asks for, and write it anew.

    Raises:
        FileTooLarge: more pixels than are decoded.
        FileDamaged: it cannot be decoded to the end.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limits decide, not Pillow's warning
            with Image.open(io.BytesIO(data), formats=(_FORMATS[type],)) as opened:
                return _write(_decode(opened, type, megabytes), type)
    except (FileTooLarge, MemoryError):
        raise
    except Image.DecompressionBombError as problem:
        raise FileTooLarge(megabytes=megabytes, megapixels=MOST_PIXELS // 1_000_000) from problem
    except Exception as problem:  # decoders raise whatever the bytes provoke: OSError, ValueError, SyntaxError, …
        raise FileDamaged from problem


def _decode(opened: Image.Image, type: FileType, megabytes: int) -> Image.Image:
    width, height = opened.size
    # A progressive JPEG keeps all its coefficients while it is read, so halving does not help there.
    most = MOST_JPEG_PIXELS if type is JPEG and not opened.info.get("progressive") else MOST_PIXELS
    if width * height > most or max(width, height) > 30_000:
        raise FileTooLarge(megabytes=megabytes, megapixels=most // 1_000_000)
    if type is JPEG:
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    opened.load()
    ImageOps.exif_transpose(opened, in_place=True)
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return opened


def _write(image: Image.Image, type: FileType) -> Picture:
    see_through = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA")
    profile = image.info.get("icc_profile")  # colours would shift without it; it says nothing about anybody
    if not isinstance(profile, bytes) or len(profile) > 1024 * 1024:
        profile = None
    kind = JPEG if type in (JPEG, HEIC) else type
    image = image.convert("RGBA" if see_through and kind is not JPEG else "RGB")
    image.info = {}
    out = io.BytesIO()
    if kind is PNG:
        image.save(out, "PNG", icc_profile=profile, compress_level=6)
    elif kind is WEBP:
        image.save(out, "WEBP", icc_profile=profile or b"", quality=88, method=4)
    else:
        image.save(out, "JPEG", icc_profile=profile, quality=88, optimize=True)
    return Picture(kind, out.getvalue(), _thumbnail(image), image.width, image.height)


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
