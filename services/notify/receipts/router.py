"""Callbacks of providers: reports of what arrived. Anybody may call; who does not know the token finds nothing."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import JSONResponse

from services.notify.domain.channels import Provider, Receipts
from services.notify.errors import NoSuchReceiver, ReceiptsMalformed, ReceiptTooEarly
from services.notify.receipts import service
from services.notify.registry import providers
from shared.db import organisations
from shared.http.routing import problems, public, service_router
from shared.runtime import Runtime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/receipts", tags=["receipts"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [
                    {
                        "biz_id": "134523^4351232",
                        "out_id": "0195",
                        "success": True,
                        "err_code": "DELIVERED",
                        "report_time": "2025-03-07 09:00:03",
                    }
                ],
            }
        },
    }
}


def _receiver(provider: str, token: str) -> tuple[Provider, Receipts]:
    found = providers().get(provider)
    if found is None or found.receipts is None:
        raise NoSuchReceiver
    wanted = found.receipts.token()
    if not wanted or not hmac.compare_digest(wanted.encode(), token.encode()):
        raise NoSuchReceiver
    return found, found.receipts


@router.post(
    "/{provider}",
    operation_id="take_receipts",
    responses={
        200: {"description": "Taken, in the provider's own words", "content": {"application/json": {}}},
        **problems(404, 413),
    },
    openapi_extra=_BODY,
    response_class=JSONResponse,
)
@public  # the token in the address and the signature in what comes back are the permission
async def take_receipts(
    provider: str, request: Request, token: Annotated[str, Query(min_length=1, max_length=200)]
) -> JSONResponse:
    """A provider says what became of messages; taking the same report twice changes nothing."""
    found, how = _receiver(provider, token)
    try:
        reports = how.parse(await request.body())
    except ValueError as error:
        raise ReceiptsMalformed from error
    rt: Runtime = request.app.state.runtime
    known, bare = service.sort_out(rt.settings.link_key, reports)
    for org_id, told in known.items():
        async with rt.db.tx(org_id, request_id=request_id.get()) as tx:
            await service.record(tx, found.code, told)
    waiting = {receipt.reference: receipt for receipt in bare}
    if waiting:
        async with rt.db.plain() as raw:
            orgs = await organisations.known(raw, rt.spec.name)
        for org_id in orgs:
            async with rt.db.tx(org_id, request_id=request_id.get()) as tx:
                mine = await service.with_deliveries(tx, found.channel, waiting)
                await service.record(tx, found.code, mine)
            for _, receipt in mine:
                waiting.pop(receipt.reference, None)
    if waiting:
        # Perhaps faster than our own record of the sending: the provider brings it again, a few times.
        raise ReceiptTooEarly(count=len(waiting))
    return JSONResponse(dict(how.answer))
