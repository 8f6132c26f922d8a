"""``/kpi/v1/letters``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.kpi.letters import service
from services.kpi.letters.schemas import LetterIn, LetterOut
from shared import clock
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import Text

router = service_router(prefix="/v1/letters", tags=["letters"])


def present(row: Row[Any]) -> LetterOut:
    """A letter as it goes out."""
    return LetterOut(
        id=row.id,
        version=row.version,
        template=row.template,
        template_version=row.template_version,
        title=Text(**row.definition["title"]),
        community_id=row.community_id,
        org_unit_id=row.org_unit_id,
        subject_id=row.subject_id,
        term=row.term,
        parent_id=row.parent_id,
        state=service.state(row, clock.now()),
        effective_on=row.effective_on,
        hash=row.hash,
        parameters=row.parameters,
        created_at=row.created_at,
    )


@router.post("", status_code=201, operation_id="create_letter", responses=problems(404, 409))
async def create_letter(
    body: LetterIn, tx: TxDep, who: Annotated[Principal, allow("letter.write")], response: Response
) -> LetterOut:
    """Make a letter from a template."""
    row = await service.create(tx, who, body)
    created(response, f"/kpi/v1/letters/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_letters")
async def list_letters(
    tx: TxDep,
    who: Annotated[Principal, allow("letter.read")],
    page: PageDep,
    template: Annotated[str | None, Query(max_length=20)] = None,
    community_id: UUID | None = None,
    subject_id: UUID | None = None,
    term: Annotated[str | None, Query(max_length=10)] = None,
    parent_id: UUID | None = None,
) -> Page[LetterOut]:
    """Letters within reach, the oldest first."""
    filters = {"template": template, "community_id": community_id, "subject_id": subject_id, "term": term}
    filters["parent_id"] = parent_id
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{letter_id}", operation_id="get_letter", responses=problems(404))
async def get_letter(
    letter_id: UUID, tx: TxDep, who: Annotated[Principal, allow("letter.read")], response: Response
) -> LetterOut:
    """One letter."""
    row = await service.get(tx, who, letter_id)
    etag(response, row.version)
    return present(row)
