"""Campaigns: drafted, estimated, asked for, decided by somebody else, paused, resumed, cancelled, reported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.campaigns import repository
from services.notify.campaigns.schemas import CampaignIn
from services.notify.domain.campaigns import (
    ACTIVITY,
    ALLOWED,
    DECIDERS,
    PREFIX,
    Estimate,
    Stage,
    estimate,
    in_time,
    last_day,
)
from services.notify.domain.own_templates import is_own
from services.notify.domain.sms import Length, length
from services.notify.errors import CampaignInvalid, CampaignNotNow, NoSuchCampaign, TemplateUnknown, TemplateValuesWrong
from services.notify.models import APPROVALS
from services.notify.register.repository import visible_communities
from services.notify.registry import kinds_of, usable
from services.notify.routing import repository as routing
from services.notify.sending.repository import enqueue
from services.notify.telling.addressing import zone_of
from services.notify.templating.library import DEFAULT_ZONE, MessageTemplate, render
from services.notify.wording import own as own_templates
from services.notify.wording.service import in_force
from shared.approvals import rules
from shared.approvals.rules import Rung
from shared.approvals.service import Approvals, request_of
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.routing import PageQuery
from shared.ids import uuid7

#: The timer at which an approved campaign begins; the job that writes its messages.
START: Final = "campaign.start"
STEP: Final = "campaign.step"
_LADDER: Final = (Rung(DECIDERS),)
_GIVEN_BACK: Final = timedelta(seconds=60)
_WAITS: Final = timedelta(days=30)


async def _decided(tx: Tx, row: Row[Any]) -> None:
    """What became of the request: approved, or anything else."""
    campaign = await repository.one(tx, row.subject_id, lock=True)
    if campaign is None or campaign.stage != Stage.PENDING:
        return
    if row.state != rules.APPROVED:
        await repository.change(tx, campaign, {"stage": Stage.REFUSED})
        return
    await repository.change(tx, campaign, {"stage": Stage.APPROVED})
    tx.set_timer(START, campaign.id, max(tx.now, campaign.scheduled_at or tx.now))


mechanism = Approvals(APPROVALS, decided=_decided)


async def create(tx: Tx, who: Principal, body: CampaignIn) -> Row[Any]:
    """A draft. Raises CampaignInvalid or TemplateValuesWrong (422)."""
    await _check(tx, who, body)
    id = uuid7()
    day = f"{tx.now.astimezone(DEFAULT_ZONE):%Y%m%d}"
    number = f"TG{day}-{await tx.quick_number(f'campaign.{day}'):04d}"
    await repository.add(
        tx, {"id": id, "number": number, "stage": Stage.DRAFT, "created_by": who.sub, "told": 0, **_values(body)}
    )
    tx.audit("campaign.create", "campaign", id, after={"number": number, "template": body.template})
    return await find(tx, who, id)


async def change(tx: Tx, who: Principal, campaign_id: UUID, body: CampaignIn) -> Row[Any]:
    """Draft it anew. Raises CampaignNotNow (409) once it was asked for, and as `create` does."""
    row = await _may(tx, who, campaign_id, "change")
    await _check(tx, who, body)
    await repository.change(tx, row, {**_values(body), "stage": Stage.DRAFT})
    tx.audit("campaign.change", "campaign", row.id)
    return await find(tx, who, campaign_id)


async def find(tx: Tx, who: Principal, campaign_id: UUID, *, lock: bool = False) -> Row[Any]:
    """One campaign; NoSuchCampaign (404) where not all of it is within the caller's reach."""
    row = await repository.one(tx, campaign_id, lock=lock)
    reach = await _reach(tx, who)
    if row is None or (reach is not None and not set(row.communities) <= reach):
        raise NoSuchCampaign
    return row


async def page(tx: Tx, who: Principal, page: PageQuery, stage: str | None) -> Sequence[Row[Any]]:
    """Campaigns within the caller's reach, the newest first."""
    before = page.after.uuid() if page.after else None
    return await repository.page(tx, await _reach(tx, who), stage, before, page.limit + 1)


