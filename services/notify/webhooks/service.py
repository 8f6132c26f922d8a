"""Subscriptions: made, changed, given a new secret, tried out, switched off, sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.engine import Row

from services.notify.domain.targets import BadTarget, parse
from services.notify.domain.webhooks import ALL, TEST, Delivery
from services.notify.errors import (
    NoSuchWebhook,
    NoSuchWebhookDelivery,
    WebhookInvalid,
    WebhookOff,
    WebhooksTooMany,
    WebhookWaiting,
)
from services.notify.register.repository import visible_communities
from services.notify.webhooks import repository
from services.notify.webhooks.notice import tell_switched_off
from services.notify.webhooks.offering import JOB
from services.notify.webhooks.schemas import WebhookChangeIn, WebhookIn
from services.notify.webhooks.secrets import sealed
from shared.auth import Principal
from shared.contracts.events import event_types
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.http import signed
from shared.http.routing import PageQuery
from shared.ids import uuid7
from shared.settings import ServiceSettings

#: Subscriptions of an organisation: each costs a copy of its events.
MOST: Final = 100
PRUNE_TIMER: Final = "webhook.prune"


def _owner(who: Principal) -> UUID | None:
    """Whose subscriptions a caller sees: a connected system its own, an administrator all."""
    return None if who.is_staff else who.sub


async def create(tx: Tx, who: Principal, body: WebhookIn, settings: ServiceSettings) -> tuple[Row[Any], str]:
    """Subscribe; the row and its secret, which is shown this once.

    Raises WebhookInvalid (422) for an address into our own network, an unknown event type or a place out of reach;
    WebhooksTooMany (409).
    """
    await _check(tx, who, settings, url=body.url, events=body.events, scope=body.scope)
    if await repository.count(tx) >= MOST:
        raise WebhooksTooMany(most=MOST)
    id, secret = uuid7(), signed.new_secret()
    await repository.add(
        tx,
        {
            "id": id,
            "owner_id": who.sub,
            "name": body.name,
            "url": body.url,
            "events": sorted(set(body.events)),
            "scope": sorted(set(body.scope)),
            "enabled": True,
            "secret": sealed(settings.master_key, secret),
        },
    )
    tx.audit("webhook.create", "webhook", id, after=_told(body.model_dump()))
    tx.set_timer(PRUNE_TIMER, tx.org_id, tx.now + timedelta(days=1))
    return await find(tx, who, id), signed.as_text(secret)


async def find(tx: Tx, who: Principal, webhook_id: UUID, *, lock: bool = False) -> Row[Any]:
    """One subscription; NoSuchWebhook (404) for what is another's, ended or unknown."""
    row = await repository.one(tx, webhook_id, _owner(who), lock=lock)
    if row is None or not await _sees(tx, who, row.scope):
        raise NoSuchWebhook
    return row


async def page(tx: Tx, who: Principal, page: PageQuery) -> Sequence[Row[Any]]:
    """Subscriptions the caller may see, the newest first."""
    before = page.after.uuid() if page.after else None
    rows = await repository.page(tx, _owner(who), before, page.limit + 1)
    return [row for row in rows if await _sees(tx, who, row.scope)]


