"""Messages, deliveries and attempts for staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from services.notify.messages import service
from services.notify.messages.schemas import (
    AttemptOut,
    CountOut,
    DeliveryOut,
    MessageDetailOut,
    MessageOut,
    ReplayIn,
    StatisticsOut,
)
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.masking import mask_email, mask_name

router = service_router(prefix="/v1/messages", tags=["messages"])

Staff = Annotated[Principal, allow("message.read")]


def _fields(row: Any, deliveries: Sequence[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "template": row.template,
        "template_version": row.template_version,
        "template_version_id": row.template_version_id,
        "message_class": row.message_class,
        "locale": row.locale,
        "person_id": row.person_id,
        "person": mask_name(row.name),
        "email": mask_email(row.email),
        "community_id": row.community_id,
        "cause_id": row.cause_id,
        "cause_type": row.cause_type,
        "subject_id": row.subject_id,
        "digest": row.digest,
        "created_at": row.created_at,
        "read_at": row.read_at,
        "deliveries": [
            DeliveryOut(
                id=d.id,
                channel=d.channel,
                state=d.state,
                attempts=d.attempts,
                next_at=d.next_at,
                held_until=d.held_until,
                held_for=d.held_for,
            )
            for d in deliveries
        ],
    }


def _attempt(a: Any) -> AttemptOut:
    return AttemptOut(
        id=a.id,
        channel=a.channel,
        provider=a.provider,
        number=a.number,
        started_at=a.started_at,
        ended_at=a.ended_at,
        outcome=a.outcome,
        code=a.code,
        detail=a.detail,
        reference=a.reference,
        digest=a.digest,
    )


@router.get("", operation_id="list_messages", response_model=Page[MessageOut])
async def list_messages(
    tx: TxDep,
    who: Staff,
    page: PageDep,
    template: Annotated[str | None, Query(max_length=80)] = None,
    person_id: UUID | None = None,
    subject_id: Annotated[UUID | None, Query(description="The ticket or bill it is about")] = None,
    state: Annotated[str | None, Query(max_length=20, description="State of a delivery")] = None,
    channel: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[MessageOut]:
    """Messages of the communities within reach, newest first; people are masked."""
    rows, found = await service.list_messages(
        tx,
        who,
        page,
        template=template,
        person_id=person_id,
        subject_id=subject_id,
        state=state,
        channel=channel,
    )
    return page_of(
        rows,
        page.limit,
        key=lambda row: {"id": row.id},
        present=lambda row: MessageOut(**_fields(row, found.get(row.id, ()))),
    )


@router.get("/statistics", operation_id="message_statistics")
async def message_statistics(tx: TxDep, who: Staff) -> StatisticsOut:
    """How many messages stand where, by channel and state, within reach."""
    items = await service.statistics(tx, who)
    return StatisticsOut(
        messages=sum(count for channel, _, count in items if channel == "inbox"),
        items=[CountOut(channel=channel, state=state, count=count) for channel, state, count in items],
    )


@router.get("/{message_id}", operation_id="get_message", responses=problems(404))
async def get_message(message_id: UUID, tx: TxDep, who: Staff) -> MessageDetailOut:
    """A message with every attempt to deliver it; its text is the reader's and is not shown."""
    row, deliveries, attempts = await service.get_message(tx, who, message_id)
    return MessageDetailOut(**_fields(row, deliveries), attempts=[_attempt(a) for a in attempts])


@router.post("/{message_id}/replay", operation_id="replay_message", responses=problems(404, 409))
async def replay_message(
    message_id: UUID, body: ReplayIn, tx: TxDep, who: Annotated[Principal, allow("message.replay")]
) -> MessageDetailOut:
    """Send again what was parked, failed or is unknown; what may have arrived only if the caller says so."""
    row, deliveries, attempts = await service.replay(
        tx, who, message_id, channel=body.channel, may_arrive_twice=body.may_arrive_twice
    )
    return MessageDetailOut(**_fields(row, deliveries), attempts=[_attempt(a) for a in attempts])
