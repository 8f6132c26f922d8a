"""``/ticketing/v1/slips`` and the slips of a ticket."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.ticketing.domain.slips import STATES
from services.ticketing.slips import service
from services.ticketing.slips.schemas import (
    ConfirmIn,
    LinesIn,
    PostIn,
    SlipIn,
    SlipLineOut,
    SlipOut,
    SlipState,
    VoidIn,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel, Text

router = service_router(prefix="/v1", tags=["service slips"])

_SAME = tuple(name for name in SlipOut.model_fields if name not in {"state_name", "lines", "total"})
_LINE = ("what", "name", "quantity", "unit", "source", "free")

Reads = Annotated[Principal, allow("slip.read")]
Drafts = Annotated[Principal, allow("slip.draft")]
Posts = Annotated[Principal, allow("slip.post")]


def present(row: Row[Any]) -> SlipOut:
    """A slip as it goes out."""
    zh, en = STATES[row.state]
    lines = [
        SlipLineOut(
            **{name: line[name] for name in _LINE},
            price=MoneyModel.of_fen(line["price_fen"]),
            amount=MoneyModel.of_fen(line["amount_fen"]),
        )
        for line in row.lines
    ]
    total = MoneyModel.of_fen(row.total_fen)
    same = {name: getattr(row, name) for name in _SAME}
    return SlipOut(state_name=Text(zh=zh, en=en), lines=lines, total=total, **same)


@router.post("/tickets/{ticket_id}/slips", status_code=201, operation_id="draft_slip", responses=problems(404, 409))
async def draft(ticket_id: UUID, body: SlipIn, tx: TxDep, who: Drafts, response: Response) -> SlipOut:
    """Write a paid service slip: each line is rounded once, half up, and the total is their sum."""
    row = await service.draft(tx, who, ticket_id, body)
    created(response, f"/ticketing/v1/slips/{row.id}", row.version)
    return present(row)


@router.get("/tickets/{ticket_id}/slips", operation_id="list_ticket_slips", responses=problems(404))
async def list_of_ticket(ticket_id: UUID, tx: TxDep, who: Reads) -> Page[SlipOut]:
    """All slips of a case, oldest first."""
    rows = await service.of_ticket(tx, who, ticket_id)
    return page_of(rows, len(rows), key=lambda r: {"id": r.id}, present=present)


@router.get("/slips", operation_id="list_slips")
async def list_slips(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    state: Annotated[list[SlipState] | None, Query(max_length=5)] = None,
    community_id: UUID | None = None,
) -> Page[SlipOut]:
    """Slips within reach, oldest first: those confirmed and not posted are what the desk has to enter."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.page(tx, who, state or (), community_id, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.get("/slips/{slip_id}", operation_id="get_slip", responses=problems(404))
async def get_slip(slip_id: UUID, tx: TxDep, who: Reads, response: Response) -> SlipOut:
    """One slip."""
    row = await service.find(tx, who, slip_id)
    etag(response, row.version)
    return present(row)


@router.put("/slips/{slip_id}/lines", operation_id="price_slip", responses=problems(404, 409, 412))
async def price(
    slip_id: UUID, body: LinesIn, tx: TxDep, who: Drafts, if_match: IfMatch, response: Response
) -> SlipOut:
    """Replace the lines; a slip that was confirmed waits for a new confirmation."""
    row = await service.price(tx, who, slip_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/slips/{slip_id}/confirm", operation_id="confirm_slip", responses=problems(404, 409))
async def confirm(
    slip_id: UUID,
    body: ConfirmIn,
    tx: TxDep,
    who: Annotated[Principal, allow("slip.confirm")],
    response: Response,
) -> SlipOut:
    """The owner agrees to exactly these lines, or refuses them; a refused slip keeps the case open."""
    row = await service.confirm(tx, who, slip_id, body)
    etag(response, row.version)
    return present(row)


@router.post("/slips/{slip_id}/post", operation_id="post_slip", responses=problems(404, 409, 412))
async def post(
    slip_id: UUID, body: PostIn, tx: TxDep, who: Posts, if_match: IfMatch, response: Response
) -> SlipOut:
    """The amount was entered for the deduction run."""
    row = await service.post(tx, who, slip_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/slips/{slip_id}/void", operation_id="void_slip", responses=problems(404, 409, 412))
async def void(
    slip_id: UUID, body: VoidIn, tx: TxDep, who: Posts, if_match: IfMatch, response: Response
) -> SlipOut:
    """The slip no longer counts. It keeps its number."""
    row = await service.void(tx, who, slip_id, body, if_match)
    etag(response, row.version)
    return present(row)