async def change(
    tx: Tx, who: Principal, webhook_id: UUID, body: WebhookChangeIn, settings: ServiceSettings, version: int | None
) -> Row[Any]:
    """Change what is named; switching on again clears why it was off. Raises as `create` does, and LostUpdate."""
    row = await find(tx, who, webhook_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate
    given = body.model_dump(exclude_none=True)
    await _check(tx, who, settings, **{name: given[name] for name in ("url", "events", "scope") if name in given})
    for name in ("events", "scope"):
        if name in given:
            given[name] = sorted(set(given[name]))
    values: dict[str, Any] = dict(given)
    if given.get("enabled") is True:
        values |= {"disabled_at": None, "disabled_for": None}
    elif given.get("enabled") is False and row.enabled:
        values |= {"disabled_at": tx.now, "disabled_for": "owner"}
        await repository.stop(tx, row.id)
    await repository.change(tx, row, values)
    tx.audit(
        "webhook.change",
        "webhook",
        row.id,
        before=_told({name: getattr(row, name) for name in given}),
        after=_told(given),
    )
    return await find(tx, who, webhook_id)


async def rotate(
    tx: Tx, who: Principal, webhook_id: UUID, keep_old: timedelta, settings: ServiceSettings
) -> tuple[Row[Any], str]:
    """A new secret; for a while what is sent carries the signatures of both."""
    row, secret = await find(tx, who, webhook_id, lock=True), signed.new_secret()
    values = {
        "secret": sealed(settings.master_key, secret),
        "previous_secret": row.secret if keep_old else None,
        "previous_until": tx.wall + keep_old if keep_old else None,
    }
    await repository.change(tx, row, values)
    tx.audit("webhook.rotate", "webhook", row.id)
    return await find(tx, who, webhook_id), signed.as_text(secret)


async def end(tx: Tx, who: Principal, webhook_id: UUID) -> None:
    """Subscribe no more; what waits is not sent."""
    row = await find(tx, who, webhook_id, lock=True)
    await repository.change(tx, row, {"ended_at": tx.now, "enabled": False, "previous_secret": None})
    await repository.stop(tx, row.id)
    tx.audit("webhook.end", "webhook", row.id)


async def test(tx: Tx, who: Principal, webhook_id: UUID) -> Row[Any]:
    """Bring an event of no meaning, to see that it arrives. Raises WebhookOff (409)."""
    row = await find(tx, who, webhook_id)
    if not row.enabled:
        raise WebhookOff
    event, id = uuid7(), uuid7()
    told = {"type": TEST, "timestamp": tx.now.isoformat(), "data": {"id": str(event), "webhook_id": str(row.id)}}
    body = orjson.dumps(told).decode()
    await repository.offer(
        tx, [{"id": id, "webhook_id": row.id, "event_id": event, "event_type": TEST, "body": body}]
    )
    tx.enqueue(JOB, {"delivery": str(id)})
    return await _delivery(tx, row, id)


async def log(
    tx: Tx, who: Principal, webhook_id: UUID, page: PageQuery, state: str | None, event_type: str | None
) -> tuple[Sequence[Row[Any]], dict[UUID, list[Row[Any]]]]:
    """What was brought, and every attempt."""
    row = await find(tx, who, webhook_id)
    before = page.after.uuid() if page.after else None
    found = await repository.log(
        tx, row.id, state=state, event_type=event_type, before=before, limit=page.limit + 1
    )
    return found, await repository.attempts_of(tx, [d.id for d in found])


async def resend(tx: Tx, who: Principal, webhook_id: UUID, delivery_id: UUID) -> Row[Any]:
    """Bring an event again, under its own id, with ten attempts before it.

    Raises WebhookOff or WebhookWaiting (409), NoSuchWebhookDelivery (404).
    """
    row = await find(tx, who, webhook_id)
    if not row.enabled:
        raise WebhookOff
    delivery = await _delivery(tx, row, delivery_id, lock=True)
    if delivery.state == Delivery.WAITING:
        raise WebhookWaiting
    values = {"state": Delivery.WAITING, "attempts": 0, "next_at": None}
    await repository.set_delivery(tx, delivery_id, values)
    tx.enqueue(JOB, {"delivery": str(delivery_id)})
    tx.audit("webhook.resend", "webhook", row.id, after={"event_id": str(delivery.event_id)})
    return await _delivery(tx, row, delivery_id)


async def switch_off(tx: Tx, webhook_id: UUID, why: str) -> None:
    """Switch a subscription off and say so to whoever made it and whoever runs the installation.

    `why`: failures (an event could not be brought in seven days) or gone (the other side said so).
    """
    row = await repository.one(tx, webhook_id, None, lock=True)
    if row is None or not row.enabled:
        return
    await repository.change(tx, row, {"enabled": False, "disabled_at": tx.now, "disabled_for": why})
    await repository.stop(tx, row.id)
    tx.audit("webhook.disable", "webhook", row.id, after={"why": why})
    tx.emit("webhook.disabled.v1", subject=row.id, seq=row.version + 1, data={"webhook_id": str(row.id), "why": why})
    await tell_switched_off(tx, row, why)


async def _delivery(tx: Tx, hook: Row[Any], delivery_id: UUID, *, lock: bool = False) -> Row[Any]:
    row = await repository.delivery(tx, delivery_id, lock=lock)
    if row is None or row.webhook_id != hook.id:
        raise NoSuchWebhookDelivery
    return row


async def _sees(tx: Tx, who: Principal, scope: Sequence[UUID]) -> bool:
    """Whether a caller reaches all that a subscription covers."""
    if who.org in who.units or not who.is_staff:
        return True
    return bool(scope) and not await _outside(tx, who, scope)


async def _outside(tx: Tx, who: Principal, scope: Sequence[UUID]) -> list[UUID]:
    """The places of a scope that are unknown or not wholly within the caller's reach."""
    reach = None if who.org in who.units else set(await visible_communities(tx, who.units))
    out = []
    for place in scope:
        covered = await repository.covered(tx, place)
        if not covered or (reach is not None and not covered <= reach):
            out.append(place)
    return out


async def _check(
    tx: Tx,
    who: Principal,
    settings: ServiceSettings,
    *,
    url: str | None = None,
    events: Sequence[str] = (),
    scope: Sequence[UUID] | None = None,
) -> None:
    wrong: list[FieldError] = []
    if url is not None:
        try:
            parse(url, development=settings.mode == "development")
        except BadTarget as error:
            wrong.append(FieldError("url", *_WHY[error.reason]))
    unknown = [name for name in events if name != ALL and name not in event_types()]
    wrong += [FieldError("events", f"没有事件类型 {name}", f"There is no event type {name}") for name in unknown]
    if scope is not None and not scope and who.org not in who.units:
        wrong.append(FieldError("scope", "请写明您可见的小区或组织", "Name communities or org units within your reach"))
    for place in await _outside(tx, who, scope or ()):
        wrong.append(FieldError("scope", f"没有 {place}，或您无权查看", f"{place} is unknown or not within your reach"))
    if wrong:
        raise WebhookInvalid(fields=wrong)


_WHY: Final = {
    "malformed": ("不是可用的网址", "This is no address that can be called"),
    "scheme": ("网址须以 https:// 开头", "The address must begin with https://"),
    "credentials": ("网址中不能包含用户名和密码", "The address must not hold a user name or password"),
    "internal": ("不能指向内部网络", "The address must not lead into an internal network"),
}


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: [str(v) for v in value] if isinstance(value, list) else value for name, value in values.items()}
