"""``/billing/v1/payment-callbacks``: where providers tell us what was paid. Public: the signature is the permission."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Path, Request, Response
from fastapi.responses import PlainTextResponse

from services.billing.orders import service
from services.billing.orders.accounts import PROVIDERS, account_named
from services.billing.payment_errors import CallbackNotAuthentic
from services.billing.providers._said import BackWord, Callback, NotTheirs
from services.billing.refunds import sending
from shared.clock import wall
from shared.http.routing import problems, public, service_router
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/payment-callbacks", tags=["payment orders"])

log = structlog.get_logger(__name__)


@router.post(
    "/{org_id}/{account}",
    operation_id="hear_payment_callback",
    response_class=PlainTextResponse,
    responses=problems(401, 404),
)
@public
async def hear_payment_callback(
    org_id: UUID, account: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")], request: Request
) -> Response:
    """Hear a provider, which signs what it says.

    The address only chooses whose keys are tried; order, amount and merchant come from what is signed and are held
    against our own order. "Heard" is answered after the commit, so that what is not stored is told again.
    """
    rt = request.app.state.runtime
    body = await request.body()
    found = account_named(rt.settings, account)
    try:
        if found is None or found.org not in (None, org_id):
            raise NotTheirs("no such account")
        provider = PROVIDERS[found.method]
        word = provider.hear(found, Callback(request.headers, body), wall())
    except NotTheirs as problem:
        log.warning("callback.refused", account=account, problem=str(problem))
        raise CallbackNotAuthentic() from None
    async with rt.db.tx(org_id, request_id=request_id.get()) as tx:
        if isinstance(word, BackWord):
            verdict = await sending.heard(tx, found, word)
        else:
            verdict = await service.heard(tx, found, word)
    log.info("callback.heard", account=account, order=str(word.order_id), verdict=verdict)
    status, text, media = provider.thanks
    return Response(text, status_code=status, media_type=media)
