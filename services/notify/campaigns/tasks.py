"""A campaign on its way: its timer starts it, its job writes the messages of the next people until all have theirs.

Each step is one transaction that moves the cursor with its messages: killed anywhere, the next step goes on from there
and nobody is written to twice. What it holds in memory is one step.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.accounts.addresses import addresses_of
from services.notify.campaigns import repository, service
from services.notify.campaigns.service import START, STEP
from services.notify.domain.campaigns import Stage
from services.notify.sending import repository as outgoing
from services.notify.telling.addressing import Household, Person, zone_of
from services.notify.telling.restraining import Restraint
from services.notify.telling.service import Telling, message_row
from services.notify.wording.service import approved
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.runtime import Job, Runtime, Timer

#: People of one step.
PEOPLE: Final = 500
#: How often it is looked at once all is written, until nothing of it is under way.
_LOOK: Final = timedelta(seconds=5)


async def start(tx: Tx, timer: Timer) -> None:
    """The time of an approved campaign has come."""
    row = await repository.one(tx, timer.subject_id, lock=True)
    if row is None or row.stage != Stage.APPROVED:
        return
    await repository.change(tx, row, {"stage": Stage.RUNNING, "published_at": tx.now})
    tx.audit("campaign.running", "campaign", row.id, before={"stage": row.stage}, after={"stage": Stage.RUNNING})
    # row: E-054, C-252 what was drafted and approved is issued to all whom it is for
    tx.enqueue(STEP, {"campaign": str(row.id)})
    started = await repository.one(tx, row.id)
    assert started is not None  # it was locked above
    late = await service.on_time(tx, started)
    for community in row.communities:
        tx.emit(
            "campaign.published.v1",
            subject=row.id,
            seq=started.version,
            community_id=community,
            data={
                "campaign_id": str(row.id),
                "number": row.number,
                "template": row.template,
                "held_on": None if row.held_on is None else row.held_on.isoformat(),
                "published_at": tx.now.isoformat(),
                "on_time": late,
            },
        )


async def step(rt: Runtime, job: Job) -> None:
    """Write the messages of the next people. May run twice or late: it goes on from the cursor."""
    more = True
    while more:
        async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
            row = await repository.one(tx, UUID(job.payload["campaign"]), lock=True)
            if row is None or row.stage != Stage.RUNNING:
                if row is not None and row.stage == Stage.CANCELLED:
                    await repository.let_wait(tx, row.id)
                return
            more = row.expanded_at is None and await _write(tx, row)
            if not more and await repository.under_way(tx, row.id):
                tx.enqueue(STEP, job.payload, run_at=tx.wall + _LOOK)
            elif not more:
                again = await repository.one(tx, row.id)
                await repository.change(tx, again or row, {"stage": Stage.DONE, "ended_at": tx.now})


async def _write(tx: Tx, row: Row[Any]) -> bool:
    """The messages of the next people of a campaign; False when these were the last."""
    zones = await repository.zones(tx, row.communities)
    on = tx.now.astimezone(zone_of(zones[0] if zones else None)).date()
    found = await repository.people(tx, row, on, PEOPLE)
    accounts = await addresses_of(tx, {one.person_id for one in found})
    template = await approved(tx, row.template, row.template_version_id)
    told: list[tuple[dict[str, Any], Person, str]] = []
    for one in found:
        event = _event(tx, row, one.community_id)
        telling = Telling(event, row.template, template.message_class, "person", None, one.unit_id, row.variables)
        home = Household(one.unit_id, one.number, one.community or "", zone_of(one.timezone))
        known = accounts.get(one.person_id, {})
        person = Person(one.person_id, one.name, one.email, one.phone, one.locale or "zh", False, known)
        message = {**message_row(telling, template, home, one.person_id, person), "campaign_id": row.id}
        told.append((message, person, home.zone.key))
    messages = [message for message, _, _ in told]
    restraint = await Restraint.of(tx, messages)
    deliveries = [way for message, person, zone in told for way in restraint.deliveries(message, person, zone)]
    await outgoing.put_messages(tx, messages)
    await outgoing.put_deliveries(tx, [{**way, "campaign_id": row.id, "bulk": True} for way in deliveries])
    await restraint.save()
    values: dict[str, Any] = {"told": row.told + len(found)}
    if found:
        values["cursor"] = found[-1].person_id
    if len(found) < PEOPLE:
        values["expanded_at"] = tx.now
    await repository.change(tx, row, values)
    return len(found) == PEOPLE


def _event(tx: Tx, row: Row[Any], community_id: UUID) -> Event:
    """The cause of a campaign's messages: the campaign itself, the same for all, so that nobody has it twice."""
    return Event(
        id=row.id,
        type="campaign.published.v1",
        source="notify",
        org_id=tx.org_id,
        community_id=community_id,
        subject=row.id,
        seq=1,
        position=0,
        occurred_at=row.published_at or tx.now,
        recorded_at=tx.now,
        actor_id=None,
        trace_id=tx.request_id,
        data={},
    )


TIMERS = {START: start, service.mechanism.timer: service.mechanism.fire_expire}
