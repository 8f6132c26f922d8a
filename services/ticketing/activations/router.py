"""Activation codes: issued for the printer, listed without the code, revoked, redeemed in the app."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response

from services.ticketing import access
from services.ticketing.activations import repository, service, slips
from services.ticketing.activations.schemas import (
    ActivationCodeOut,
    IssueIn,
    PrintedListOut,
    RedeemedOut,
    RedeemIn,
    SlipsIn,
    code_out,
)
from services.ticketing.models import activation_codes
from services.ticketing.sessions.context import context_of, settled
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, own_transactions, page_of, problems, service_router

router = service_router(prefix="/v1", tags=["households"])

_PDF: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The slips as PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}

Codes = Annotated[Principal, allow("household.codes")]


@router.post("/activation-codes", status_code=201, operation_id="issue_activation_codes", responses=problems(404, 409))
@own_transactions
async def issue_codes(body: IssueIn, request: Request, who: Codes, response: Response) -> PrintedListOut:
    """Make codes and answer them once, as a list to be printed; earlier codes of these units and role are revoked.

    No Idempotency-Key: the answer is kept nowhere. A list that was lost is made again.
    """
    ctx = context_of(request)

    async def act() -> PrintedListOut:
        async with ctx.tx(who.org, actor_id=who.sub) as tx:
            return PrintedListOut(items=await service.issue(tx, ctx.vault, who, body))

    response.headers["Cache-Control"] = "no-store"
    return await settled(act)


@router.post(
    "/activation-codes/slips",
    status_code=201,
    operation_id="print_activation_slips",
    responses={**_PDF, **problems(404, 409, 503)},
    response_class=Response,
)
@own_transactions
async def print_slips(body: SlipsIn, request: Request, who: Codes) -> Response:
    """Make codes and answer them once, printed: a slip for each unit, to be put into its letter box.

    With `bills` each slip is the unit's bill: what its present household owes stands above the code. Billing never
    learns the code, nor is the PDF kept anywhere. Slips that were lost are printed again, which revokes these.
    """
    ctx = context_of(request)
    pdf = await settled(lambda: slips.make(request.app.state.runtime, ctx, who, body))
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote('激活码 activation.pdf', safe='')}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(pdf, status_code=201, media_type="application/pdf", headers=headers)


@router.get("/activation-codes", operation_id="list_activation_codes")
async def list_codes(
    tx: TxDep,
    who: Codes,
    page: PageDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    state: Literal["issued", "used", "revoked"] | None = None,
) -> Page[ActivationCodeOut]:
    """Which codes there are, who issued them and who used them."""
    c = activation_codes.c
    where = access.within_reach(tx, who, community_column=c.community_id)
    for column, wanted in ((c.community_id, community_id), (c.unit_id, unit_id), (c.state, state)):
        if wanted is not None:
            where.append(column == wanted)
    rows = await repository.page(tx, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, code_out)


@router.post(
    "/activation-codes/{id}/revoke", operation_id="revoke_activation_code", responses=problems(404, 409)
)
async def revoke_code(id: UUID, tx: TxDep, who: Codes) -> ActivationCodeOut:
    """Take back a code that was not used: a letter that went astray."""
    return code_out(await service.revoke(tx, who, id))


@router.post("/activations", operation_id="redeem_activation_code", responses=problems(404, 409, 429))
@own_transactions
async def redeem_code(
    body: RedeemIn, request: Request, who: Annotated[Principal, allow("household.activate")]
) -> RedeemedOut:
    """Show the code on one's bill: the unit is one's own at once, and named in the next token."""
    ctx = context_of(request)
    return await settled(lambda: service.redeem(ctx, who, body.code))
