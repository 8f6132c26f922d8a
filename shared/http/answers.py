"""Answers made of stored rows, written as JSON straight away.

What comes from our own tables was checked when it went in. Making a model of each row and asking it for JSON costs four
times what writing the row costs; where people read all day that is most of the work. The endpoint still names its model
(``response_model=``), which documents it, and a test holds the two against each other.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from fastapi import Response

from shared.http.paging import Page


def _plain(value: Any) -> Any:
    # The driver's own UUIDs are a subclass, which orjson hands to us.
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"an answer cannot hold {type(value).__name__}")


def answer(content: Any, told: Response) -> Response:
    """``content`` (dicts, lists, texts, numbers, ids, UTC times) as the endpoint's answer.

    ``told`` is the response that FastAPI hands to the endpoint: headers set on it (ETag, Link) are kept.
    """
    written = orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z)
    response = Response(written, media_type="application/json")
    response.raw_headers.extend(told.raw_headers)
    return response


def answer_page(page: Page[Any], told: Response) -> Response:
    """:func:`answer` for a page whose items are dicts."""
    return answer({"items": page.items, "next": page.next}, told)
