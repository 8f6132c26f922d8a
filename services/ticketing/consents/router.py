"""``/ticketing/v1/notices`` and ``/consents``: texts in editions, what the app still has to ask, yes and no."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.ticketing.consents import repository, service
from services.ticketing.consents.schemas import (
    ConsentIn,
    ConsentOut,
    NoticeIn,
    NoticeOut,
    PaperConsentIn,
    PurposeCode,
    StandingsOut,
    consent_out,
    notice_out,
    standings_out,
)
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router

router = service_router(prefix="/v1", tags=["consents"])


@router.post("/notices", status_code=201, operation_id="publish_notice")
async def publish_notice(
    body: NoticeIn, tx: TxDep, who: Annotated[Principal, allow("notice.publish")], response: Response
) -> NoticeOut:
    """Publish the next edition of a text: privacy notice, terms, or what an optional purpose means."""
    row = await service.publish(tx, body)
    created(response, f"/ticketing/v1/notices/{row.id}", row.version)
    return notice_out(row)


@router.get("/notices", operation_id="list_notices")
async def list_notices(
    tx: TxDep,
    who: Annotated[Principal, allow("notice.read")],
    page: PageDep,
    purpose: PurposeCode | None = None,
) -> Page[NoticeOut]:
    """Every edition there was, in the order of publication."""
    after = page.after.uuid() if page.after is not None else None
    rows = await repository.page(tx, purpose, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=notice_out)


@router.get("/notices/{id}", operation_id="get_notice", responses=problems(404))
async def get_notice(id: UUID, tx: TxDep, who: Annotated[Principal, allow("notice.read")]) -> NoticeOut:
    """One edition."""
    return notice_out(await service.notice(tx, id))


@router.get("/consents/mine", operation_id="get_my_consents")
async def get_mine(tx: TxDep, who: Annotated[Principal, allow("consent.own")]) -> StandingsOut:
    """What the app asks for after sign-in: how one stands to each text, and which are still to be answered."""
    return standings_out(await service.stands(tx, who.sub))


@router.post("/consents", status_code=201, operation_id="decide_consent", responses=problems(404))
async def decide(
    body: ConsentIn, tx: TxDep, who: Annotated[Principal, allow("consent.own")]
) -> ConsentOut:
    """Say yes to a text, no to an optional one, or take a yes back; from then on it counts."""
    return consent_out(await service.decide(tx, who, who.sub, body, channel="app"))


@router.post("/people/{id}/consents", status_code=201, operation_id="record_consent", responses=problems(404))
async def record(
    id: UUID, body: PaperConsentIn, tx: TxDep, who: Annotated[Principal, allow("consent.record")]
) -> ConsentOut:
    """Enter what somebody decided on paper, at the counter or on the phone."""
    return consent_out(
        await service.decide(tx, who, id, body, channel=body.channel, decided_at=body.decided_at)
    )


@router.get("/people/{id}/consents", operation_id="list_consents", responses=problems(404))
async def list_consents(id: UUID, tx: TxDep, who: Annotated[Principal, allow("people.read")]) -> list[ConsentOut]:
    """Everything a person agreed to or took back, oldest first."""
    return [consent_out(row) for row in await service.history(tx, who, id)]
