"""Messages as staff see them: masked, for they name people."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime


class DeliveryOut(Output):
    """A message on one channel. `state`: held, queued, sending, sent (handed over), delivered (receipt), failed,
    unknown, parked (wants a person), digested, cancelled. `held_for`: quiet, cap or digest."""

    id: UUID
    channel: str
    state: str
    attempts: int
    next_at: UtcTime | None
    held_until: UtcTime | None
    held_for: str | None


class MessageOut(Output):
    """A message without its text; the person is masked."""

    id: UUID
    template: str
    template_version: int
    template_version_id: UUID | None
    message_class: str
    locale: str
    person_id: UUID
    person: str | None
    email: str | None
    community_id: UUID | None
    cause_id: UUID
    cause_type: str
    subject_id: UUID
    digest: str
    created_at: UtcTime
    read_at: UtcTime | None
    deliveries: list[DeliveryOut]


class AttemptOut(Output):
    """A provider that was asked: sent, throttled, unreachable, account, refused or unknown, with its own code and id.
    Machine times."""

    id: UUID
    channel: str
    provider: str | None
    number: int
    started_at: UtcTime
    ended_at: UtcTime
    outcome: str
    code: str | None
    detail: str | None
    reference: str | None
    digest: str | None


class MessageDetailOut(MessageOut):
    """A message with all attempts. Its text is personal and is not shown; the digest proves it."""

    attempts: list[AttemptOut]


class CountOut(Output):
    """How many messages stand in one state on one channel."""

    channel: str
    state: str
    count: int


class StatisticsOut(Output):
    """Messages by channel and state; the inbox has the states unread and read."""

    messages: int
    items: list[CountOut]


class ReplayIn(Input):
    """Which delivery to send again, and whether it may come twice."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel": "sms", "may_arrive_twice": False}]})

    channel: str | None = Field(default=None, max_length=40, description="None: the last that did not arrive")
    may_arrive_twice: bool = Field(default=False, description="Send even what may have arrived already")