async def estimated(tx: Tx, who: Principal, campaign_id: UUID, segment_fen: int) -> tuple[Estimate, Length]:
    """Whom it will reach and what it will cost, as things are now."""
    row = await find(tx, who, campaign_id)
    template = (await in_force(tx, [row.template]))[row.template]
    zone = await _zone(tx, row.communities)
    context = {"name": None, "place": None, "community": None}
    text = render(template, "zh", row.variables, context, zone)
    size = length(text.sms or text.body)
    on = tx.now.astimezone(zone).date()
    homes, found = await repository.reach(tx, row, on)
    own = await routing.own(tx)
    kinds = {channel.code: kinds_of(channel) for channel in usable(own)}
    reachable = [(frozenset(code for code, wanted in kinds.items() if wanted & has), count) for has, count in found]
    mine = own.get(template.message_class)
    return estimate(template.message_class, reachable, homes, size, segment_fen, mine), size


async def submit(tx: Tx, who: Principal, campaign_id: UUID) -> Row[Any]:
    """Ask for it; somebody else decides. Raises CampaignNotNow (409), CampaignInvalid (422) for an activity's notice
    that is planned too late."""
    row = await _may(tx, who, campaign_id, "submit")
    await _in_time(tx, row)
    request = rules.ask(who.sub, rules.chain(_LADDER, None), tx.now + _WAITS)
    asked = await mechanism.ask(
        tx,
        request,
        number=row.number if row.approval_id is None else f"{row.number}-{row.version}",
        reason=row.reason,
        subject_kind="campaign",
        subject_id=row.id,
        community_id=None,
        path=[tx.org_id],
        amount_fen=None,
        currency=None,
        details={},
    )
    # What is decided upon is what goes out, whatever is published meanwhile.
    own = (await in_force(tx, [row.template]))[row.template].own
    values = {"stage": Stage.PENDING, "approval_id": asked.id, "template_version_id": own}
    await repository.change(tx, row, values)
    return await find(tx, who, campaign_id)


async def decide(tx: Tx, who: Principal, campaign_id: UUID, approve: bool, reason: str | None) -> Row[Any]:
    """Approve or refuse. Raises CampaignNotNow (409), CampaignInvalid (422) for a refusal without a reason, and what
    approvals refuse (403, 409): nobody decides what they asked for."""
    row = await find(tx, who, campaign_id)
    if row.stage != Stage.PENDING or row.approval_id is None:
        raise CampaignNotNow(stage=row.stage)
    if not approve and not reason:
        raise CampaignInvalid(fields=[FieldError("reason", "请说明原因", "Say why")])
    asked = await mechanism.find(tx, row.approval_id, lock=True)
    if asked is None:
        raise CampaignNotNow(stage=row.stage)
    rule = rules.approve if approve else rules.refuse
    after = rule(request_of(asked), who.sub, who.roles, tx.now)
    await mechanism.act(tx, asked, after, "approve" if approve else "refuse", reason=reason)
    return await find(tx, who, campaign_id)


async def pause(tx: Tx, who: Principal, campaign_id: UUID) -> Row[Any]:
    """Send no more of it, from the next group of messages on."""
    row = await _may(tx, who, campaign_id, "pause")
    tx.cancel_timer(START, row.id)
    return await _staged(tx, who, row, Stage.PAUSED)


async def resume(tx: Tx, who: Principal, campaign_id: UUID) -> Row[Any]:
    """Go on where it was paused."""
    row = await _may(tx, who, campaign_id, "resume")
    if row.published_at is None:
        tx.set_timer(START, row.id, max(tx.now, row.scheduled_at or tx.now))
        return await _staged(tx, who, row, Stage.APPROVED)
    waiting: dict[str, list[UUID]] = {}
    for one in await repository.waiting(tx, row.id):
        waiting.setdefault(one.channel, []).append(one.id)
    for _, ids in sorted(waiting.items()):
        enqueue(tx, ids, bulk=True)
    tx.enqueue(STEP, {"campaign": str(row.id)})
    return await _staged(tx, who, row, Stage.RUNNING)


async def cancel(tx: Tx, who: Principal, campaign_id: UUID) -> Row[Any]:
    """End it; what was not sent is not sent. What stands in inboxes stays there."""
    row = await _may(tx, who, campaign_id, "cancel")
    tx.cancel_timer(START, row.id)
    if row.stage == Stage.PENDING and row.approval_id is not None:
        asked = await mechanism.find(tx, row.approval_id, lock=True)
        if asked is not None and asked.state not in rules.FINAL:
            await mechanism.act(tx, asked, replace(request_of(asked), state=rules.WITHDRAWN), "withdraw")
    await repository.let_wait(tx, row.id)
    # What a sender held and gives back untried is cancelled a moment later.
    tx.enqueue(STEP, {"campaign": str(row.id)}, run_at=tx.wall + _GIVEN_BACK)
    return await _staged(tx, who, row, Stage.CANCELLED, ended_at=tx.now)


