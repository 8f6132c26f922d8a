"""Duplicates: the list, and the merge."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from services.ticketing.duplicates import repository, service
from services.ticketing.duplicates.schemas import DuplicateOut, MergeIn, duplicate_out
from services.ticketing.people.schemas import PersonOut, person_out
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router

router = service_router(prefix="/v1", tags=["people"])

Merges = Annotated[Principal, allow("people.merge")]


@router.get("/person-duplicates", operation_id="list_duplicates")
async def list_duplicates(tx: TxDep, who: Merges, page: PageDep) -> Page[DuplicateOut]:
    """Pairs within the caller's reach with the same phone, or the same name and a unit in common."""
    rows = await repository.pairs(tx, who, page)
    return page_of(rows, page.limit, lambda row: {"first": row.first_id, "second": row.second_id}, duplicate_out)


@router.post("/people/{id}/merge", operation_id="merge_person", responses=problems(404, 409))
async def merge_person(id: UUID, body: MergeIn, tx: TxDep, who: Merges) -> PersonOut:
    """Merge somebody into this person: relations, cases, papers and sign-ins follow; it cannot be undone."""
    return person_out(await service.merge(tx, who, id, body), masked=True)
