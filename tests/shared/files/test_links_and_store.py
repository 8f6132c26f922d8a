"""A link opens one file for ten minutes; a store's keys are made of ids alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import pytest

from shared.files import FileGone, LinkExpired, LinkInvalid, Links, StorageMissing, open_store
from shared.files.store import key_of
from shared.settings import ConfigurationError

KEY = "ab" * 32
NOW = datetime(2025, 3, 7, 1, 0, tzinfo=UTC)


def test_a_link_is_good_for_ten_minutes_and_for_exactly_what_it_names() -> None:
    links, org, file = Links(KEY), uuid4(), uuid4()
    found = {name: values[0] for name, values in parse_qs(links.query(org, file, "original", NOW)).items()}
    expires, signature = int(found["expires"]), found["signature"]
    assert links.check(org, file, "original", expires, signature, NOW) == timedelta(minutes=10)
    with pytest.raises(LinkExpired):
        links.check(org, file, "original", expires, signature, NOW + timedelta(minutes=10))
    altered = [
        (uuid4(), file, "original", expires, signature),
        (org, uuid4(), "original", expires, signature),
        (org, file, "thumbnail", expires, signature),
        (org, file, "original", expires + 1, signature),
        (org, file, "original", expires, signature[:-1] + ("A" if signature[-1] != "A" else "B")),
        (org, file, "original", expires, ""),
        (org, file, "original", expires, "é"),
    ]
    for org_id, file_id, variant, until, signed in altered:
        with pytest.raises(LinkInvalid):
            links.check(org_id, file_id, variant, until, signed, NOW)
    with pytest.raises(LinkInvalid):
        Links("cd" * 32).check(org, file, "original", expires, signature, NOW)


def test_without_a_key_no_links_are_made() -> None:
    with pytest.raises(ConfigurationError):
        Links("")


async def test_objects_lie_under_ids_in_a_folder(tmp_path: Path) -> None:
    store = open_store((tmp_path / "files").as_uri())
    org, file = UUID(int=1), UUID(int=2)
    await store.put(key_of(org, file), b"0123456789")
    assert [p.relative_to(tmp_path / "files") for p in (tmp_path / "files").rglob("*") if p.is_file()] == [
        Path(str(org)) / f"{file}.original"
    ]
    assert await store.get(key_of(org, file)) == b"0123456789"
    assert b"".join([piece async for piece in await store.read(key_of(org, file), (2, 5))]) == b"234"
    await store.delete(key_of(org, file), key_of(org, file, "thumbnail"))
    with pytest.raises(FileGone):
        await store.get(key_of(org, file))
    with pytest.raises(FileGone):
        await store.read(key_of(org, file))


def test_nothing_from_outside_becomes_a_key() -> None:
    with pytest.raises(ValueError):
        key_of(UUID(int=1), "../../etc/passwd")  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        key_of(UUID(int=1), UUID(int=2), "../x")


def test_without_a_store_uploads_wait() -> None:
    with pytest.raises(StorageMissing):
        open_store("")
