"""Webhooks as people and programs see them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime

Url = Annotated[str, Field(min_length=8, max_length=2000)]
EventName = Annotated[str, Field(pattern=r"^(\*|[a-z_]+(\.[a-z_]+){1,2}\.v[0-9]{1,3})$", max_length=80)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Events = Annotated[list[EventName], Field(min_length=1, max_length=150)]
Scope = Annotated[list[UUID], Field(max_length=200)]


class WebhookIn(Input):
    """Where to bring which events. `events`: types as the change feed has them, or `*`; `scope`: communities and org
    units, empty for the whole organisation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "财务系统",
                    "url": "https://portal.example.com/hooks/steward",
                    "events": ["bill.issued.v1", "payment.received.v1"],
                    "scope": [],
                }
            ]
        }
    )

    name: Name
    url: Url
    events: Events
    scope: Scope = Field(default_factory=list)


class WebhookChangeIn(Input):
    """What to change; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": True}]})

    name: Name | None = None
    url: Url | None = None
    events: Events | None = None
    scope: Scope | None = None
    enabled: bool | None = None


class KeepOldSecretIn(Input):
    """How long messages carry the old secret's signature, too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keep_old_minutes": 1440}]})

    keep_old_minutes: Annotated[int, Field(ge=0, le=30 * 24 * 60)] = 1440


class WebhookOut(Output):
    """A subscription. `disabled_for`: owner, failures (an event could not be brought in seven days) or gone (410)."""

    id: UUID
    name: str
    url: str
    events: list[str]
    scope: list[UUID]
    enabled: bool
    disabled_at: UtcTime | None
    disabled_for: str | None
    previous_secret_until: UtcTime | None
    owner_id: UUID
    created_at: UtcTime
    version: int


class WebhookSecretOut(WebhookOut):
    """A subscription with its secret, which is shown this once."""

    secret: str


class WebhookAttemptOut(Output):
    """One attempt: taken, refused, gone, silent, or internal (the address led into our own network; nothing was
    sent). Machine times."""

    number: int
    started_at: UtcTime
    ended_at: UtcTime
    answer: str
    status: int | None
    detail: str | None


class WebhookDeliveryOut(Output):
    """An event on its way to a subscription. `event_id` is the `webhook-id`; `next_at` is machine time."""

    id: UUID
    event_id: UUID
    event_type: str
    state: Literal["waiting", "delivered", "failed", "stopped"]
    attempts: int
    next_at: UtcTime | None
    last_status: int | None
    created_at: UtcTime
    log: list[WebhookAttemptOut]
