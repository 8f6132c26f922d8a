"""``/notify/v1/campaigns``: a notice to many."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Request, Response

from services.notify.campaigns import service
from services.notify.campaigns.schemas import (
    CampaignIn,
    CampaignOut,
    CampaignReportOut,
    CountOut,
    DecisionIn,
    EstimateOut,
)
from shared.auth import Principal, allow
from shared.db.tx import Tx
from shared.http.routing import Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1/campaigns", tags=["campaigns"])

Reader = Annotated[Principal, allow("campaign.read")]
Writer = Annotated[Principal, allow("campaign.write")]
Decider = Annotated[Principal, allow("campaign.decide")]
Driver = Annotated[Principal, allow("campaign.control")]

_SAME = tuple(name for name in CampaignOut.model_fields if name != "on_time")


async def _present(tx: Tx, row: Any) -> CampaignOut:
    return CampaignOut(**{name: getattr(row, name) for name in _SAME}, on_time=await service.on_time(tx, row))


@router.post("", status_code=201, operation_id="create_campaign", responses=problems(409))
async def create_campaign(body: CampaignIn, tx: TxDep, who: Writer, response: Response) -> CampaignOut:
    """Draft a notice to many: an activity, a water cut, a typhoon, a notice of the management."""
    row = await service.create(tx, who, body)
    created(response, f"/notify/v1/campaigns/{row.id}", row.version)
    return await _present(tx, row)


@router.get("", operation_id="list_campaigns")
async def list_campaigns(
    tx: TxDep,
    who: Reader,
    page: PageDep,
    stage: Literal["draft", "pending", "approved", "running", "paused", "done", "refused", "cancelled"] | None = None,
) -> Page[CampaignOut]:
    """Campaigns within reach, the newest first."""
    rows = await service.page(tx, who, page, stage)
    shown = {row.id: await _present(tx, row) for row in rows}
    return page_of(rows, page.limit, key=lambda row: {"id": row.id}, present=lambda row: shown[row.id])


@router.get("/{campaign_id}", operation_id="get_campaign", responses=problems(404))
async def get_campaign(campaign_id: UUID, tx: TxDep, who: Reader, response: Response) -> CampaignReportOut:
    """A campaign and how far it is: written, sent, delivered, read."""
    row = await service.find(tx, who, campaign_id)
    states, told, read, on_time = await service.report(tx, row)
    etag(response, row.version)
    return CampaignReportOut(
        **{name: getattr(row, name) for name in _SAME},
        on_time=on_time,
        messages=told,
        read=read,
        deliveries=[CountOut(channel=channel, state=state, count=count) for channel, state, count in states],
    )


@router.put("/{campaign_id}", operation_id="change_campaign", responses=problems(404, 409))
async def change_campaign(campaign_id: UUID, body: CampaignIn, tx: TxDep, who: Writer) -> CampaignOut:
    """Write a draft anew, or what was refused."""
    return await _present(tx, await service.change(tx, who, campaign_id, body))


@router.get("/{campaign_id}/estimate", operation_id="estimate_campaign", responses=problems(404))
async def estimate_campaign(campaign_id: UUID, tx: TxDep, who: Reader, request: Request) -> EstimateOut:
    """Whom it will reach, by which channels, and what its text messages will cost."""
    price = request.app.state.runtime.settings.sms_segment_fen
    found, size = await service.estimated(tx, who, campaign_id, price)
    return EstimateOut(
        people=found.people,
        households=found.households,
        channels=dict(found.channels),
        unreachable=found.unreachable,
        sms_characters=size.characters,
        sms_segments=found.segments,
        cost=MoneyModel.of_fen(found.cost_fen),
    )


@router.post("/{campaign_id}/submit", operation_id="submit_campaign", responses=problems(404, 409))
async def submit_campaign(campaign_id: UUID, tx: TxDep, who: Writer) -> CampaignOut:
    """Ask for it; somebody else decides."""
    return await _present(tx, await service.submit(tx, who, campaign_id))


@router.post("/{campaign_id}/decide", operation_id="decide_campaign", responses=problems(403, 404, 409))
async def decide_campaign(campaign_id: UUID, body: DecisionIn, tx: TxDep, who: Decider) -> CampaignOut:
    """Approve or refuse what somebody else asked for; approved, it goes at its time."""
    return await _present(tx, await service.decide(tx, who, campaign_id, body.approve, body.reason))


@router.post("/{campaign_id}/pause", operation_id="pause_campaign", responses=problems(404, 409))
async def pause_campaign(campaign_id: UUID, tx: TxDep, who: Driver) -> CampaignOut:
    """Hold it; within two seconds nothing more of it is sent."""
    return await _present(tx, await service.pause(tx, who, campaign_id))


@router.post("/{campaign_id}/resume", operation_id="resume_campaign", responses=problems(404, 409))
async def resume_campaign(campaign_id: UUID, tx: TxDep, who: Driver) -> CampaignOut:
    """Go on where it was paused."""
    return await _present(tx, await service.resume(tx, who, campaign_id))


@router.post("/{campaign_id}/cancel", operation_id="cancel_campaign", responses=problems(404, 409))
async def cancel_campaign(campaign_id: UUID, tx: TxDep, who: Driver) -> CampaignOut:
    """End it; what was not sent is not sent."""
    return await _present(tx, await service.cancel(tx, who, campaign_id))
