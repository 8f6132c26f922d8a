"""What notify says: the outcome of messages that somebody asked for, and webhooks that were switched off."""

from __future__ import annotations

from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, DATE, ID, TEXT, TIME, maybe, record

_OUTCOME: Final = record(message_id=ID, cause_id=ID, channel=CODE)
_RECEIPT: Final = record(message_id=ID, cause_id=ID, channel=CODE, arrived_at=maybe(TIME))

EVENTS: Final = (
    EventType(
        "campaign.published.v1",
        "campaign",
        "群发通知已发布",
        "a notice to many goes out; of an activity, whether that is in time",
        record(
            campaign_id=ID,
            number=TEXT,
            template=CODE,
            held_on=maybe(DATE),
            published_at=TIME,
            on_time=maybe(BOOL),
        ),
    ),
    EventType(
        "webhook.disabled.v1",
        "webhook",
        "事件推送已自动停用",
        "a webhook was switched off, by failures or because the other side is gone",
        record(webhook_id=ID, why=CODE),
    ),
    EventType("message.delivered.v1", "message", "通知已送达", "a requested message was handed over", _OUTCOME),
    EventType("message.confirmed.v1", "message", "通知已收到回执", "the provider's receipt says it arrived", _RECEIPT),
    EventType(
        "message.failed.v1",
        "message",
        "通知发送失败",
        "a requested message could not be sent, or its receipt says it did not arrive",
        _OUTCOME,
    ),
)
