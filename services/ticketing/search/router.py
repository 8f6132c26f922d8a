"""``/ticketing/v1/search``: one field for whatever somebody has in hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.ticketing.search import service
from services.ticketing.search.marks import hasher
from services.ticketing.search.schemas import FoundOut, Kind, RebuildOut
from services.ticketing.search.service import Found
from services.ticketing.search.tasks import REBUILD_JOB
from services.ticketing.sessions.secrets import vault
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, service_router

router = service_router(prefix="/v1/search", tags=["search"])


def _present(found: Found) -> FoundOut:
    return FoundOut(match=found.match, **asdict(found.thing) | {"state_name": found.thing.state_name})


@router.get("", operation_id="search")
async def search(
    request: Request,
    tx: TxDep,
    who: Annotated[Principal, allow("search.find")],
    page: PageDep,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=100,
            description="A number or its beginning (R20250307-0012, 3-2-501), words of either language, a name, "
            "the last four or more digits of a phone number",
            examples=["3-2-501"],
        ),
    ],
    types: Annotated[list[Kind] | None, Query(description="Only these kinds", max_length=5)] = None,
    community_id: UUID | None = None,
) -> Page[FoundOut]:
    """Tickets, units, buildings, communities and people within reach.

    An exact number stands first, then numbers that begin so, then what has all the words, the newest first. People are
    found by those who may read them, and masked. What was written a moment ago is found within a second.
    """
    hash = hasher(vault(request.app.state.runtime.settings.master_key))
    found = await service.search(tx, who, hash, q, types, community_id, page.after, page.limit + 1)
    return page_of(found, page.limit, key=lambda f: f.key, present=_present)


@router.post("/rebuild", status_code=202, operation_id="rebuild_search")
async def rebuild(tx: TxDep, who: Annotated[Principal, allow("search.rebuild")]) -> RebuildOut:
    """Make the organisation's documents of search anew, in the background; searching goes on meanwhile."""
    tx.audit("search.rebuilt", "organisation", tx.org_id)
    return RebuildOut(job_id=tx.enqueue(REBUILD_JOB, {}))