async def report(tx: Tx, row: Row[Any]) -> tuple[list[tuple[str, str, int]], int, int, bool | None]:
    """Deliveries by channel and state, messages, those read, and whether an activity was announced in time."""
    states, told, read = await repository.progress(tx, row.id)
    return states, told, read, await on_time(tx, row)


async def on_time(tx: Tx, row: Row[Any]) -> bool | None:
    """Whether an activity was announced in time; None for anything else, and before it was."""
    if row.held_on is None or row.published_at is None:
        return None
    zone = await _zone(tx, row.communities)
    return in_time(row.published_at.astimezone(zone).date(), row.held_on)


async def _staged(tx: Tx, who: Principal, row: Row[Any], stage: Stage, **more: Any) -> Row[Any]:
    await repository.change(tx, row, {"stage": stage, **more})
    tx.audit(f"campaign.{stage}", "campaign", row.id, before={"stage": row.stage}, after={"stage": stage})
    return await find(tx, who, row.id)


async def _may(tx: Tx, who: Principal, campaign_id: UUID, action: str) -> Row[Any]:
    row = await find(tx, who, campaign_id, lock=True)
    if row.stage not in ALLOWED[action]:
        raise CampaignNotNow(stage=row.stage)
    return row


async def _reach(tx: Tx, who: Principal) -> set[UUID] | None:
    return None if who.org in who.units else set(await visible_communities(tx, who.units))


async def _zone(tx: Tx, communities: Collection[UUID]) -> Any:
    """The zone of its communities, the first of them where there are several."""
    found = await repository.zones(tx, communities)
    return zone_of(found[0] if found else None)


async def _in_time(tx: Tx, row: Row[Any]) -> None:
    if row.held_on is None:
        return
    zone = await _zone(tx, row.communities)
    goes = max(tx.now, row.scheduled_at or tx.now).astimezone(zone).date()
    # An activity that is planned late already is announced late, and the report says so.
    could = in_time(tx.now.astimezone(zone).date(), row.held_on)
    if could and not in_time(goes, row.held_on):
        day = last_day(row.held_on).isoformat()
        zh, en = f"活动通知最迟应于 {day} 发出", f"The notice of this activity goes out on {day} at the latest"
        raise CampaignInvalid(fields=[FieldError("scheduled_at", zh, en)])


async def _check(tx: Tx, who: Principal, body: CampaignIn) -> None:
    wrong: list[FieldError] = []
    template = await _template(tx, body.template)
    if template is None:
        wrong.append(FieldError("template", "没有这个通知模板", "There is no such template for notices to many"))
    reach = await _reach(tx, who)
    known = set(await visible_communities(tx, [who.org])) if reach is None else reach
    for place in sorted(set(body.communities) - known):
        wrong.append(FieldError("communities", f"没有小区 {place}", f"{place} is no community within your reach"))
    if body.template == ACTIVITY and body.held_on is None:
        wrong.append(FieldError("held_on", "请填写活动日期", "Say the day of the activity"))
    if wrong:
        raise CampaignInvalid(fields=wrong)
    assert template is not None
    try:
        for locale in ("zh", "en"):
            render(template, locale, body.variables)
    except (OverflowError, RecursionError) as problem:
        raise TemplateValuesWrong([], code=body.template) from problem


async def _template(tx: Tx, code: str) -> MessageTemplate | None:
    """A template for notices to many, as it is in force; None where there is none, or it is retired."""
    if not code.startswith(PREFIX):
        return None
    try:
        found = (await in_force(tx, [code]))[code]
        return None if is_own(code) and (await own_templates.find(tx, code)).retired_at is not None else found
    except TemplateUnknown:
        return None


def _values(body: CampaignIn) -> dict[str, Any]:
    given = body.model_dump(mode="python")
    for name in ("communities", "units", "roles"):
        given[name] = sorted(set(given[name]))
    return given

