"""The object store: a local folder or S3, chosen by a URL; keys are made of ids and never of anything sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from shared.files.errors import FileGone, StorageMissing

CHUNK: Final = 256 * 1024
#: What a store raises when it is away; a missing object is a FileNotFoundError and told apart first.
_AWAY = (BaseError, OSError, ValueError)


def key_of(org_id: UUID, file_id: UUID, variant: str = "original") -> str:
    """Where a file's content lies. Ids are UUIDs, variants our own words: nothing from outside is in a key."""
    if not variant.isalnum():
        raise ValueError(variant)
    return f"{UUID(str(org_id))}/{UUID(str(file_id))}.{variant}"


class Store:
    """Reads and writes whole objects. Network may be behind it: never inside a transaction."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, key: str, data: bytes) -> None:
        """Write an object, replacing one of the same key. Raises StorageMissing."""
        try:
            await obstore.put_async(self._store, key, data)
        except _AWAY as problem:
            raise StorageMissing from problem

    async def get(self, key: str) -> bytes:
        """A whole object. Raises FileGone, StorageMissing."""
        try:
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        except FileNotFoundError as problem:
            raise FileGone from problem
        except _AWAY as problem:
            raise StorageMissing from problem

    async def read(self, key: str, span: tuple[int, int] | None = None) -> AsyncIterator[bytes]:
        """An object, or its bytes ``span[0]`` up to and without ``span[1]``, in pieces.

        Opened before it is returned, so that a missing object is still an answer. Raises FileGone, StorageMissing.
        """
        options: Any = {} if span is None else {"range": span}
        try:
            found = await obstore.get_async(self._store, key, options=options)
        except FileNotFoundError as problem:
            raise FileGone from problem
        except _AWAY as problem:
            raise StorageMissing from problem

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=CHUNK):
                yield bytes(piece)

        return pieces()

    async def delete(self, *keys: str) -> None:
        """Remove objects; one that is not there is no error. Raises StorageMissing."""
        for key in keys:
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                continue
            except _AWAY as problem:
                raise StorageMissing from problem


def open_store(url: str) -> Store:
    """The store of ``STEWARD_FILES_URL``: ``file:///folder``, ``s3://bucket/prefix`` (credentials from the AWS_…
    environment), ``memory:///`` for tests. Raises StorageMissing without one."""
    if not url:
        raise StorageMissing
    if url.startswith("file:"):
        return Store(from_url(url, mkdir=True, automatic_cleanup=True))
    return Store(from_url(url))
