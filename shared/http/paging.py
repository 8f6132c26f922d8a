"""Lists in pages: opaque cursors that stay true while others write, `Link` for clients that follow headers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import orjson
from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from shared.http.errors import BadCursor
from shared.http.schemas import UtcTime

DEFAULT_LIMIT: Final = 50
MOST: Final = 200

T = TypeVar("T")
Row = TypeVar("Row")

Cursor = Mapping[str, Any]


def _plain(value: Any) -> Any:
    # orjson writes datetimes, dates and UUIDs itself; a Decimal sort key must come back to the digit
    # and the driver's own UUIDs are a subclass, which orjson hands to us
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    raise TypeError(f"a cursor cannot hold {type(value).__name__}")


def encode_cursor(key: Mapping[str, Any]) -> str:
    """The opaque form of the last row's sort key (strings, numbers, times, dates, ids)."""
    raw = orjson.dumps(dict(key), default=_plain, option=orjson.OPT_UTC_Z)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> dict[str, Any]:
    """The sort key in a cursor, values as JSON has them. Raises BadCursor (422) for anything we did not write."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as problem:
        raise BadCursor from problem
    if not isinstance(found, dict) or not found:
        raise BadCursor
    return found


class After(dict[str, Any]):
    """A decoded cursor with typed reads, so that a hand-made cursor is 422 and never a database error."""

    def _read(self, name: str, convert: Callable[[str], T]) -> T:
        value = self.get(name)
        if not isinstance(value, str):
            raise BadCursor
        try:
            return convert(value)
        except (ValueError, ArithmeticError) as problem:
            raise BadCursor from problem

    def uuid(self, name: str = "id") -> UUID:
        """The id under `name`. Raises BadCursor."""
        return self._read(name, UUID)

    def time(self, name: str) -> datetime:
        """The instant under `name`, aware. Raises BadCursor."""
        found = self._read(name, datetime.fromisoformat)
        if found.tzinfo is None:
            raise BadCursor
        return found

    def date(self, name: str) -> date:
        """The local date under `name`. Raises BadCursor."""
        return self._read(name, date.fromisoformat)

    def text(self, name: str) -> str:
        """The string under `name`. Raises BadCursor."""
        return self._read(name, str)

    def number(self, name: str) -> int:
        """The whole number under `name`. Raises BadCursor."""
        value = self.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadCursor
        return value


class PageQuery:
    """What a caller asked of a list: `limit`, `after` (the decoded cursor or None), `updated_after` (UTC or None)."""

    __slots__ = ("_request", "_response", "after", "limit", "updated_after")

    def __init__(
        self,
        limit: int = DEFAULT_LIMIT,
        after: After | None = None,
        updated_after: datetime | None = None,
        request: Request | None = None,
        response: Response | None = None,
    ) -> None:
        self.limit = limit
        self.after = after
        self.updated_after = updated_after
        self._request = request
        self._response = response

    def link(self, cursor: str) -> None:
        """Set the `Link` header to the next page: the same address and filters, another cursor."""
        if self._request is None or self._response is None:
            return
        query = [(k, v) for k, v in parse_qsl(self._request.url.query, keep_blank_values=True) if k != "cursor"]
        query.append(("cursor", cursor))
        # relative, as RFC 8288 allows: behind the gateway we do not know our public host
        self._response.headers["Link"] = f'<{self._request.url.path}?{urlencode(query)}>; rel="next"'


_current: Final[ContextVar[PageQuery | None]] = ContextVar("steward_page", default=None)


async def _page_query(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Items per page")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next` of the page before; opaque")] = None,
    updated_after: Annotated[UtcTime | None, Query(description="Only rows changed at or after this instant")] = None,
) -> PageQuery:
    page = PageQuery(limit, After(decode_cursor(cursor)) if cursor else None, updated_after, request, response)
    _current.set(page)
    return page


PageDep = Annotated[PageQuery, Depends(_page_query)]


class Page(BaseModel, Generic[T]):
    """One page of a list; `next` is the cursor of the following one, null on the last."""

    model_config = ConfigDict(extra="forbid")

    items: list[T]
    next: str | None


def page_of(
    items: Sequence[Any],
    limit: int,
    key: Callable[[Any], Mapping[str, Any]],
    present: Callable[[Any], Any] | None = None,
) -> Page[Any]:
    """Make a page out of up to `limit + 1` rows: the extra one only tells that there is more.

    key: the sort key of a row, such as `lambda r: {"at": r.created_at, "id": r.id}`, which the query continues after.
    present: row -> output model; without it the rows are the output. Sets `Link` when there is a next page.
    """
    following: str | None = None
    if len(items) > limit:
        items = items[:limit]
        following = encode_cursor(key(items[-1]))
        current = _current.get()
        if current is not None:
            current.link(following)
    return Page[Any].model_construct(
        items=[present(item) for item in items] if present else list(items), next=following
    )
