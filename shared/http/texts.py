"""Refuses texts that no database keeps, before a transaction is opened, and says where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from shared.errors import FieldError
from shared.http.errors import UnstorableText

_ESCAPE: Final = b"\\u0000"
_MOST_NAMED: Final = 20


def refuse_unstorable(body: bytes) -> None:
    """Raise UnstorableText, naming the fields, when a JSON body holds U+0000.

    In JSON that character can only be written as an escape, so most bodies cost one search for six bytes.
    """
    if _ESCAPE not in body:
        return
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return  # not JSON at all, which the endpoint says better
    paths = [path for _, path in zip(range(_MOST_NAMED), _holding(found, ""), strict=False)]
    if paths:
        raise UnstorableText(
            fields=[FieldError(path, "包含无法保存的字符", "Holds a character that cannot be stored") for path in paths]
        )


def _holding(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if "\x00" in value:
            yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            below = f"{path}.{name}" if path else name
            if "\x00" in name:
                yield below.replace("\x00", "\\u0000")
            else:
                yield from _holding(inner, below)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _holding(inner, f"{path}.{index}" if path else str(index))
