"""``/ticketing/v1/units/{id}/timeline`` and ``/ticketing/v1/people/{id}/timeline``: everything, newest first."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Row

from services.ticketing.timeline import service
from services.ticketing.timeline.sources import SOURCES
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, PageQuery, TxDep, page_of, problems, service_router
from shared.http.schemas import Output, Text, UtcTime

router = service_router(prefix="/v1", tags=["timeline"])

Reads = Annotated[Principal, allow("timeline.read")]
Kinds = Annotated[
    list[str] | None,
    Query(max_length=len(SOURCES), description=f"Only lines of these kinds: {', '.join(SOURCES)}"),
]


class LineOut(Output):
    """One thing that happened. ``subject_id`` is what to open: the case, the survey, the owner's file, the person."""

    at: UtcTime
    kind: str
    kind_name: Text
    id: UUID
    subject_id: UUID
    data: dict[str, Any]


def _kinds(wanted: list[str] | None) -> list[str]:
    return [kind for kind in SOURCES if wanted is None or kind in wanted]


def _after(page: PageQuery) -> service.After:
    return None if page.after is None else (page.after.time("at"), page.after.uuid())


def _present(row: Row[Any]) -> LineOut:
    _, zh, en = SOURCES[row.kind]
    return LineOut(
        at=row.at,
        kind=row.kind,
        kind_name=Text(zh=zh, en=en),
        id=row.id,
        subject_id=row.subject_id,
        data=row.data,
    )


def _page(rows: service.Page, page: PageQuery) -> Page[LineOut]:
    return page_of(rows, page.limit, key=lambda r: {"at": r.at, "id": r.id}, present=_present)


@router.get("/units/{id}/timeline", operation_id="get_unit_timeline", responses=problems(404))
async def unit_timeline(id: UUID, tx: TxDep, who: Reads, page: PageDep, kind: Kinds = None) -> Page[LineOut]:
    """A household's whole story, newest first: cases, signatures, calls, surveys, relations, its file, attachments.

    Bills and payments are billing's and messages notify's: read their lists by `unit_id` beside this one and merge
    by time, page by page.
    """
    kinds = _kinds(kind)
    rows = await service.of_unit(tx, who, id, kinds, _after(page), page.limit + 1) if kinds else []
    return _page(rows, page)


@router.get("/people/{id}/timeline", operation_id="get_person_timeline", responses=problems(404))
async def person_timeline(id: UUID, tx: TxDep, who: Reads, page: PageDep, kind: Kinds = None) -> Page[LineOut]:
    """What a person reported, signed and answered, and the units they came to and left, newest first."""
    kinds = _kinds(kind)
    rows = await service.of_person(tx, who, id, kinds, _after(page), page.limit + 1) if kinds else []
    return _page(rows, page)
