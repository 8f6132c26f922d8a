"""``/notify/v1/webhooks``: subscribe, change, rotate the secret, try out, read the log, send again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request, Response

from services.notify.webhooks import service
from services.notify.webhooks.schemas import (
    KeepOldSecretIn,
    WebhookAttemptOut,
    WebhookChangeIn,
    WebhookDeliveryOut,
    WebhookIn,
    WebhookOut,
    WebhookSecretOut,
)
from shared.auth import Principal, allow
from shared.http.routing import (
    IfMatch,
    Page,
    PageDep,
    TxDep,
    answer_not_kept,
    created,
    etag,
    page_of,
    problems,
    service_router,
)

router = service_router(prefix="/v1/webhooks", tags=["webhooks"])

Manager = Annotated[Principal, allow("webhook.manage")]


def _fields(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "url": row.url,
        "events": list(row.events),
        "scope": list(row.scope),
        "enabled": row.enabled,
        "disabled_at": row.disabled_at,
        "disabled_for": row.disabled_for,
        "previous_secret_until": row.previous_until,
        "owner_id": row.owner_id,
        "created_at": row.created_at,
        "version": row.version,
    }


def present(row: Any) -> WebhookOut:
    """A subscription without its secret."""
    return WebhookOut(**_fields(row))


def _delivery(row: Any, attempts: Sequence[Any] = ()) -> WebhookDeliveryOut:
    return WebhookDeliveryOut(
        id=row.id,
        event_id=row.event_id,
        event_type=row.event_type,
        state=row.state,
        attempts=row.attempts,
        next_at=row.next_at,
        last_status=row.last_status,
        created_at=row.created_at,
        log=[
            WebhookAttemptOut(
                number=a.number,
                started_at=a.started_at,
                ended_at=a.ended_at,
                answer=a.answer,
                status=a.status,
                detail=a.detail,
            )
            for a in attempts
        ],
    )


@router.post("", status_code=201, operation_id="create_webhook", responses=problems(409))
@answer_not_kept  # an idempotency key would keep the answer, and with it the secret
async def create_webhook(
    body: WebhookIn, tx: TxDep, who: Manager, request: Request, response: Response
) -> WebhookSecretOut:
    """Subscribe to events, the secret is shown this once. Signed as Standard Webhooks have it, tried for seven days."""
    row, secret = await service.create(tx, who, body, request.app.state.runtime.settings)
    created(response, f"/notify/v1/webhooks/{row.id}", row.version)
    return WebhookSecretOut(**_fields(row), secret=secret)


@router.get("", operation_id="list_webhooks")
async def list_webhooks(tx: TxDep, who: Manager, page: PageDep) -> Page[WebhookOut]:
    """Subscriptions to events, where a connected system sees its own and an administrator all within reach."""
    rows = await service.page(tx, who, page)
    return page_of(rows, page.limit, key=lambda row: {"id": row.id}, present=present)


@router.get("/{webhook_id}", operation_id="get_webhook", responses=problems(404))
async def get_webhook(webhook_id: UUID, tx: TxDep, who: Manager, response: Response) -> WebhookOut:
    """One subscription."""
    row = await service.find(tx, who, webhook_id)
    etag(response, row.version)
    return present(row)


@router.patch("/{webhook_id}", operation_id="change_webhook", responses=problems(404, 409, 412))
async def change_webhook(
    webhook_id: UUID,
    body: WebhookChangeIn,
    tx: TxDep,
    who: Manager,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> WebhookOut:
    """Change a subscription, or switch it off or on again."""
    row = await service.change(tx, who, webhook_id, body, request.app.state.runtime.settings, if_match)
    etag(response, row.version)
    return present(row)


@router.delete("/{webhook_id}", status_code=204, operation_id="end_webhook", responses=problems(404, 409))
async def end_webhook(webhook_id: UUID, tx: TxDep, who: Manager) -> Response:
    """End a subscription for good; what waits is not sent."""
    await service.end(tx, who, webhook_id)
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate-secret", operation_id="rotate_webhook_secret", responses=problems(404))
@answer_not_kept
async def rotate_webhook_secret(
    webhook_id: UUID, body: KeepOldSecretIn, tx: TxDep, who: Manager, request: Request
) -> WebhookSecretOut:
    """A new secret, shown this once; for a while messages carry the signatures of both."""
    keep = timedelta(minutes=body.keep_old_minutes)
    row, secret = await service.rotate(tx, who, webhook_id, keep, request.app.state.runtime.settings)
    return WebhookSecretOut(**_fields(row), secret=secret)


@router.post("/{webhook_id}/test", status_code=202, operation_id="try_webhook", responses=problems(404, 409))
async def try_webhook(webhook_id: UUID, tx: TxDep, who: Manager) -> WebhookDeliveryOut:
    """Bring an event without a meaning, to see that it arrives."""
    return _delivery(await service.test(tx, who, webhook_id))


@router.get("/{webhook_id}/deliveries", operation_id="list_webhook_deliveries", responses=problems(404))
async def list_webhook_deliveries(
    webhook_id: UUID,
    tx: TxDep,
    who: Manager,
    page: PageDep,
    state: Literal["waiting", "delivered", "failed", "stopped"] | None = None,
    event_type: Annotated[str | None, Query(max_length=80)] = None,
) -> Page[WebhookDeliveryOut]:
    """What was brought in the last thirty days and what waits, with every attempt, the newest first."""
    rows, attempts = await service.log(tx, who, webhook_id, page, state, event_type)
    return page_of(
        rows,
        page.limit,
        key=lambda row: {"id": row.id},
        present=lambda row: _delivery(row, attempts.get(row.id, ())),
    )


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/resend",
    status_code=202,
    operation_id="resend_webhook_delivery",
    responses=problems(404, 409),
)
async def resend_webhook_delivery(
    webhook_id: UUID, delivery_id: UUID, tx: TxDep, who: Manager
) -> WebhookDeliveryOut:
    """Bring an event again under its own `webhook-id`, with ten attempts before it."""
    return _delivery(await service.resend(tx, who, webhook_id, delivery_id))
