"""``/ticketing/v1/tickets/{id}/duplicates`` and ``…/merge``: the same thing reported twice."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.ticketing.tickets import duplicates_repository, merging, service
from services.ticketing.tickets.merging import Likely
from services.ticketing.tickets.present import present_ticket
from services.ticketing.tickets.schemas import Paragraph, TicketOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, TxDep, etag, problems, service_router
from shared.http.schemas import Input, Output, Text

router = service_router(prefix="/v1/tickets", tags=["tickets"])


class LikelyOut(Output):
    """A case that may be the same. ``refused`` says why this one cannot be merged into it now; null: it can."""

    ticket: TicketOut
    reasons: list[Literal["unit", "place", "category", "text"]]
    likeness: float
    refused: Text | None


class DuplicatesOut(Output):
    """What a case repeats or is repeated by: merged already, and likely."""

    merged_into: UUID | None
    merged: list[TicketOut]
    likely: list[LikelyOut]


class MergeIn(Input):
    """Which case goes on, and why they are the same."""

    into: UUID
    reason: Paragraph

    model_config = {
        "json_schema_extra": {
            "examples": [{"into": "01955a3e-7c00-7000-8000-000000000003", "reason": "同一业主就同一处漏水再次来电"}]
        }
    }


def _likely(found: Likely) -> LikelyOut:
    refused = found.refused
    return LikelyOut(
        ticket=present_ticket(found.row),
        reasons=list(found.reasons),
        likeness=round(found.likeness, 2),
        refused=None if refused is None else Text(zh=refused.values["why_zh"], en=refused.values["why_en"]),
    )


@router.get("/{ticket_id}/duplicates", operation_id="list_ticket_duplicates", responses=problems(404))
async def list_duplicates(
    ticket_id: UUID,
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.duplicates")],
    days: Annotated[int, Query(ge=1, le=90, description="Received so many days before or after it")] = 14,
) -> DuplicatesOut:
    """Cases of the same kind in the community that may be the same thing, to be asked for right after the intake.

    The same unit or place, or a similar text, makes one likely; at most 20, the likeliest first.
    """
    row = await service.find(tx, who, ticket_id)
    return DuplicatesOut(
        merged_into=row.merged_into,
        merged=[present_ticket(m) for m in await duplicates_repository.merged(tx, ticket_id)],
        likely=[_likely(found) for found in await merging.likely(tx, row, days)],
    )


@router.post("/{ticket_id}/merge", operation_id="merge_ticket", responses=problems(404, 409, 412))
async def merge(
    ticket_id: UUID,
    body: MergeIn,
    tx: TxDep,
    who: Annotated[Principal, allow("ticket.merge")],
    if_match: IfMatch,
    response: Response,
) -> TicketOut:
    """Withdraw a case in favour of the one it repeats: same household, received first.

    It stays on record as received, and a missed promise stays missed; one that still runs must run in the main case.
    """
    row = await merging.merge(tx, who, ticket_id, body.into, body.reason, if_match)
    etag(response, row.version)
    return present_ticket(row)
