"""Whatever is sent is taken for what its bytes are, and kept without what it should not carry."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shared.errors import AppError
from shared.files import Accepted, FileDamaged, FileTooLarge, FileTypeRefused, examine
from shared.files.examine import safe_name
from shared.files.kinds import JPEG
from tests.shared.files import samples
from tests.shared.files.samples import PLACE


@pytest.mark.parametrize(
    ("make", "media_type", "kind"),
    [
        (samples.photo, "image/jpeg", "image"),
        (lambda: samples.photo(format="PNG"), "image/png", "image"),
        (lambda: samples.photo(format="WEBP"), "image/webp", "image"),
        (samples.heic, "image/jpeg", "image"),
        (samples.amr, "audio/amr", "audio"),
        (samples.mp3, "audio/mpeg", "audio"),
        (samples.m4a, "audio/mp4", "audio"),
        (samples.pdf, "application/pdf", "document"),
    ],
)
def test_photos_voice_notes_and_pdfs_are_taken(make: Callable[[], bytes], media_type: str, kind: str) -> None:
    found = examine(make(), "whatever.exe")
    assert (found.type.media_type, found.type.kind) == (media_type, kind)
    assert found.name == "whatever" + found.type.ending


def test_a_photo_loses_place_and_device_and_stands_upright() -> None:
    sent = samples.phone_photo()
    assert PLACE in sent
    found = examine(sent, "IMG_0001.jpg")
    assert PLACE not in found.data and b"Exif" not in found.data and b"PhoneMaker" not in found.data
    image = Image.open(io.BytesIO(found.data))
    assert image.size == (480, 640) == (found.width, found.height)
    assert not image.getexif() and found.sha256 != found.source_sha256
    small = Image.open(io.BytesIO(found.thumbnail or b""))
    assert small.format == "JPEG" and max(small.size) == 320


@pytest.mark.parametrize("make", [samples.heic, samples.mp3, samples.m4a])
def test_other_recordings_lose_what_they_tell_besides(make: Callable[[], bytes]) -> None:
    sent = make()
    assert PLACE in sent and PLACE not in examine(sent, None).data


def test_what_hangs_behind_a_picture_is_gone() -> None:
    hidden = samples.zipped(evil=b"payload" * 100) + b"<script>alert(1)</script>"
    found = examine(samples.photo() + hidden, "cat.jpg")
    assert b"PK\x03\x04" not in found.data and b"<script>" not in found.data


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.zipped(a=b"1"), "photo.jpg"),
        (b"<html><script>alert(1)</script></html>", "photo.png"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "photo.svg"),
        (b"MZ\x90\x00" + b"\x00" * 100, "photo.heic"),
        (b"GIF89a" + b"\x00" * 100, "photo.gif"),
        (b"\x7fELF" + b"\x00" * 100, "voice.amr"),
        (b"", "empty.jpg"),
        (samples.pdf(b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"), "form.pdf"),
    ],
)
def test_other_content_is_refused_whatever_its_name_says(data: bytes, name: str) -> None:
    with pytest.raises(FileTypeRefused):
        examine(data, name)


@pytest.mark.parametrize(
    "data",
    [
        samples.photo()[:2000],
        b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 10,
        samples.amr() + samples.zipped(evil=b"x"),
        b"#!AMR\n<?php system('id'); ?>",
        samples.mp3()[:-128] + samples.zipped(evil=b"x" * 5000),
        samples.m4a() + samples.zipped(evil=b"x"),
        samples.m4a(b"vide"),
        samples.pdf() + samples.zipped(evil=b"x"),
        samples.pdf() + b"<script>",
    ],
)
def test_a_polyglot_or_a_broken_file_is_refused(data: bytes) -> None:
    with pytest.raises(FileDamaged):
        examine(data, "x")


def test_a_picture_of_a_few_bytes_and_a_billion_pixels_is_refused_before_it_is_decoded() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 25_000, 25_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 100_000)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    with pytest.raises(FileTooLarge):
        examine(bomb, "bomb.png")


def test_a_photo_of_thirty_megabytes_is_refused_and_a_large_one_is_made_smaller() -> None:
    with pytest.raises(FileTooLarge):
        examine(b"\xff\xd8\xff" + b"\x00" * 30_000_000, "big.jpg")
    found = examine(samples.photo(6000, 4000, quality=60), "big.jpg")
    assert max(found.width or 0, found.height or 0) <= 4096


def test_types_can_be_limited() -> None:
    with pytest.raises(FileTypeRefused):
        examine(samples.pdf(), "x.pdf", Accepted(types=frozenset({"jpeg"})))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Windows\\system32\\cmd.exe", "cmd.jpg"),
        ("照片 一.HEIC", "照片 一.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.jpg"),
        ('a"b\r\nSet-Cookie: x=1.png', "abSet-Cookie x=1.jpg"),
        ("....", "file.jpg"),
        ("", "file.jpg"),
        (None, "file.jpg"),
        ("x" * 500 + ".png", "x" * 80 + ".jpg"),
    ],
)
def test_no_name_from_outside_is_trusted(sent: str | None, kept: str) -> None:
    assert safe_name(sent, JPEG) == kept


HEADS = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b"#!AMR\n", b"\xff\xfb\x90\x00"]
HEADS += [b"ID3\x04\x00\x00\x00\x00\x00\x05"]
HEADS += [b"%PDF-1.4", b"\x00\x00\x00\x18ftypM4A ", b"\x00\x00\x00\x18ftypheic", b"\x00\x00\x00\x01ftypM4A \x00\x00"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_no_bytes_make_the_examination_fail_otherwise_than_by_refusing(head: bytes, rest: bytes) -> None:
    try:
        examine(head + rest, "x")
    except AppError as refused:
        assert refused.status in (413, 422)
